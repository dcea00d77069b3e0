"""The scripts that Terraform runs, as processes against the local Personalize: made, killed, repeated, destroyed."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from local_aws.testing.personalize_only import LocalAws
from tests.integration.scripts.provision.conftest import BUCKET, Model, succeed


@pytest.fixture
def personalize(aws: LocalAws) -> Any:
    """A client."""
    return aws.client("personalize")


@pytest.fixture
def faults(aws: LocalAws) -> Iterator[Any]:
    """Faults on demand; none afterwards."""
    yield aws.personalize.faults
    aws.personalize.faults.reset()


def campaign_of(personalize: Any, model: Model) -> dict[str, Any]:
    return personalize.describe_campaign(campaignArn=model.campaign_arn)["campaign"]


@pytest.mark.usefixtures("dataset_group")
def test_given_the_seed_when_uploaded_with_rebase_then_its_newest_event_is_of_now(aws: LocalAws) -> None:
    stored = aws.client("s3").get_object(Bucket=BUCKET, Key="seed/interactions.csv")
    rows = csv.DictReader(io.StringIO(stored["Body"].read().decode()))
    assert 0 < stored["LastModified"].timestamp() - max(int(row["TIMESTAMP"]) for row in rows) < 300


def test_given_a_solution_when_made_again_then_it_is_one_and_does_not_train_by_itself(
    model: Model, personalize: Any
) -> None:
    succeed(model.create_solution())
    solutions = [one["solutionArn"] for one in personalize.list_solutions()["solutions"]]
    described = personalize.describe_solution(solutionArn=model.solution_arn)["solution"]
    assert (solutions.count(model.solution_arn), described["performAutoTraining"]) == (1, False)
    assert described["solutionConfig"]["algorithmHyperParameters"] == {"hidden_dimension": "64"}


def test_given_a_training_that_fails_then_the_script_says_why(model: Model, faults: Any) -> None:
    faults.add({"failNextTraining": {model.solution_name: "the instance was lost"}})
    done = model.train()
    assert done.returncode == 1
    assert "CREATE FAILED: the instance was lost" in done.stderr


def test_given_throttling_and_kills_then_one_version_serves_in_the_end(
    model: Model, personalize: Any, aws: LocalAws, faults: Any
) -> None:
    faults.add({"operations": {"*": {"throttleRate": 0.2, "errorRate": 0.1}}})
    model.train(kill_after=1)
    succeed(model.train())
    model.create_campaign(tps=1, kill_after=0.8)
    succeed(model.create_campaign(tps=1))
    versions = personalize.list_solution_versions(solutionArn=model.solution_arn)["solutionVersions"]
    active = [one["solutionVersionArn"] for one in versions if one["status"] == "ACTIVE"]
    assert len(active) == 1
    campaign = campaign_of(personalize, model)
    assert (campaign["status"], campaign["solutionVersionArn"]) == ("ACTIVE", active[0])
    ledger = json.loads(aws.client("ssm").get_parameter(Name=model.ledger)["Parameter"]["Value"])
    assert ledger["solutionVersionArn"] == active[0]
    assert 0 < ledger["metrics"]["normalized_discounted_cumulative_gain_at_5"] <= 1


def test_given_a_newer_version_when_the_settings_change_then_the_deployed_version_goes_on_serving(
    served_model: Model, personalize: Any
) -> None:
    before = campaign_of(personalize, served_model)["solutionVersionArn"]
    newer = personalize.create_solution_version(solutionArn=served_model.solution_arn)["solutionVersionArn"]
    succeed(served_model.create_campaign(tps=3))
    campaign = campaign_of(personalize, served_model)
    assert campaign["minProvisionedTPS"] == 3
    assert campaign["solutionVersionArn"] == before != newer


def test_given_an_update_that_fails_then_the_script_says_why_and_the_next_run_repairs_it(
    served_model: Model, faults: Any
) -> None:
    faults.add({"failNextCampaignUpdate": {served_model.stem: "no capacity"}})
    done = served_model.create_campaign(tps=4)
    assert done.returncode == 1
    assert "CREATE FAILED: no capacity" in done.stderr
    succeed(served_model.create_campaign(tps=4))


def test_given_a_campaign_when_deleted_after_a_kill_then_nothing_is_left_to_bill(
    served_model: Model, personalize: Any
) -> None:
    served_model.delete_campaign(kill_after=0.8)
    for _ in range(2):
        succeed(served_model.delete_campaign())
    campaigns = [one["name"] for one in personalize.list_campaigns()["campaigns"]]
    assert served_model.stem not in campaigns


def test_given_a_training_under_way_when_all_solutions_of_the_model_are_deleted_then_none_is_left(
    model: Model, personalize: Any
) -> None:
    personalize.create_solution_version(solutionArn=model.solution_arn)
    for _ in range(2):
        succeed(model.delete_solutions())
    solutions = [one["name"] for one in personalize.list_solutions()["solutions"]]
    assert model.solution_name not in solutions
