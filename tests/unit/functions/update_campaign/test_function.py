"""update_campaign: a change of what a campaign serves is requested once."""

import json
from typing import Any

import pytest

from animal_recommender.retraining.ledger import LedgerError
from local_aws.testing.personalize_account import PersonalizeAccount
from tests.unit.functions.fakes import FakeContext, FakeSsm
from tests.unit.functions.retraining import CAMPAIGN, NOW, RUN, Campaign, model
from update_campaign.function import Settings, make_handler

CONFIG = {"itemExplorationConfig": {"explorationWeight": "0.3", "explorationItemAgeCutOff": "30"}}


@pytest.fixture
def update(account: PersonalizeAccount, campaign: Campaign, ssm: FakeSsm, context: FakeContext) -> Any:
    """Return a function that asks the campaign to serve the version called new; the version called old is verified."""
    ssm.value = json.dumps(campaign.ledger())
    handler = make_handler(Settings("/models"), personalize=account.client(), ssm=ssm, now=lambda: NOW)
    event = {"model": model(), "run": RUN, "solutionVersionArn": campaign.versions["new"]}
    return lambda: handler(event, context)


def test_given_a_new_version_when_updated_then_the_ledger_has_the_promotion_before_the_campaign_is_updated(
    account: PersonalizeAccount, campaign: Campaign, ssm: FakeSsm, update: Any
) -> None:
    campaign.add()
    account.refuse_next("UpdateCampaign", "InternalFailure")

    with pytest.raises(Exception, match="InternalFailure"):
        update()

    assert json.loads(ssm.value) == campaign.ledger(change=("promotion", "new", "run-1"))
    assert update() == {"state": "requested"}
    assert ssm.writes == 1


@pytest.mark.parametrize(
    "change", [("rollback", "old", "jane"), ("rollback", "new", "jane"), ("promotion", "new", "run-0")]
)
def test_given_a_change_that_somebody_else_began_when_updated_then_it_is_refused_and_nothing_is_requested(
    account: PersonalizeAccount, campaign: Campaign, ssm: FakeSsm, update: Any, change: Any
) -> None:
    campaign.add()
    ssm.value = json.dumps(campaign.ledger(change=change))

    with pytest.raises(LedgerError, match=f"a {change[0]} by {change[2]}, begun at .*, has not ended"):
        update()

    assert account.changes == []
    assert ssm.writes == 0


@pytest.mark.parametrize(("value", "reason"), [("{}", "has no entry"), ("[", "is damaged: it is not JSON")])
def test_given_no_ledger_when_updated_then_it_is_refused_and_nothing_is_requested(
    account: PersonalizeAccount, campaign: Campaign, ssm: FakeSsm, update: Any, value: str, reason: str
) -> None:
    campaign.add()
    ssm.value = value

    with pytest.raises(LedgerError, match=f"the ledger /models/recommender/ledger {reason}"):
        update()

    assert account.changes == []


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
    account: PersonalizeAccount, campaign: Campaign, update: Any, found: Any, state: str
) -> None:
    campaign.add(**found)

    assert update() == {"state": state}
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
    account: PersonalizeAccount, campaign: Campaign, update: Any, found: Any, state: str
) -> None:
    campaign.add(**found, config=CONFIG)

    assert update() == {"state": state}
    assert account.changes == []


def test_given_capacity_and_configuration_when_updated_then_they_are_kept_without_following_the_latest_version(
    account: PersonalizeAccount, campaign: Campaign, update: Any
) -> None:
    campaign.add(config={**CONFIG, "syncWithLatestSolutionVersion": True})

    update()

    ((_, asked),) = account.changes
    assert asked == {
        "campaignArn": CAMPAIGN,
        "solutionVersionArn": campaign.versions["new"],
        "minProvisionedTPS": 3,
        "campaignConfig": {**CONFIG, "syncWithLatestSolutionVersion": False},
    }


def test_given_another_update_that_just_started_when_updated_then_the_campaign_is_busy(
    account: PersonalizeAccount, campaign: Campaign, update: Any
) -> None:
    campaign.add()
    account.refuse_next("UpdateCampaign", "ResourceInUseException")

    assert update() == {"state": "busy"}
