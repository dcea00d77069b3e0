"""CloudWatch Logs: which events are kept."""

import time

import pytest
from moto.logs.exceptions import InvalidParameterException
from moto.logs.models import LogGroup, LogStream

from local_aws import registry
from local_aws.logs import retention
from local_aws.retention import Limits

DAY = 24 * 3600


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time; a test changes it."""
    moment = [time.time()]
    monkeypatch.setattr(retention.time, "time", lambda: moment[0])
    return moment


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> LogGroup:
    registry.correct_moto_for("logs")
    monkeypatch.setattr(retention, "limits", lambda: Limits(log_events=4, log_mib=1))
    group = LogGroup("123456789012", "us-east-1", "g")
    for name in ("a", "b"):
        group.streams[name] = LogStream(group, name)
    return group


def put(group: LogGroup, stream: str, *messages: str) -> None:
    moment = int(time.time() * 1000)
    group.put_log_events(stream, [{"timestamp": moment, "message": message} for message in messages])


def kept(group: LogGroup) -> list[str]:
    events, *_ = group.filter_log_events("g", [], 0, 0, None, None, "", False)
    return [event["message"] for event in events]


def read(group: LogGroup, token: str | None = None) -> tuple[list[str], str | None]:
    events, _, forward = group.get_log_events("a", None, None, 2, token, True)  # type: ignore[arg-type]
    return [event["message"] for event in events], forward


def test_given_more_events_than_the_limit_then_the_oldest_calls_of_the_group_are_removed(group: LogGroup) -> None:
    put(group, "a", "1", "2")
    put(group, "b", "3")
    put(group, "a", "4", "5")
    assert sorted(kept(group)) == ["3", "4", "5"]


def test_given_large_events_then_their_size_counts(group: LogGroup) -> None:
    put(group, "a", "x" * 600_000)
    put(group, "b", "y" * 600_000)
    assert kept(group) == ["y" * 600_000]
    assert group.to_describe_dict()["storedBytes"] == 600_000


def test_given_a_retention_then_older_events_are_gone_when_they_are_read(group: LogGroup, now: list[float]) -> None:
    put(group, "a", "1")
    group.set_retention_policy("1")
    assert kept(group) == ["1"]
    now[0] += DAY + 1
    assert kept(group) == []


def test_given_a_stream_without_events_for_a_day_then_it_is_removed(group: LogGroup, now: list[float]) -> None:
    put(group, "a", "1")
    now[0] += DAY + 1
    put(group, "b", "2", "3", "4", "5")
    assert list(group.streams) == ["b"]


def test_given_events_removed_between_two_pages_then_a_reader_continues_behind_its_last_one(group: LogGroup) -> None:
    put(group, "a", "1")
    put(group, "a", "2")
    put(group, "a", "3")
    first, token = read(group)
    put(group, "a", "4")
    put(group, "a", "5")
    second, token = read(group, token)
    third, token = read(group, token)
    assert (first, second, third) == (["1", "2"], ["3", "4"], ["5"])
    assert read(group, token)[0] == []


def test_given_a_reader_that_is_too_slow_then_it_continues_with_the_oldest_event(group: LogGroup) -> None:
    put(group, "a", "0", "1")
    _, token = read(group)
    for number in range(2, 10):
        put(group, "a", str(number))
    assert read(group, token)[0] == ["6", "7"]


def test_given_a_token_that_is_no_token_then_it_is_rejected(group: LogGroup) -> None:
    put(group, "a", "1")
    with pytest.raises(InvalidParameterException, match="nextToken is invalid"):
        read(group, "nonsense")
