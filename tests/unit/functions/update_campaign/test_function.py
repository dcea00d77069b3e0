"""update_campaign: a change of what a campaign serves is requested once."""

from typing import Any

import pytest

from local_aws.testing.personalize_account import PersonalizeAccount
from tests.unit.functions.fakes import FakeContext
from tests.unit.functions.retraining import CAMPAIGN
from update_campaign.function import make_handler

CONFIG = {"itemExplorationConfig": {"explorationWeight": "0.3", "explorationItemAgeCutOff": "30"}}


class Campaign:
    """The test campaign, and versions of its solution that are called old, new and other."""

    def __init__(self, account: PersonalizeAccount, context: FakeContext) -> None:
        self.account, self._context = account, context
        solution = account.add_solution("test")
        self.versions = {name: account.add_version(solution) for name in ("old", "new", "other")}
        self._handler = make_handler(personalize=account.client())

    def add(self, served: str = "old", update: Any = None, status: str = "ACTIVE", config: Any = CONFIG) -> None:
        """Add the campaign; `update` is (version, status)."""
        latest = update and {"solutionVersionArn": self.versions[update[0]], "status": update[1]}
        self.account.add_campaign(
            *("test", self.versions[served], status),
            minProvisionedTPS=3,
            campaignConfig=config,
            latestCampaignUpdate=latest,
        )

    def update(self) -> Any:
        """Ask the campaign to serve the version that is called new."""
        return self._handler({"campaignArn": CAMPAIGN, "solutionVersionArn": self.versions["new"]}, self._context)


@pytest.fixture
def campaign(account: PersonalizeAccount, context: FakeContext) -> Campaign:
    return Campaign(account, context)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ({}, "requested"),
        ({"update": ("old", "ACTIVE")}, "requested"),
        ({"update": ("new", "CREATE FAILED")}, "requested"),  # failed before: may be asked for again
        ({"served": "new"}, "unchanged"),
        ({"served": "new", "update": ("new", "ACTIVE")}, "unchanged"),
    ],
)
def test_given_no_change_in_progress_when_updated_then_the_update_is_requested_once(
    account: PersonalizeAccount, campaign: Campaign, found: Any, state: str
) -> None:
    campaign.add(**found)

    assert campaign.update() == {"state": state}
    assert len(account.changes) == (state == "requested")


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ({"update": ("new", "CREATE PENDING")}, "requested"),
        ({"update": ("new", "CREATE IN_PROGRESS")}, "requested"),
        ({"update": ("other", "CREATE IN_PROGRESS")}, "busy"),
        ({"served": "new", "update": ("other", "CREATE IN_PROGRESS")}, "busy"),
        ({"status": "CREATE IN_PROGRESS"}, "busy"),
    ],
)
def test_given_an_update_in_progress_when_updated_then_nothing_is_requested(
    account: PersonalizeAccount, campaign: Campaign, found: Any, state: str
) -> None:
    campaign.add(**found)

    assert campaign.update() == {"state": state}
    assert account.changes == []


def test_given_capacity_and_configuration_when_updated_then_they_are_kept_without_following_the_latest_version(
    account: PersonalizeAccount, campaign: Campaign
) -> None:
    campaign.add(config={**CONFIG, "syncWithLatestSolutionVersion": True})

    campaign.update()

    ((_, asked),) = account.changes
    assert asked == {
        "campaignArn": CAMPAIGN,
        "solutionVersionArn": campaign.versions["new"],
        "minProvisionedTPS": 3,
        "campaignConfig": {**CONFIG, "syncWithLatestSolutionVersion": False},
    }


def test_given_another_update_that_just_started_when_updated_then_the_campaign_is_busy(
    account: PersonalizeAccount, campaign: Campaign
) -> None:
    campaign.add()
    account.refuse_next("UpdateCampaign", "ResourceInUseException")

    assert campaign.update() == {"state": "busy"}
