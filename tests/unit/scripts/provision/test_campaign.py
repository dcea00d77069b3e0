"""A campaign becomes what the variables say, from any state that an earlier run left; and it can be deleted."""

from dataclasses import replace
from typing import Any

import pytest

from local_aws.personalize.resource_types import CAMPAIGN
from local_aws.testing.personalize_account import PersonalizeAccount
from scripts.common.personalize import Poll
from scripts.common.task import TaskError
from scripts.provision.campaign import Wanted, create, delete, solution_of
from tests.unit.scripts.provision.conftest import PREFIX, add_versions, calls

NAME = "test-recommender"
ARN = f"{PREFIX}:campaign/{NAME}"
SOLUTION = f"{PREFIX}:solution/test-recommender-0123abcd"
WANTED = Wanted(NAME, SOLUTION, 1)
EXPLORING = Wanted(NAME, SOLUTION, 1, 0.3, 30)


@pytest.fixture(autouse=True)
def versions(account: PersonalizeAccount) -> list[str]:
    """The solution and its two ACTIVE versions: one that was promoted, and a newer one."""
    account.add_solution("test-recommender-0123abcd")
    return add_versions(account, SOLUTION, "ACTIVE", "ACTIVE")


@pytest.fixture
def promoted(versions: list[str]) -> str:
    """The version that the campaign serves, which is not the newest one."""
    return versions[0]


@pytest.fixture
def newest(versions: list[str]) -> str:
    """The newest version that can serve."""
    return versions[1]


@pytest.fixture
def of_old_recipe(account: PersonalizeAccount) -> str:
    """A version of the solution of an earlier recipe."""
    return account.add_version(account.add_solution("test-recommender-ffffffff"))


def test_given_no_campaign_when_created_then_it_serves_the_newest_active_version(
    account: PersonalizeAccount, personalize: Any, poll: Poll, newest: str
) -> None:
    account.add_version(SOLUTION, "CREATE FAILED")
    campaign = create(personalize, EXPLORING, poll)
    assert campaign["status"] == "ACTIVE"
    assert campaign["solutionVersionArn"] == newest
    assert campaign["campaignConfig"] == {
        "syncWithLatestSolutionVersion": False,
        "itemExplorationConfig": {"explorationWeight": "0.3", "explorationItemAgeCutOff": "30"},
    }


def test_given_a_verified_version_when_a_campaign_is_created_again_then_it_serves_that_and_not_a_newer_one(
    account: PersonalizeAccount, personalize: Any, poll: Poll, promoted: str, newest: str
) -> None:
    campaign = create(personalize, replace(WANTED, verified_version=promoted), poll)
    assert campaign["solutionVersionArn"] == promoted != newest


def test_given_a_verified_version_of_an_earlier_solution_when_created_then_the_newest_version_serves(
    account: PersonalizeAccount, personalize: Any, poll: Poll, newest: str
) -> None:
    earlier = account.add_version(account.add_solution("earlier"))
    assert create(personalize, replace(WANTED, verified_version=earlier), poll)["solutionVersionArn"] == newest


