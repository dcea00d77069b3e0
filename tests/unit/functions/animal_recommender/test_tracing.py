"""Subsegments: sent only when the invocation is sampled."""

import json
import socket
from collections.abc import Iterator

import pytest

from animal_recommender.tracing import record_subsegment


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(1)
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{receiver.getsockname()[1]}")
        monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3f;Parent=53995c3f42cd8ad8;Sampled=1")
        yield receiver


def received(daemon: socket.socket) -> dict[str, object]:
    header, document = daemon.recv(65_536).split(b"\n", 1)
    assert json.loads(header) == {"format": "json", "version": 1}
    return json.loads(document)


def test_given_a_sampled_invocation_then_the_call_is_a_subsegment_of_it(daemon: socket.socket) -> None:
    with record_subsegment("Personalize"):
        pass

    segment = received(daemon)
    assert (segment["name"], segment["type"], segment["fault"]) == ("Personalize", "subsegment", False)
    assert (segment["trace_id"], segment["parent_id"]) == ("1-5759e988-bd862e3f", "53995c3f42cd8ad8")
    assert segment["start_time"] <= segment["end_time"]


def test_given_a_call_that_fails_then_the_subsegment_is_marked_and_the_error_is_raised(daemon: socket.socket) -> None:
    with pytest.raises(ValueError, match="x"), record_subsegment("Personalize"):
        raise ValueError("x")

    assert received(daemon)["fault"] is True


@pytest.mark.parametrize("header", ["", "Root=1-2;Parent=3;Sampled=0", "nonsense"])
def test_given_no_sampling_then_nothing_is_sent(
    daemon: socket.socket, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", header)
    daemon.settimeout(0.02)

    with record_subsegment("Personalize"):
        pass

    with pytest.raises(TimeoutError):
        daemon.recv(10)
