"""describe_campaign: the state of a deployment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from describe_campaign.function import make_handler
from local_aws.testing.personalize_account import PersonalizeAccount
from tests.unit.functions.fakes import FakeContext
from tests.unit.functions.retraining import CAMPAIGN, NOW


class Campaign:
    """The test campaign, and versions of its solution that are called old, new and other."""

    def __init__(self, account: PersonalizeAccount, now: Callable[[], datetime], context: FakeContext) -> None:
        self._account, self._context = account, context
        solution = account.add_solution("test")
        self.versions = {name: account.add_version(solution) for name in ("old", "new", "other")}
        self._handler = make_handler(personalize=account.client(), now=now)

    def add(
        self,
        served: str = "old",
        update: Any = None,
        status: str = "ACTIVE",
        seconds: float = 10,
        **members: Any,
    ) -> None:
        """Add the campaign; `update` is (version, status), began `seconds` ago, and has more `members`."""
        latest = update and {
            "solutionVersionArn": self.versions[update[0]],
            "status": update[1],
            "creationDateTime": NOW - timedelta(seconds=seconds),
            **members,
        }
        begun = NOW - timedelta(days=9)
        self._account.add_campaign(
            *("test", self.versions[served], status), creationDateTime=begun, latestCampaignUpdate=latest
        )

    def describe(self) -> Any:
        """Compare it with the version that is called new; an update may take a minute."""
        event = {"campaignArn": CAMPAIGN, "solutionVersionArn": self.versions["new"], "timeoutSeconds": 60}
        return self._handler(event, self._context)


@pytest.fixture
def campaign(account: PersonalizeAccount, now: Callable[[], datetime], context: FakeContext) -> Campaign:
    return Campaign(account, now, context)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ({"served": "new"}, "serving"),
        ({"served": "new", "update": ("new", "ACTIVE")}, "serving"),
        ({"served": "new", "update": ("other", "CREATE FAILED")}, "serving"),
        ({"update": ("new", "CREATE PENDING")}, "pending"),
        ({"update": ("new", "ACTIVE")}, "pending"),  # active, but not yet what the campaign says it serves
        ({"served": "new", "update": ("other", "CREATE IN_PROGRESS")}, "pending"),
        ({"update": ("new", "CREATE FAILED")}, "failed"),
        ({"served": "other", "update": ("other", "ACTIVE")}, "free"),
        ({}, "free"),
        ({"served": "new", "status": "DELETE PENDING"}, "failed"),
    ],
)
def test_given_a_campaign_when_described_then_it_is_compared_with_the_requested_version(
    campaign: Campaign, found: Any, state: str
) -> None:
    campaign.add(**found)

    assert campaign.describe()["state"] == state


def test_given_an_update_that_takes_too_long_when_described_then_it_is_expired(campaign: Campaign) -> None:
    campaign.add(update=("new", "CREATE IN_PROGRESS"), seconds=61)

    deployment = campaign.describe()

    assert (deployment["state"], deployment["servedSolutionVersionArn"]) == ("expired", campaign.versions["old"])
    assert deployment["failureReason"] == "the update of the campaign took longer than 0:01:00 (h:mm:ss)"


def test_given_a_failed_update_when_described_then_the_reason_is_the_services_own(campaign: Campaign) -> None:
    campaign.add(update=("new", "CREATE FAILED"), failureReason="no capacity")

    assert campaign.describe()["failureReason"] == "no capacity"
