"""describe_campaign: the state of a deployment."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from describe_campaign.function import make_handler
from local_aws.testing.personalize_account import PersonalizeAccount
from tests.unit.functions.fakes import FakeContext
from tests.unit.functions.retraining import CAMPAIGN, Campaign


@pytest.fixture
def describe(account: PersonalizeAccount, campaign: Campaign, now: Callable[[], datetime], context: FakeContext) -> Any:
    """Return a function that compares the campaign with the version called new; an update may take a minute."""
    handler = make_handler(personalize=account.client(), now=now)
    event = {"campaignArn": CAMPAIGN, "solutionVersionArn": campaign.versions["new"], "timeoutSeconds": 60}
    return lambda: handler(event, context)


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
    campaign: Campaign, describe: Any, found: Any, state: str
) -> None:
    campaign.add(**found)

    assert describe()["state"] == state


def test_given_an_update_that_takes_too_long_when_described_then_it_is_expired(
    campaign: Campaign, describe: Any
) -> None:
    campaign.add(update=("new", "CREATE IN_PROGRESS"), seconds=61)

    deployment = describe()

    assert (deployment["state"], deployment["servedSolutionVersionArn"]) == ("expired", campaign.versions["old"])
    assert deployment["failureReason"] == "the update of the campaign took longer than 0:01:00 (h:mm:ss)"


def test_given_a_failed_update_when_described_then_the_reason_is_the_services_own(
    campaign: Campaign, describe: Any
) -> None:
    campaign.add(update=("new", "CREATE FAILED"), failureReason="no capacity")

    assert describe()["failureReason"] == "no capacity"
