"""Polling, without waiting."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.testing.manual_clock import ManualClock
from scripts.common.personalize import Poll
from scripts.common.task import TaskError


def make_poll(clock: ManualClock, lines: list[str] | None = None, **settings: Any) -> Poll:
    """A Poll that moves the clock in place of waiting, and keeps its lines."""
    said = [] if lines is None else lines
    return Poll(sleep=clock.sleep, clock=clock, say=said.append, **settings)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def test_given_a_long_wait_then_pauses_grow_to_the_longest_and_no_further(clock: ManualClock) -> None:
    answers = iter([{"status": "CREATE PENDING"}] * 6 + [{"status": "ACTIVE"}])
    poll = make_poll(clock, first=0.5, longest=2.0, growth=2.0)
    assert poll.wait_until_settled("thing", lambda: next(answers)) == {"status": "ACTIVE"}
    assert clock.pauses == [0.5, 1.0, 2.0, 2.0, 2.0, 2.0]


def test_given_a_wait_then_a_line_is_said_for_each_new_status_and_each_minute(clock: ManualClock) -> None:
    lines: list[str] = []
    statuses = iter(["CREATE PENDING"] * 2 + ["CREATE IN_PROGRESS"] * 4 + ["ACTIVE"])
    make_poll(clock, lines, first=30, longest=30).wait_until_settled("thing", lambda: {"status": next(statuses)})
    assert lines == [
        "[00:00] thing: CREATE PENDING",
        "[01:00] thing: CREATE IN_PROGRESS",
        "[02:00] thing: CREATE IN_PROGRESS",
        "[03:00] thing: ACTIVE",
    ]


def test_given_a_status_that_only_contains_a_known_one_then_it_counts_as_settled(clock: ManualClock) -> None:
    assert make_poll(clock).wait_until_settled("thing", lambda: {"status": "INACTIVE"}) == {"status": "INACTIVE"}


def test_given_no_end_when_the_timeout_passes_then_it_says_so(clock: ManualClock) -> None:
    with pytest.raises(TaskError, match=r"thing is still CREATE PENDING after 100 s.*run this again"):
        make_poll(clock, timeout=100).wait_until_settled("thing", lambda: {"status": "CREATE PENDING"})


def test_given_a_busy_resource_when_it_is_free_then_the_call_is_made_once_more(clock: ManualClock) -> None:
    error = {"Error": {"Code": "ResourceInUseException", "Message": "it is being trained"}}
    answers = [ClientError(error, "CreateSolutionVersion"), {"arn": "a"}]

    def call() -> dict:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    lines: list[str] = []
    assert make_poll(clock, lines).retry_while_in_use("starting", call) == {"arn": "a"}
    assert lines[0] == "[00:00] starting: waiting: it is being trained"