def test_given_no_exploration_weight_when_created_then_no_exploration_is_configured(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    create(personalize, WANTED, poll)
    assert dict(account.changes)["CreateCampaign"]["campaignConfig"] == {"syncWithLatestSolutionVersion": False}


def test_given_no_active_version_when_created_then_it_says_what_to_run(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    untrained = account.add_solution("untrained")
    with pytest.raises(TaskError, match=r"no ACTIVE version.*make apply trains one"):
        create(personalize, Wanted(NAME, untrained, 1), poll)


@pytest.mark.parametrize("status", ["CREATE PENDING", "CREATE IN_PROGRESS"])
def test_given_an_interrupted_creation_when_created_then_it_is_waited_for(
    account: PersonalizeAccount, personalize: Any, poll: Poll, promoted: str, status: str
) -> None:
    account.add_campaign(NAME, promoted, status)
    assert create(personalize, WANTED, poll)["status"] == "ACTIVE"
    assert "CreateCampaign" not in calls(account)


@pytest.mark.parametrize("status", ["DELETE PENDING", "DELETE IN_PROGRESS"])
def test_given_a_deletion_under_way_when_created_then_a_new_campaign_follows_it(
    account: PersonalizeAccount, personalize: Any, poll: Poll, promoted: str, status: str
) -> None:
    account.add_campaign(NAME, promoted, status)
    assert create(personalize, WANTED, poll)["status"] == "ACTIVE"
    assert calls(account).count("CreateCampaign") == 1


def test_given_a_failed_campaign_when_created_then_it_is_replaced_and_the_reason_told(
    account: PersonalizeAccount, personalize: Any, poll: Poll, promoted: str, lines: list[str]
) -> None:
    account.add_campaign(NAME, promoted, "CREATE FAILED", failureReason="no capacity")
    assert create(personalize, WANTED, poll)["status"] == "ACTIVE"
    assert any("no capacity" in line for line in lines)


def test_given_a_creation_that_fails_then_its_reason_is_named(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    account.fail_next("CreateCampaign", "no capacity")
    with pytest.raises(TaskError, match="CREATE FAILED: no capacity"):
        create(personalize, WANTED, poll)


def test_given_a_campaign_as_wanted_when_created_then_nothing_is_changed(
    account: PersonalizeAccount, personalize: Any, poll: Poll, promoted: str
) -> None:
    config = {"itemExplorationConfig": {"explorationWeight": "0.30", "explorationItemAgeCutOff": "30.0"}}
    account.add_campaign(NAME, promoted, campaignConfig=config)
    assert create(personalize, EXPLORING, poll)["solutionVersionArn"] == promoted
    assert calls(account) == []


@pytest.mark.parametrize(
    ("wanted", "config"),
    [
        (Wanted(NAME, SOLUTION, 2), {}),
        (EXPLORING, {}),
        (EXPLORING, {"itemExplorationConfig": {"explorationWeight": "0.5", "explorationItemAgeCutOff": "30"}}),
        (WANTED, {"syncWithLatestSolutionVersion": True}),
    ],
)
def test_given_other_settings_when_created_then_they_are_updated_and_the_promoted_version_stays(
    account: PersonalizeAccount, personalize: Any, poll: Poll, promoted: str, wanted: Wanted, config: dict[str, Any]
) -> None:
    account.add_campaign(NAME, promoted, campaignConfig=config)
    campaign = create(personalize, wanted, poll)
    assert campaign["minProvisionedTPS"] == wanted.minimum_tps
    assert campaign["solutionVersionArn"] == promoted
    assert calls(account) == ["UpdateCampaign"]
    assert dict(account.changes)["UpdateCampaign"]["campaignConfig"] == wanted.settings()["campaignConfig"]


def test_given_a_promotion_under_way_when_created_then_it_is_waited_for_before_anything_is_changed(
    account: PersonalizeAccount, personalize: Any, poll: Poll, promoted: str
) -> None:
    challenger = account.add_version(SOLUTION)
    update = {"status": "CREATE PENDING", "solutionVersionArn": challenger}
    account.add_campaign(NAME, promoted, latestCampaignUpdate=update)
    campaign = create(personalize, Wanted(NAME, SOLUTION, 3), poll)
    assert campaign["solutionVersionArn"] == challenger
    assert campaign["minProvisionedTPS"] == 3


def test_given_an_update_that_fails_then_its_reason_is_named(
    account: PersonalizeAccount, personalize: Any, poll: Poll, promoted: str
) -> None:
    account.add_campaign(NAME, promoted)
    account.fail_next("UpdateCampaign", "no capacity")
    with pytest.raises(TaskError, match="CREATE FAILED: no capacity"):
        create(personalize, EXPLORING, poll)


def test_given_a_campaign_of_another_solution_when_created_then_it_moves_to_the_newest_version_of_the_wanted_one(
    account: PersonalizeAccount, personalize: Any, poll: Poll, newest: str, of_old_recipe: str
) -> None:
    account.add_campaign(NAME, of_old_recipe)
    campaign = create(personalize, EXPLORING, poll)
    assert campaign["solutionVersionArn"] == newest
    assert campaign["campaignConfig"] == EXPLORING.settings()["campaignConfig"]
    assert calls(account) == ["UpdateCampaign"]


def test_given_a_move_that_the_service_refuses_when_created_then_the_campaign_is_replaced_and_the_reason_told(
    account: PersonalizeAccount, personalize: Any, poll: Poll, of_old_recipe: str, lines: list[str]
) -> None:
    account.add_campaign(NAME, of_old_recipe)
    account.refuse_next("UpdateCampaign", "InvalidInputException", "not of this solution")
    campaign = create(personalize, WANTED, poll)
    assert (campaign["status"], solution_of(campaign)) == ("ACTIVE", SOLUTION)
    assert any("not of this solution" in line for line in lines)


def test_given_a_move_that_fails_then_the_old_version_serves_on_and_the_reason_is_named(
    account: PersonalizeAccount, personalize: Any, poll: Poll, of_old_recipe: str
) -> None:
    account.add_campaign(NAME, of_old_recipe)
    account.fail_next("UpdateCampaign", "no capacity")
    with pytest.raises(TaskError, match="CREATE FAILED: no capacity"):
        create(personalize, WANTED, poll)
    assert personalize.describe_campaign(campaignArn=ARN)["campaign"]["solutionVersionArn"] == of_old_recipe


@pytest.mark.parametrize("status", ["ACTIVE", "CREATE FAILED", "CREATE IN_PROGRESS", "DELETE PENDING"])
def test_given_a_campaign_in_any_state_when_deleted_then_it_is_gone(
    account: PersonalizeAccount, personalize: Any, poll: Poll, promoted: str, status: str
) -> None:
    account.add_campaign(NAME, promoted, status)
    delete(personalize, ARN, poll)
    assert account.arns(CAMPAIGN) == []


def test_given_a_busy_campaign_when_deleted_then_the_deletion_is_asked_for_again(
    account: PersonalizeAccount, personalize: Any, poll: Poll, promoted: str
) -> None:
    account.add_campaign(NAME, promoted)
    account.refuse_next("DeleteCampaign", "ResourceInUseException", times=2)
    delete(personalize, ARN, poll)
    assert account.arns(CAMPAIGN) == []


def test_given_no_campaign_when_deleted_then_nothing_is_called(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    delete(personalize, ARN, poll)
    assert calls(account) == []
