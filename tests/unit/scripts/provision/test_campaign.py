"""A campaign becomes what the variables say, from any state that an earlier run may have left; and it can go."""

import json
from typing import Any

import pytest

from scripts.common.task import TaskError
from scripts.provision import first_ledger_entry
from scripts.provision.campaign import Wanted, create, delete, solution_of
from tests.unit.scripts.provision.fake_personalize import CAMPAIGN, SOLUTION, FakePersonalize, make_poll, refusal

WANTED = Wanted("test-recommender", SOLUTION, 1)
EXPLORING = Wanted("test-recommender", SOLUTION, 1, 0.3, 30)
PROMOTED, CHALLENGER = f"{SOLUTION}/promoted", f"{SOLUTION}/challenger"
OF_OLD_RECIPE = f"{SOLUTION}-before/00000001"
AS_WANTED = {"syncWithLatestSolutionVersion": False}


@pytest.fixture
def service() -> FakePersonalize:
    fake = FakePersonalize()
    fake.add_solution()
    fake.add_version("ACTIVE")
    return fake


def test_given_no_campaign_when_created_then_it_serves_the_newest_active_version(service: FakePersonalize) -> None:
    newest = service.add_version("ACTIVE")
    service.add_version("CREATE IN_PROGRESS")
    campaign = create(service, EXPLORING, make_poll())
    assert campaign["status"] == "ACTIVE"
    assert campaign["solutionVersionArn"] == newest
    assert campaign["campaignConfig"] == {
        "syncWithLatestSolutionVersion": False,
        "itemExplorationConfig": {"explorationWeight": "0.3", "explorationItemAgeCutOff": "30"},
    }


def test_given_no_exploration_weight_then_no_exploration_is_configured(service: FakePersonalize) -> None:
    assert create(service, WANTED, make_poll())["campaignConfig"] == AS_WANTED


def test_given_no_active_version_then_it_says_what_to_run(service: FakePersonalize) -> None:
    service.versions.clear()
    with pytest.raises(TaskError, match=r"no ACTIVE version.*solution_version create"):
        create(service, WANTED, make_poll())


@pytest.mark.parametrize("status", ["CREATE PENDING", "CREATE IN_PROGRESS"])
def test_given_an_interrupted_creation_then_it_is_waited_for(service: FakePersonalize, status: str) -> None:
    service.add_campaign(status, solutionVersionArn=PROMOTED)
    assert create(service, WANTED, make_poll())["status"] == "ACTIVE"
    assert "create_campaign" not in service.calls


@pytest.mark.parametrize("status", ["DELETE PENDING", "DELETE IN_PROGRESS"])
def test_given_a_deletion_under_way_then_a_new_campaign_follows_it(service: FakePersonalize, status: str) -> None:
    service.add_campaign(status, solutionVersionArn=PROMOTED)
    assert create(service, WANTED, make_poll())["status"] == "ACTIVE"
    assert service.calls.count("create_campaign") == 1


def test_given_a_failed_campaign_then_it_is_made_anew_and_the_reason_told(service: FakePersonalize) -> None:
    service.add_campaign("CREATE FAILED", failureReason="no capacity")
    lines: list[str] = []
    assert create(service, WANTED, make_poll(lines))["status"] == "ACTIVE"
    assert any("no capacity" in line for line in lines)


def test_given_a_creation_that_fails_then_its_reason_is_named(service: FakePersonalize) -> None:
    service.fail_next = "no capacity"
    with pytest.raises(TaskError, match="CREATE FAILED: no capacity"):
        create(service, WANTED, make_poll())


def test_given_a_campaign_as_wanted_then_nothing_is_changed(service: FakePersonalize) -> None:
    config = {"itemExplorationConfig": {"explorationWeight": "0.30", "explorationItemAgeCutOff": "30.0"}}
    service.add_campaign("ACTIVE", solutionVersionArn=PROMOTED, campaignConfig=config)
    assert create(service, EXPLORING, make_poll())["solutionVersionArn"] == PROMOTED
    assert service.calls == []


@pytest.mark.parametrize(
    ("wanted", "config"),
    [
        (Wanted("test-recommender", SOLUTION, 2), {}),
        (EXPLORING, {}),
        (EXPLORING, {"itemExplorationConfig": {"explorationWeight": "0.5", "explorationItemAgeCutOff": "30"}}),
        (WANTED, {"syncWithLatestSolutionVersion": True}),
    ],
)
def test_given_other_settings_then_they_are_updated_and_the_promoted_version_stays(
    service: FakePersonalize, wanted: Wanted, config: dict[str, Any]
) -> None:
    service.add_campaign("ACTIVE", solutionVersionArn=PROMOTED, campaignConfig=config)
    campaign = create(service, wanted, make_poll())
    assert campaign["minProvisionedTPS"] == wanted.minimum_tps
    assert campaign["campaignConfig"] == wanted.settings()["campaignConfig"]
    assert campaign["solutionVersionArn"] == PROMOTED
    assert service.calls == ["update_campaign"]


