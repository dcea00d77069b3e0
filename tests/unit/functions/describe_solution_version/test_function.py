"""describe_solution_version: the state of a training."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from describe_solution_version.function import make_handler
from local_aws.testing.personalize_account import PersonalizeAccount
from tests.unit.functions.fakes import FakeContext
from tests.unit.functions.retraining import NOW


@pytest.fixture
def describe(account: PersonalizeAccount, now: Callable[[], datetime], context: FakeContext) -> Any:
    """Return a function that adds a version and describes it."""
    solution, handler = account.add_solution(), make_handler(personalize=account.client(), now=now)

    def add_and_describe(timeout_seconds: int, age: timedelta, popularity: Any = None, **version: Any) -> Any:
        arn = account.add_version(solution, creationDateTime=NOW - age, **version)
        event = {"solutionVersionArn": arn, "popularity": popularity or {}, "timeoutSeconds": timeout_seconds}
        return handler(event, context)

    return add_and_describe


@pytest.mark.parametrize(
    ("version", "state", "reason"),
    [
        ({"status": "ACTIVE", "trainingHours": 0.5}, "active", None),
        ({"status": "CREATE PENDING"}, "pending", None),
        ({"status": "CREATE IN_PROGRESS"}, "pending", None),
        ({"status": "CREATE FAILED", "failureReason": "too few users"}, "failed", "too few users"),
        ({"status": "CREATE STOPPED"}, "failed", "the version is CREATE STOPPED; Personalize gave no reason"),
        ({"status": "INACTIVE"}, "failed", "the version is INACTIVE; Personalize gave no reason"),  # no substring
    ],
)
def test_given_a_status_when_described_then_it_is_compared_for_equality(
    describe: Any, version: Any, state: str, reason: Any
) -> None:
    training = describe(3600, timedelta(minutes=30), **version)

    assert (training["state"], training["failureReason"], training["minutes"]) == (state, reason, 30.0)
    assert training["trainingHours"] == version.get("trainingHours")


def test_given_a_training_beyond_its_time_when_described_then_it_is_expired(describe: Any) -> None:
    training = describe(7200, timedelta(hours=3), status="CREATE IN_PROGRESS")

    assert training["state"] == "expired"
    assert training["failureReason"] == "the training was still CREATE IN_PROGRESS after 2:00:00 (h:mm:ss)"


@pytest.mark.parametrize(
    ("status", "age", "state"),
    [
        ("CREATE IN_PROGRESS", timedelta(minutes=30), "pending"),
        ("CREATE IN_PROGRESS", timedelta(hours=2), "active"),  # beyond its time it is not waited for
        ("CREATE STOPPED", timedelta(minutes=30), "active"),
        ("ACTIVE", timedelta(minutes=30), "active"),
    ],
)
def test_given_a_popularity_version_when_the_other_one_is_trained_then_it_is_waited_for(
    account: PersonalizeAccount, describe: Any, status: str, age: timedelta, state: str
) -> None:
    baseline = account.add_version(account.add_solution("popularity"), status, creationDateTime=NOW - age)

    training = describe(3600, age, {"solutionVersionArn": baseline}, status="ACTIVE")

    assert training["state"] == state
    assert training["popularity"] == {"solutionVersionArn": baseline, "status": status, "failureReason": None}


def test_given_a_popularity_version_when_the_other_one_failed_then_nothing_is_waited_for(
    account: PersonalizeAccount, describe: Any
) -> None:
    baseline = account.add_version(account.add_solution("popularity"), "CREATE IN_PROGRESS")

    assert describe(3600, timedelta(), {"solutionVersionArn": baseline}, status="CREATE FAILED")["state"] == "failed"


def test_given_a_popularity_version_that_was_not_created_when_described_then_its_error_is_the_reason(
    describe: Any,
) -> None:
    training = describe(
        3600, timedelta(), {"Error": "LimitExceeded", "Cause": '{"errorMessage": "too many"}'}, status="ACTIVE"
    )

    assert training["state"] == "active"
    assert training["popularity"] == {
        "solutionVersionArn": None,
        "status": "NOT CREATED",
        "failureReason": "LimitExceeded: too many",
    }
