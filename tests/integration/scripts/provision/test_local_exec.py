"""The scripts that Terraform runs, as processes against the local Personalize: made, killed, repeated, destroyed.

The tests of this file follow one another, as apply and destroy do.
"""

import csv
import io
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from local_aws.testing.personalize_only import LocalAws
from tests.integration.scripts.provision.conftest import BUCKET, PREFIX, SOLUTION, Script

CAMPAIGN = f"{PREFIX}:campaign/scripts"
LEDGER = "/scripts/ledger"


@pytest.fixture(scope="module")
def personalize(aws: LocalAws) -> Any:
    """A client."""
    return aws.client("personalize")


@pytest.fixture
def faults(aws: LocalAws) -> Iterator[Any]:
    """Faults on demand; none afterwards."""
    yield aws.personalize.faults
    aws.personalize.faults.reset()


def create_campaign(script: Script, solution: str, tps: int, **more: Any) -> Any:
    """Create the campaign or update its settings, as the module does."""
    return script(
        "campaign",
        "create",
        CAMPAIGN_NAME="scripts",
        SOLUTION_ARN=solution,
        LEDGER_PARAMETER=LEDGER,
        MINIMUM_PROVISIONED_TPS=str(tps),
        EXPLORATION_WEIGHT="0.3",
        EXPLORATION_ITEM_AGE_CUT_OFF="30",
        **more,
    )


def test_given_the_seed_when_uploaded_with_rebase_then_its_newest_event_is_of_now(aws: LocalAws, solution: str) -> None:
    body = aws.client("s3").get_object(Bucket=BUCKET, Key="seed/interactions.csv")["Body"].read().decode()
    newest = max(int(row["TIMESTAMP"]) for row in csv.DictReader(io.StringIO(body)))
    assert 0 < time.time() - newest < 300


def test_given_a_solution_when_made_twice_then_it_is_one_and_does_not_train_by_itself(
    solution: str, personalize: Any
) -> None:
    (made,) = personalize.list_solutions()["solutions"]
    described = personalize.describe_solution(solutionArn=made["solutionArn"])["solution"]
    assert (made["solutionArn"], described["performAutoTraining"]) == (solution, False)
    assert described["solutionConfig"]["algorithmHyperParameters"] == {"hidden_dimension": "64"}


def test_given_a_training_that_fails_then_the_script_says_why(script: Script, solution: str, faults: Any) -> None:
    faults.add({"failNextTraining": {SOLUTION: "the instance was lost"}})
    done = script("solution_version", "create", SOLUTION_ARN=solution)
    assert done.returncode == 1
    assert "CREATE FAILED: the instance was lost" in done.stderr


def test_given_throttling_and_kills_then_one_version_serves_in_the_end(
    script: Script, solution: str, personalize: Any, aws: LocalAws, faults: Any
) -> None:
    aws.client("ssm").put_parameter(Name=LEDGER, Value="{}", Type="String")
    faults.add({"operations": {"*": {"throttleRate": 0.2, "errorRate": 0.1}}})
    script("solution_version", "create", kill_after=1, SOLUTION_ARN=solution)
    done = script("solution_version", "create", SOLUTION_ARN=solution)
    assert done.returncode == 0, done.stderr
    create_campaign(script, solution, 1, kill_after=0.8)
    done = create_campaign(script, solution, 1)
    assert done.returncode == 0, done.stderr
    versions = personalize.list_solution_versions(solutionArn=solution)["solutionVersions"]
    active = [one["solutionVersionArn"] for one in versions if one["status"] == "ACTIVE"]
    assert len(active) == 1
    campaign = personalize.describe_campaign(campaignArn=CAMPAIGN)["campaign"]
    assert (campaign["status"], campaign["solutionVersionArn"]) == ("ACTIVE", active[0])
    ledger = json.loads(aws.client("ssm").get_parameter(Name=LEDGER)["Parameter"]["Value"])
    assert ledger["solutionVersionArn"] == active[0]
    assert 0 < ledger["metrics"]["normalized_discounted_cumulative_gain_at_5"] <= 1


def test_given_a_promotion_when_the_settings_change_then_the_promoted_version_goes_on_serving(
    script: Script, solution: str, personalize: Any
) -> None:
    done = create_campaign(script, solution, 2)
    assert done.returncode == 0, done.stderr
    before = personalize.describe_campaign(campaignArn=CAMPAIGN)["campaign"]["solutionVersionArn"]
    newer = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    done = create_campaign(script, solution, 3)
    assert done.returncode == 0, done.stderr
    campaign = personalize.describe_campaign(campaignArn=CAMPAIGN)["campaign"]
    assert campaign["minProvisionedTPS"] == 3
    assert campaign["solutionVersionArn"] == before != newer


def test_given_an_update_that_fails_then_the_script_says_why_and_the_next_run_mends_it(
    script: Script, solution: str, faults: Any
) -> None:
    faults.add({"failNextCampaignUpdate": {"scripts": "no capacity"}})
    done = create_campaign(script, solution, 4)
    assert done.returncode == 1
    assert "CREATE FAILED: no capacity" in done.stderr
    assert create_campaign(script, solution, 4).returncode == 0


def test_given_a_campaign_when_deleted_after_a_kill_then_nothing_is_left_to_bill(
    script: Script, solution: str, personalize: Any
) -> None:
    script("campaign", "delete", kill_after=0.8, CAMPAIGN_ARN=CAMPAIGN)
    for _ in range(2):
        done = script("campaign", "delete", CAMPAIGN_ARN=CAMPAIGN)
        assert done.returncode == 0, done.stderr
    assert personalize.list_campaigns()["campaigns"] == []


def test_given_a_training_under_way_when_all_solutions_of_the_model_are_deleted_then_none_is_left(
    script: Script, solution: str, personalize: Any
) -> None:
    group = personalize.describe_solution(solutionArn=solution)["solution"]["datasetGroupArn"]
    personalize.create_solution_version(solutionArn=solution)
    for _ in range(2):
        done = script("solution", "delete", DATASET_GROUP_ARN=group, SOLUTION_PREFIX="scripts")
        assert done.returncode == 0, done.stderr
    assert personalize.list_solutions()["solutions"] == []
