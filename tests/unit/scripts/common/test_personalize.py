"""Polling, without waiting."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.testing.manual_clock import ManualClock
from scripts.common.personalize import LIMIT_EXCEEDED, Poll
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


def refusing(code: str, message: str, times: int) -> Callable[[], dict[str, str]]:
    """A call that is refused some times, and then answered."""
    error = ClientError({"Error": {"Code": code, "Message": message}}, "CreateSolutionVersion")
    answers: list[Any] = [error] * times + [{"arn": "a"}]

    def call() -> dict[str, str]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)

    return call


def test_given_a_busy_resource_when_it_is_free_then_the_call_is_made_once_more(clock: ManualClock) -> None:
    lines: list[str] = []
    call = refusing("ResourceInUseException", "it is being trained", 1)
    assert make_poll(clock, lines).retry_while_refused("starting", call) == {"arn": "a"}
    assert lines[0] == "[00:00] starting: waiting: it is being trained"


def test_given_too_many_pending_jobs_then_only_a_call_that_may_wait_for_them_is_made_again(clock: ManualClock) -> None:
    refused = ("LimitExceededException", "5 imports are pending", 3)
    with pytest.raises(ClientError, match="5 imports are pending"):
        make_poll(clock).retry_while_refused("importing", refusing(*refused))
    assert make_poll(clock).retry_while_refused("importing", refusing(*refused), {LIMIT_EXCEEDED}) == {"arn": "a"}


@pytest.mark.parametrize(
    "message", ["The role r cannot be assumed.", "Insufficient privileges for accessing data in S3"]
)
def test_given_a_new_role_then_the_call_is_made_again_for_three_minutes(clock: ManualClock, message: str) -> None:
    refused = ("InvalidInputException", message)
    assert make_poll(clock).retry_while_refused("importing", refusing(*refused, 5)) == {"arn": "a"}
    with pytest.raises(ClientError, match=message):
        make_poll(clock).retry_while_refused("importing", refusing(*refused, 1_000))
    assert 180 <= sum(clock.pauses) < 400


def test_given_a_job_that_fails_for_its_role_then_it_is_run_again_and_its_reason_is_said(clock: ManualClock) -> None:
    lines: list[str] = []
    failed = {"status": "CREATE FAILED", "failureReason": "The role r cannot be assumed."}
    jobs = iter([failed, failed, {"status": "ACTIVE"}])
    job = make_poll(clock, lines).retry_while_role_not_ready("importing", lambda: next(jobs))
    assert job == {"status": "ACTIVE"}
    assert lines[0] == "[00:00] importing: again, because of: The role r cannot be assumed."


def test_given_a_job_that_fails_for_another_reason_then_it_is_run_once(clock: ManualClock) -> None:
    failed = {"status": "CREATE FAILED", "failureReason": "line 3: no ITEM_ID"}
    jobs = iter([failed])
    assert make_poll(clock).retry_while_role_not_ready("importing", lambda: next(jobs)) == failed
