"""The newest events of a log group over its streams."""

import pytest
from moto.logs.models import LogGroup, LogStream

from local_aws import registry
from local_aws.logs import newest_events as module
from local_aws.logs.newest_events import list_groups, newest_events


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> LogGroup:
    registry.correct_moto_for("logs")
    group = LogGroup("123456789012", "us-east-1", "g")
    monkeypatch.setattr(module, "_groups", lambda: [group])
    return group


def write(group: LogGroup, stream: str, *times: int, message: str = "m") -> None:
    made: LogStream = group.streams.get(stream) or LogStream(group, stream)
    group.streams[stream] = made
    made.put_log_events([{"timestamp": time, "message": message} for time in times])


def test_given_streams_then_the_newest_events_of_all_come_in_order(group: LogGroup) -> None:
    write(group, "a", 1, 3, 5)
    write(group, "b", 2, 4)
    found = newest_events("g", 3)
    assert [(event["time"], event["stream"]) for event in found or ()] == [(3, "a"), (4, "b"), (5, "a")]


def test_given_an_unknown_group_then_there_is_none(group: LogGroup) -> None:
    assert newest_events("other", 3) is None
    assert newest_events("g", 3) == []
    assert list_groups() == ["g"]


def test_given_a_long_message_then_it_is_cut_off(group: LogGroup) -> None:
    write(group, "a", 1, message="x" * 5_000)
    (event,) = newest_events("g", 1) or ()
    assert event["message"] == "x" * 4_000 + "…"
