"""The whole smoke test: its order, its end, and its exit status."""

from collections.abc import Iterator
from typing import Any

import pytest

from scripts.common.findings import Finding, State
from scripts.operate.smoke import __main__ as smoke
from scripts.operate.smoke.erasure import Marker
from scripts.operate.smoke.visitor import Record, Visit
from tests.unit.scripts.operate.smoke.conftest import deployment


class Steps:
    """What was done, and the findings that the parts return."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.mapping = State.OK
        self.call: Any = lambda: Finding("recommend", State.OK, "3 groups")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    made, aws = Steps(), deployment()

    def note_arrival(_: Any, markers: list[Marker] | None = None) -> None:
        made.done.append(f"arrived: {'all' if markers is None else [marker.user for marker in markers]}")

    def begin(_: Any, user: str) -> Marker:
        made.done.append("marker")
        return Marker(user, "2026-01-01T00:00:00+00:00")

    def send(visit: Visit) -> None:
        made.done.append("send")
        visit.records.append(Record(b"", "", "", 0.0))

    def erase(*_: Any) -> Iterator[Finding]:
        made.done.append("erase")
        yield Finding("clean-up", State.OK, "nothing is left")

    def call(_: Any) -> Iterator[Finding]:
        made.done.append("call")
        yield made.call()

    looked = {
        "check_mappings": lambda _: [Finding("put_events mapping", made.mapping, "…")],
        **{name: lambda _: [] for name in ("check_alarms", "check_schedule", "check_subscriptions", "check_models")},
        "check_http_api": lambda _: [],
        "check_functions": call,
        "plan_visit": lambda _: Visit(aws, ["2-Pug-2-1"], "smoke-test-1"),
        "connect": lambda _: aws,
        "expect": lambda *_: ([], []),
        "wait": lambda *_: [Finding("events to history", State.OK, "2 events")],
    }
    for name, value in looked.items():
        monkeypatch.setattr(smoke, name, value)
    monkeypatch.setattr(Visit, "send", send)
    monkeypatch.setattr(smoke.erasure, "note_arrival", note_arrival)
    monkeypatch.setattr(smoke.erasure, "begin", begin)
    monkeypatch.setattr(smoke.erasure, "erase_all", erase)
    return made


def test_given_all_is_well_then_the_visitor_is_marked_before_and_removed_after_and_the_status_is_0(
    steps: Steps, capsys: pytest.CaptureFixture[str]
) -> None:
    assert smoke.main(["--environment", "test"]) == 0
    assert steps.done == ["marker", "send", "arrived: all", "call", "erase"]
    assert "test works: 4 ok, 0 note, 0 failed." in capsys.readouterr().out


def test_given_a_disabled_mapping_then_nothing_is_sent_and_the_status_is_1(
    steps: Steps, capsys: pytest.CaptureFixture[str]
) -> None:
    steps.mapping = State.FAILED
    assert smoke.main(["--environment", "test"]) == 1
    assert steps.done == ["marker", "arrived: ['smoke-test-1']", "call", "erase"]
    printed = capsys.readouterr()
    assert "not sent, because of: put_events mapping" in printed.out
    assert "test does not work as it should" in printed.err


def test_given_events_that_do_not_arrive_then_no_marker_says_so(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoke, "wait", lambda *_: [Finding("events to history", State.FAILED, "not seen")])
    assert smoke.main(["--environment", "test"]) == 1
    assert steps.done == ["marker", "send", "call", "erase"]


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt(), 130), (ZeroDivisionError(), None)])
def test_given_an_interruption_or_a_mistake_then_the_visitor_is_removed(
    steps: Steps, error: BaseException, status: int | None
) -> None:
    def fail() -> Finding:
        raise error

    steps.call = fail
    if status is None:
        with pytest.raises(ZeroDivisionError):
            smoke.main(["--environment", "test"])
    else:
        assert smoke.main(["--environment", "test"]) == status
    assert steps.done[-1] == "erase"