def test_given_a_promotion_under_way_then_it_is_waited_for_before_anything_is_changed(service: FakePersonalize) -> None:
    update = {"status": "CREATE PENDING", "solutionVersionArn": CHALLENGER}
    service.add_campaign("ACTIVE", solutionVersionArn=PROMOTED, latestCampaignUpdate=update)
    campaign = create(service, Wanted("test-recommender", SOLUTION, 3), make_poll())
    assert campaign["solutionVersionArn"] == CHALLENGER
    assert campaign["minProvisionedTPS"] == 3


def test_given_an_update_that_fails_then_its_reason_is_named(service: FakePersonalize) -> None:
    service.add_campaign("ACTIVE", solutionVersionArn=PROMOTED)
    service.fail_next = "no capacity"
    with pytest.raises(TaskError, match="CREATE FAILED: no capacity"):
        create(service, EXPLORING, make_poll())


def test_given_a_campaign_of_another_solution_then_it_moves_to_the_newest_version_of_the_wanted_one(
    service: FakePersonalize,
) -> None:
    newest = service.add_version("ACTIVE")
    service.add_campaign("ACTIVE", solutionVersionArn=OF_OLD_RECIPE)
    campaign = create(service, EXPLORING, make_poll())
    assert campaign["solutionVersionArn"] == newest
    assert campaign["campaignConfig"] == EXPLORING.settings()["campaignConfig"]
    assert service.calls == ["list_solution_versions", "update_campaign"]


def test_given_a_move_that_the_service_refuses_then_the_campaign_is_made_anew_and_the_reason_told(
    service: FakePersonalize,
) -> None:
    service.add_campaign("ACTIVE", solutionVersionArn=OF_OLD_RECIPE)
    service.refusals["update_campaign"] = [refusal("InvalidInputException", "not of this solution")]
    lines: list[str] = []
    campaign = create(service, WANTED, make_poll(lines))
    assert (campaign["status"], solution_of(campaign)) == ("ACTIVE", SOLUTION)
    assert any("not of this solution" in line for line in lines)


def test_given_a_move_that_fails_then_the_old_version_serves_on_and_the_reason_is_named(
    service: FakePersonalize,
) -> None:
    service.add_campaign("ACTIVE", solutionVersionArn=OF_OLD_RECIPE)
    service.fail_next = "no capacity"
    with pytest.raises(TaskError, match="CREATE FAILED: no capacity"):
        create(service, WANTED, make_poll())
    assert service.campaigns[CAMPAIGN]["solutionVersionArn"] == OF_OLD_RECIPE


@pytest.mark.parametrize("status", ["ACTIVE", "CREATE FAILED", "CREATE IN_PROGRESS", "DELETE PENDING"])
def test_given_a_campaign_in_any_state_when_deleted_then_it_is_gone(service: FakePersonalize, status: str) -> None:
    service.add_campaign(status)
    delete(service, CAMPAIGN, make_poll())
    assert service.campaigns == {}


def test_given_a_busy_campaign_when_deleted_then_the_deletion_is_asked_for_again(service: FakePersonalize) -> None:
    service.add_campaign("ACTIVE")
    service.refusals["delete_campaign"] = [refusal("ResourceInUseException")] * 2
    delete(service, CAMPAIGN, make_poll())
    assert service.campaigns == {}


def test_given_no_campaign_when_deleted_then_that_is_good(service: FakePersonalize) -> None:
    delete(service, CAMPAIGN, make_poll())
    assert service.calls == []


class FakeParameters:
    """An SSM with one parameter."""

    def __init__(self, value: str) -> None:
        self.value = value

    def get_parameter(self, Name: str) -> dict[str, Any]:  # noqa: N803
        """Its value."""
        return {"Parameter": {"Name": Name, "Value": self.value}}

    def put_parameter(self, Value: str, **_: Any) -> None:  # noqa: N803
        """Replaces it."""
        self.value = Value


def test_given_an_empty_ledger_when_begun_then_it_names_the_version_that_serves(service: FakePersonalize) -> None:
    parameters = FakeParameters("{}")
    campaign = create(service, WANTED, make_poll())
    first_ledger_entry.write_if_missing(parameters, service, "/ledger", campaign)
    entry = json.loads(parameters.value)
    assert entry["solutionVersionArn"] == campaign["solutionVersionArn"]
    assert entry["metrics"] == {"coverage": 0.5}
    assert entry["previous"] is None


def test_given_a_ledger_with_an_entry_when_begun_then_it_stays(service: FakePersonalize) -> None:
    parameters = FakeParameters(json.dumps({"solutionVersionArn": PROMOTED}))
    first_ledger_entry.write_if_missing(parameters, service, "/ledger", create(service, WANTED, make_poll()))
    assert json.loads(parameters.value) == {"solutionVersionArn": PROMOTED}


def test_given_a_ledger_of_another_solution_when_begun_then_it_starts_anew(service: FakePersonalize) -> None:
    parameters = FakeParameters(json.dumps({"solutionVersionArn": OF_OLD_RECIPE, "previous": f"{OF_OLD_RECIPE}-2"}))
    campaign = create(service, WANTED, make_poll())
    first_ledger_entry.write_if_missing(parameters, service, "/ledger", campaign)
    entry = json.loads(parameters.value)
    assert (entry["solutionVersionArn"], entry["previous"]) == (campaign["solutionVersionArn"], None)
