"""reconcile_campaign: an interrupted rollback is completed, an interrupted promotion is undone."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from local_aws.testing.personalize_account import PersonalizeAccount
from reconcile_campaign.function import Settings, make_handler
from tests.unit.functions.fakes import FakeContext, FakeSsm
from tests.unit.functions.retraining import NOW, RUN, Campaign, model


@pytest.fixture
def reconcile(
    account: PersonalizeAccount, ssm: FakeSsm, now: Callable[[], datetime], context: FakeContext
) -> Callable[..., Any]:
    """Return a function that reconciles the test campaign; an update may take a minute."""
    handler = make_handler(Settings("/models"), personalize=account.client(), ssm=ssm, now=now)
    return lambda **changes: handler({"model": model(**changes), "run": RUN, "timeoutSeconds": 60}, context)


def repeat(reconcile: Callable[..., Any], account: PersonalizeAccount) -> Any:
    """Reconcile until nothing is pending."""
    while (found := reconcile())["state"] == "pending":
        account.clock.sleep(1)
    return found


PROMOTION, ROLLBACK = ("promotion", "new", "run-0"), ("rollback", "other", "jane")
CASES = {
    "nothing to do": ("old", None, "old"),
    "promotion that did not reach the campaign": ("old", PROMOTION, "old"),
    "promotion whose report was lost": ("new", PROMOTION, "old"),
    "update by hand": ("other", None, "old"),
    "rollback that did not reach the campaign": ("old", ROLLBACK, "other"),
    "rollback that did": ("other", ROLLBACK, "other"),
    "rollback of an unverified version": ("new", ("rollback", "old", "jane"), "old"),
}


@pytest.mark.parametrize("case", CASES)
def test_given_any_interruption_when_reconciled_then_campaign_and_ledger_have_the_same_verified_version(
    account: PersonalizeAccount, campaign: Campaign, ssm: FakeSsm, reconcile: Any, case: str
) -> None:
    served, change, expected = CASES[case]
    campaign.add(served)
    ssm.value = json.dumps(campaign.ledger(change=change))

    found = repeat(reconcile, account)

    assert found == {
        "state": "settled",
        "servedSolutionVersionArn": campaign.versions[expected],
        "restored": served != expected,
        "failureReason": None,
    }
    entry = json.loads(ssm.value)
    assert (entry["solutionVersionArn"], "change" in entry) == (campaign.versions[expected], False)
    assert entry["previous"] == (campaign.versions["old"] if expected == "other" else None)
    assert len(account.changes) == (served != expected)


def test_given_a_completed_rollback_when_reconciled_then_the_ledger_says_who_began_it(
    account: PersonalizeAccount, campaign: Campaign, ssm: FakeSsm, reconcile: Any
) -> None:
    campaign.add("other")
    ssm.value = json.dumps(campaign.ledger(change=ROLLBACK))

    reconcile()

    last = json.loads(ssm.value)["last"]
    assert (last["outcome"], last["run"]) == ("rolled back", "run-1")
    assert last["reason"].startswith("begun by jane at ")


def test_given_an_update_that_timed_out_when_it_is_active_later_then_the_next_run_restores_the_verified_version(
    account: PersonalizeAccount, campaign: Campaign, ssm: FakeSsm, reconcile: Any
) -> None:
    campaign.add(update=("new", "CREATE IN_PROGRESS"), seconds=61)
    ssm.value = json.dumps(campaign.ledger(change=PROMOTION))

    assert reconcile()["state"] == "expired"
    assert (account.changes, ssm.writes) == ([], 0)

    account.clock.sleep(5)
    assert repeat(reconcile, account)["servedSolutionVersionArn"] == campaign.versions["old"]


def test_given_a_verified_version_that_cannot_serve_when_reconciled_then_it_fails_with_the_reason(
    account: PersonalizeAccount, campaign: Campaign, ssm: FakeSsm, reconcile: Any
) -> None:
    campaign.add("new")
    ssm.value = json.dumps(campaign.ledger(change=PROMOTION))
    account.fail_next("UpdateCampaign", "no capacity")

    found = repeat(reconcile, account)

    assert found["state"] == "failed"
    assert "is not verified, and cannot be updated to" in found["failureReason"]
    assert found["failureReason"].endswith(": no capacity")
    assert json.loads(ssm.value) == campaign.ledger(change=PROMOTION)


def test_given_an_update_that_failed_before_this_run_when_reconciled_then_it_is_requested_again(
    account: PersonalizeAccount, campaign: Campaign, ssm: FakeSsm, reconcile: Any
) -> None:
    campaign.add("new", update=("old", "CREATE FAILED"))
    ssm.value = json.dumps(campaign.ledger(change=PROMOTION))

    assert repeat(reconcile, account)["state"] == "settled"


def test_given_a_campaign_in_use_when_reconciled_then_it_is_tried_again(
    account: PersonalizeAccount, campaign: Campaign, ssm: FakeSsm, reconcile: Any
) -> None:
    campaign.add("new")
    ssm.value = json.dumps(campaign.ledger())
    account.refuse_next("UpdateCampaign", "ResourceInUseException")

    assert repeat(reconcile, account)["servedSolutionVersionArn"] == campaign.versions["old"]


def test_given_a_campaign_that_failed_when_reconciled_then_it_fails_with_its_status(
    campaign: Campaign, ssm: FakeSsm, reconcile: Any
) -> None:
    campaign.add(status="CREATE FAILED")
    ssm.value = json.dumps(campaign.ledger())

    found = reconcile()

    assert (found["state"], found["failureReason"]) == ("failed", "the campaign is CREATE FAILED")


def test_given_an_empty_ledger_when_reconciled_then_its_first_entry_is_the_served_version(
    campaign: Campaign, ssm: FakeSsm, reconcile: Any
) -> None:
    campaign.add()

    assert reconcile()["state"] == "settled"
    assert json.loads(ssm.value) == {**campaign.ledger(), "promotedAt": NOW.isoformat(timespec="seconds")}


def test_given_a_ledger_of_an_earlier_solution_when_reconciled_then_it_starts_anew(
    campaign: Campaign, ssm: FakeSsm, reconcile: Any
) -> None:
    campaign.add()
    earlier = "arn:aws:personalize:us-east-1:123456789012:solution/earlier/00000001"
    ssm.value = json.dumps({**campaign.ledger(), "solutionVersionArn": earlier})

    assert reconcile()["state"] == "settled"
    assert json.loads(ssm.value)["solutionVersionArn"] == campaign.versions["old"]
