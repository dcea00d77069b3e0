"""Polling and failures, without waiting."""

import pytest

from scripts.common.personalize import Poll
from scripts.common.task import TaskError
from tests.unit.scripts.provision.fake_personalize import Time, make_poll, refusal


def test_given_a_long_wait_then_pauses_grow_to_the_longest_and_no_further() -> None:
    time, answers = Time(), iter([{"status": "CREATE PENDING"}] * 6 + [{"status": "ACTIVE"}])
    poll = Poll(first=0.5, longest=2.0, growth=2.0, sleep=time.sleep, clock=lambda: time.now, say=lambda line: None)
    assert poll.wait_until_settled("thing", lambda: next(answers)) == {"status": "ACTIVE"}
    assert time.pauses == [0.5, 1.0, 2.0, 2.0, 2.0, 2.0]


def test_given_a_wait_then_a_line_is_said_for_each_new_status_and_each_minute() -> None:
    lines: list[str] = []
    statuses = iter(["CREATE PENDING"] * 2 + ["CREATE IN_PROGRESS"] * 4 + ["ACTIVE"])
    make_poll(lines, first=30, longest=30).wait_until_settled("thing", lambda: {"status": next(statuses)})
    assert lines == [
        "[00:00] thing: CREATE PENDING",
        "[01:00] thing: CREATE IN_PROGRESS",
        "[02:00] thing: CREATE IN_PROGRESS",
        "[03:00] thing: ACTIVE",
    ]


def test_given_a_status_that_only_contains_a_known_one_then_it_counts_as_settled() -> None:
    assert make_poll().wait_until_settled("thing", lambda: {"status": "INACTIVE"}) == {"status": "INACTIVE"}


def test_given_no_end_when_the_timeout_passes_then_it_says_so() -> None:
    with pytest.raises(TaskError, match=r"thing is still CREATE PENDING after 100 s.*run this again"):
        make_poll(timeout=100).wait_until_settled("thing", lambda: {"status": "CREATE PENDING"})


def test_given_a_busy_resource_when_it_is_free_then_the_call_is_made_once_more() -> None:
    answers = [refusal("ResourceInUseException", "it is being trained"), {"arn": "a"}]

    def call() -> dict:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    lines: list[str] = []
    assert make_poll(lines).retry_while_in_use("starting", call) == {"arn": "a"}
    assert lines[0] == "[00:00] starting: waiting: it is being trained"
