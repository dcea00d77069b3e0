"""A solution is made once and never trains by itself; those of earlier recipes go, unless one still serves."""

from typing import Any

import pytest

from local_aws.personalize.resource_types import DATASET, SCHEMA
from local_aws.personalize.resource_types import SOLUTION as SOLUTIONS
from local_aws.testing.in_process import ITEMS
from local_aws.testing.personalize_account import USER_PERSONALIZATION, PersonalizeAccount
from scripts.common.personalize import Poll
from scripts.common.task import TaskError
from scripts.provision.solution import Wanted, create, retire
from tests.unit.scripts.provision.conftest import PREFIX, calls

GROUP = f"{PREFIX}:dataset-group/test"
NAME = "test-recommender-0123abcd"
SOLUTION = f"{PREFIX}:solution/{NAME}"
WANTED = Wanted(NAME, GROUP, USER_PERSONALIZATION)
STEM = "test-recommender"
EARLIER = "test-recommender-ffffffff"
OF_OTHERS = ["test-recommender-two-01234567", "test-recommender-by-hand"]


def describe(personalize: Any) -> dict[str, Any]:
    """The solution as it is now."""
    return personalize.describe_solution(solutionArn=SOLUTION)["solution"]


def names(account: PersonalizeAccount) -> list[str]:
    """Names of all solutions, sorted."""
    return sorted(arn.rpartition("/")[2] for arn in account.arns(SOLUTIONS))


def test_given_none_when_created_then_it_is_active_and_does_not_train_by_itself(personalize: Any, poll: Poll) -> None:
    create(personalize, Wanted(NAME, GROUP, USER_PERSONALIZATION, {"bptt": "20"}), poll)
    made = describe(personalize)
    assert (made["status"], made["performAutoTraining"], made["datasetGroupArn"]) == ("ACTIVE", False, GROUP)
    assert made["solutionConfig"]["algorithmHyperParameters"] == {"bptt": "20"}


def test_given_excluded_columns_when_created_then_the_solution_does_not_train_on_them(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    schema = account.add(SCHEMA, "items", name="items", schema=ITEMS)
    items = {"datasetGroupArn": GROUP, "datasetType": "ITEMS", "schemaArn": schema}
    account.add(DATASET, "test/ITEMS", name="items", **items)
    create(personalize, Wanted(NAME, GROUP, USER_PERSONALIZATION, excluded_columns=("PRICE",)), poll)
    config = describe(personalize)["solutionConfig"]
    assert config["trainingDataConfig"] == {"excludedDatasetColumns": {"Items": ["PRICE"]}}


def test_given_no_hyperparameters_when_created_then_the_recipe_has_its_own(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    create(personalize, WANTED, poll)
    assert "solutionConfig" not in dict(account.changes)["CreateSolution"]


V2 = f"{USER_PERSONALIZATION}-v2"
EVENTS = ({"eventType": "view", "weight": 0.2}, {"eventType": "apply", "weight": 1.0})
OTHER_EVENTS = ({"eventType": "view", "weight": 0.5}, {"eventType": "apply", "weight": 1.0})


def test_given_events_when_created_then_the_solution_has_them_and_again_nothing_changes(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    for events in (EVENTS, EVENTS[::-1]):
        create(personalize, Wanted(NAME, GROUP, V2, events=events), poll)
    assert describe(personalize)["solutionConfig"]["eventsConfig"] == {"eventParametersList": list(EVENTS)}
    assert calls(account) == ["CreateSolution"]


def test_given_other_events_when_created_again_then_the_solution_is_updated_and_still_trains_only_when_asked(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    create(personalize, Wanted(NAME, GROUP, V2, events=EVENTS), poll)
    for _ in range(2):
        create(personalize, Wanted(NAME, GROUP, V2, events=OTHER_EVENTS), poll)
    solution = describe(personalize)
    assert solution["latestSolutionUpdate"]["status"] == "ACTIVE"
    assert solution["solutionConfig"]["eventsConfig"] == {"eventParametersList": list(OTHER_EVENTS)}
    assert not solution["performAutoTraining"]
    assert calls(account) == ["CreateSolution", "UpdateSolution"]


def test_given_no_events_any_more_when_created_again_then_the_solution_has_none(personalize: Any, poll: Poll) -> None:
    for events in (EVENTS, ()):
        create(personalize, Wanted(NAME, GROUP, V2, events=events), poll)
    assert describe(personalize)["solutionConfig"]["eventsConfig"] == {"eventParametersList": []}


def test_given_an_update_that_fails_then_it_is_said(account: PersonalizeAccount, personalize: Any, poll: Poll) -> None:
    create(personalize, Wanted(NAME, GROUP, V2, events=EVENTS), poll)
    account.refuse_next("UpdateSolution", "InvalidInputException", "no such type")
    with pytest.raises(personalize.exceptions.InvalidInputException, match="no such type"):
        create(personalize, Wanted(NAME, GROUP, V2, events=OTHER_EVENTS), poll)


@pytest.mark.parametrize("status", ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"])
def test_given_one_that_an_interrupted_run_made_when_created_then_it_is_waited_for(
    account: PersonalizeAccount, personalize: Any, poll: Poll, status: str
) -> None:
    account.add_solution(NAME, status)
    create(personalize, WANTED, poll)
    assert describe(personalize)["status"] == "ACTIVE"
    assert calls(account) == []


def test_given_a_failed_one_when_created_then_it_is_replaced_and_the_failure_told(
    account: PersonalizeAccount, personalize: Any, poll: Poll, lines: list[str]
) -> None:
    account.add_solution(NAME, "CREATE FAILED")
    create(personalize, WANTED, poll)
    assert describe(personalize)["status"] == "ACTIVE"
    assert any("solution is CREATE FAILED: the service gave no failureReason" in line for line in lines)


def test_given_a_creation_that_fails_then_it_is_said_although_the_service_has_no_reason_for_solutions(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    account.fail_next("CreateSolution", "no such role")
    with pytest.raises(
        TaskError, match="test-recommender-0123abcd is CREATE FAILED: the service gave no failureReason"
    ):
        create(personalize, WANTED, poll)


def test_given_earlier_recipes_when_retired_then_only_the_kept_one_and_those_of_others_are_left(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    for name in (NAME, EARLIER, *OF_OTHERS):
        account.add_solution(name)
    retire(personalize, GROUP, STEM, poll, keep=NAME)
    assert names(account) == sorted([NAME, *OF_OTHERS])


def test_given_a_training_under_way_when_all_go_then_it_is_stopped_first(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    account.add_version(account.add_solution(NAME), "CREATE IN_PROGRESS")
    account.refuse_next("DeleteSolution", "ResourceInUseException")
    retire(personalize, GROUP, STEM, poll)
    assert names(account) == []
    assert calls(account)[0] == "StopSolutionVersionCreation"


def test_given_a_campaign_on_an_earlier_recipe_when_retired_then_it_is_named_and_nothing_goes(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    account.add_solution(f"{EARLIER[:-1]}e")
    account.add_campaign(STEM, account.add_version(account.add_solution(EARLIER)))
    with pytest.raises(TaskError, match=r"campaign test-recommender serves .*ffffffff"):
        retire(personalize, GROUP, STEM, poll)
    assert len(names(account)) == 2


@pytest.mark.parametrize("group", [GROUP, f"{GROUP}-that-is-gone"])
def test_given_nothing_when_all_go_then_nothing_is_called(
    account: PersonalizeAccount, personalize: Any, poll: Poll, group: str
) -> None:
    retire(personalize, group, STEM, poll)
    assert calls(account) == []
