"""A campaign is created once, keeps what it serves when its settings change, and can be deleted."""

import json
from typing import Any

from local_aws.testing.personalize_only import LocalAws
from tests.integration.scripts.provision.conftest import Model, succeed


def campaign_of(personalize: Any, model: Model) -> dict[str, Any]:
    return personalize.describe_campaign(campaignArn=model.campaign_arn)["campaign"]


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
    assert ledger["metrics"] == personalize.get_solution_metrics(solutionVersionArn=active[0])["metrics"] != {}


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
