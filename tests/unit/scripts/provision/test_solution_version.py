"""A first version is trained once, however often and wherever it was interrupted; and trainings can be stopped."""

from typing import Any

import pytest

from local_aws.personalize.resource_types import SOLUTION_VERSION
from local_aws.testing.personalize_account import PersonalizeAccount
from scripts.common.personalize import Poll
from scripts.common.task import TaskError
from scripts.provision.solution_version import create, stop_trainings
from tests.unit.scripts.provision.conftest import PREFIX, add_versions, calls


@pytest.fixture
def solution(account: PersonalizeAccount) -> str:
    """A solution without versions."""
    return account.add_solution()


def describe(personalize: Any, arn: str) -> dict[str, Any]:
    """The version as it is now."""
    return personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]


def test_given_no_version_when_created_then_one_is_trained(personalize: Any, poll: Poll, solution: str) -> None:
    version = describe(personalize, create(personalize, solution, poll, mode="FULL"))
    assert (version["status"], version["trainingMode"]) == ("ACTIVE", "FULL")


def test_given_active_versions_when_created_then_the_newest_is_used(
    account: PersonalizeAccount, personalize: Any, poll: Poll, solution: str
) -> None:
    _, newest, _ = add_versions(account, solution, "ACTIVE", "ACTIVE", "CREATE FAILED")
    assert create(personalize, solution, poll) == newest
    assert calls(account) == []


@pytest.mark.parametrize("status", ["CREATE PENDING", "CREATE IN_PROGRESS"])
def test_given_an_interrupted_run_when_created_again_then_its_training_is_waited_for(
    account: PersonalizeAccount, personalize: Any, poll: Poll, solution: str, status: str
) -> None:
    started = account.add_version(solution, status)
    assert create(personalize, solution, poll) == started
    assert calls(account) == []


def test_given_a_training_being_stopped_when_created_then_a_new_one_follows_its_end(
    account: PersonalizeAccount, personalize: Any, poll: Poll, solution: str
) -> None:
    stopped = account.add_version(solution, "CREATE STOPPING")
    arn = create(personalize, solution, poll)
    assert describe(personalize, stopped)["status"] == "CREATE STOPPED"
    assert describe(personalize, arn)["status"] == "ACTIVE"


def test_given_a_training_that_fails_then_its_reason_is_named(
    account: PersonalizeAccount, personalize: Any, poll: Poll, solution: str
) -> None:
    account.fail_next("CreateSolutionVersion", "fewer than 25 users")
    with pytest.raises(TaskError, match="CREATE FAILED: fewer than 25 users"):
        create(personalize, solution, poll)


def test_given_a_failed_training_when_created_again_then_another_is_made_under_a_free_name(
    account: PersonalizeAccount, personalize: Any, poll: Poll, solution: str
) -> None:
    account.fail_next("CreateSolutionVersion", "fewer than 25 users")
    with pytest.raises(TaskError):
        create(personalize, solution, poll, name="first")
    arn = create(personalize, solution, poll, name="first")
    assert describe(personalize, arn)["name"] == "first-2"


def test_given_a_busy_solution_when_created_then_the_training_starts_when_it_is_free(
    account: PersonalizeAccount, personalize: Any, poll: Poll, solution: str
) -> None:
    account.refuse_next("CreateSolutionVersion", "ResourceInUseException", times=3)
    arn = create(personalize, solution, poll)
    assert describe(personalize, arn)["status"] == "ACTIVE"


def test_given_trainings_under_way_when_stopped_then_none_is_left(
    account: PersonalizeAccount, personalize: Any, poll: Poll, solution: str
) -> None:
    statuses = ["ACTIVE", "CREATE PENDING", "CREATE IN_PROGRESS", "CREATE STOPPING", "CREATE FAILED"]
    versions = add_versions(account, solution, *statuses)
    stop_trainings(personalize, solution, poll)
    after = [describe(personalize, version)["status"] for version in versions]
    assert after == ["ACTIVE", "CREATE STOPPED", "CREATE STOPPED", "CREATE STOPPED", "CREATE FAILED"]


def test_given_a_training_that_ends_first_when_stopped_then_that_is_no_error(
    account: PersonalizeAccount, personalize: Any, poll: Poll, solution: str
) -> None:
    arn = account.add_version(solution, "CREATE IN_PROGRESS")
    account.refuse_next("StopSolutionVersionCreation", "ResourceInUseException")
    stop_trainings(personalize, solution, poll)
    assert describe(personalize, arn)["status"] == "ACTIVE"


def test_given_no_solution_when_stopped_then_nothing_is_called(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    stop_trainings(personalize, f"{PREFIX}:solution/gone", poll)
    assert (calls(account), account.arns(SOLUTION_VERSION)) == ([], [])
