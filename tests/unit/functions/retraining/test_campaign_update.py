"""update_campaign and describe_campaign: what a campaign serves, and changing it."""

from datetime import timedelta
from typing import Any

import pytest

from describe_campaign.handler import assess
from tests.unit.functions.retraining.fakes import CAMPAIGN, NOW, FakePersonalize
from update_campaign.handler import request

CONFIG = {"itemExplorationConfig": {"explorationWeight": "0.3"}}


def campaign(served: str = "old", update: Any = None, status: str = "ACTIVE", **more: Any) -> dict[str, Any]:
    """A campaign as DescribeCampaign answers it; `update` is (version, status)."""
    latest = update and {"solutionVersionArn": update[0], "status": update[1], "creationDateTime": NOW, **more}
    return {
        "status": status,
        "solutionVersionArn": served,
        "minProvisionedTPS": 3,
        "campaignConfig": CONFIG,
        "creationDateTime": NOW - timedelta(days=9),
        **({"latestCampaignUpdate": latest} if latest else {}),
    }


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (campaign(), "requested"),
        (campaign(update=("old", "ACTIVE")), "requested"),
        (campaign(update=("new", "CREATE FAILED")), "requested"),  # failed before: may be asked for again
        (campaign("new"), "unchanged"),
        (campaign("new", ("new", "ACTIVE")), "unchanged"),
    ],
)
def test_given_a_campaign_at_rest_when_updated_then_it_is_asked_for_once(
    personalize: FakePersonalize, found: Any, state: str
) -> None:
    personalize.campaign = found

    assert request(personalize, CAMPAIGN, "new") == {"state": state}
    assert len(personalize.calls) == (state == "requested")


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (campaign(update=("new", "CREATE PENDING")), "requested"),
        (campaign(update=("new", "CREATE IN_PROGRESS")), "requested"),
        (campaign(update=("other", "CREATE IN_PROGRESS")), "busy"),
        (campaign("new", update=("other", "CREATE IN_PROGRESS")), "busy"),
        (campaign(status="CREATE IN_PROGRESS"), "busy"),
    ],
)
def test_given_an_update_under_way_when_updated_then_nothing_is_asked_for(
    personalize: FakePersonalize, found: Any, state: str
) -> None:
    personalize.campaign = found

    assert request(personalize, CAMPAIGN, "new") == {"state": state}
    assert personalize.calls == []


def test_given_capacity_and_configuration_when_updated_then_they_are_kept_but_never_follow_the_latest_version(
    personalize: FakePersonalize,
) -> None:
    personalize.campaign = campaign()
    personalize.campaign["campaignConfig"] = {**CONFIG, "syncWithLatestSolutionVersion": True}

    request(personalize, CAMPAIGN, "new")

    ((_, asked),) = personalize.calls
    assert asked == {
        "campaignArn": CAMPAIGN,
        "solutionVersionArn": "new",
        "minProvisionedTPS": 3,
        "campaignConfig": {**CONFIG, "syncWithLatestSolutionVersion": False},
    }


def test_given_that_somebody_was_faster_when_updated_then_the_campaign_is_busy(personalize: FakePersonalize) -> None:
    personalize.campaign, personalize.busy = campaign(), True

    assert request(personalize, CAMPAIGN, "new") == {"state": "busy"}


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (campaign("new"), "serving"),
        (campaign("new", ("new", "ACTIVE")), "serving"),
        (campaign("new", ("other", "CREATE FAILED")), "serving"),
        (campaign(update=("new", "CREATE PENDING")), "pending"),
        (campaign(update=("new", "ACTIVE")), "pending"),  # active, but not yet what the campaign says it serves
        (campaign("new", update=("other", "CREATE IN_PROGRESS")), "pending"),
        (campaign(update=("new", "CREATE FAILED")), "failed"),
        (campaign(update=("other", "ACTIVE"), served="other"), "free"),
        (campaign(), "free"),
        (campaign("new", status="DELETE PENDING"), "failed"),
    ],
)
def test_given_a_campaign_when_described_then_it_is_compared_with_what_was_asked_for(found: Any, state: str) -> None:
    assert assess(found, "new", 60, NOW + timedelta(seconds=10))["state"] == state


def test_given_an_update_that_takes_too_long_when_described_then_it_is_expired() -> None:
    deployment = assess(campaign(update=("new", "CREATE IN_PROGRESS")), "new", 60, NOW + timedelta(seconds=61))

    assert (deployment["state"], deployment["servedSolutionVersionArn"]) == ("expired", "old")
    assert deployment["failureReason"] == "the update of the campaign took longer than 0:01:00 (h:mm:ss)"


def test_given_a_failed_update_when_described_then_the_reason_is_the_services_own() -> None:
    found = campaign(update=("new", "CREATE FAILED"), failureReason="no capacity")

    assert assess(found, "new", 60, NOW)["failureReason"] == "no capacity"
