"""Updates of campaigns."""

import dataclasses

import pytest

from local_aws.personalize.errors import (
    InvalidInputError,
    ResourceInUseError,
)
from local_aws.testing.in_process import InProcessPersonalize


def test_given_a_first_campaign_when_updated_then_the_old_version_serves_until_the_update_is_active(
    with_campaign: InProcessPersonalize,
) -> None:
    arn = with_campaign.arns["campaign"]
    assert "latestCampaignUpdate" not in with_campaign.call("DescribeCampaign", campaignArn=arn)["campaign"]
    new = with_campaign.train(with_campaign.arns["solution"])["solutionVersionArn"]
    service = with_campaign.app.service()
    service.settings = dataclasses.replace(service.settings, step_seconds=0.1)
    with_campaign.call("UpdateCampaign", campaignArn=arn, solutionVersionArn=new)
    campaign = with_campaign.call("DescribeCampaign", campaignArn=arn)["campaign"]
    assert (campaign["status"], campaign["solutionVersionArn"]) == ("ACTIVE", with_campaign.arns["version"])
    assert campaign["latestCampaignUpdate"]["solutionVersionArn"] == new
    assert campaign["latestCampaignUpdate"]["status"] == "CREATE PENDING"
    assert service.deployments[arn].version_arn == with_campaign.arns["version"]
    assert with_campaign.recommend("u1")
    with pytest.raises(ResourceInUseError):
        with_campaign.call("UpdateCampaign", campaignArn=arn, minProvisionedTPS=2)
    with_campaign.wait_idle()
    campaign = with_campaign.call("DescribeCampaign", campaignArn=arn)["campaign"]
    assert campaign["solutionVersionArn"] == campaign["latestCampaignUpdate"]["solutionVersionArn"] == new
    assert campaign["latestCampaignUpdate"]["status"] == "ACTIVE"


def test_given_another_solution_when_a_campaign_uses_it_then_the_first_can_be_deleted_and_exploration_is_off(
    with_campaign: InProcessPersonalize,
) -> None:
    campaign, first = with_campaign.arns["campaign"], with_campaign.arns["solution"]
    second = with_campaign.call(
        "CreateSolution",
        name="second",
        datasetGroupArn=with_campaign.arns["group"],
        recipeArn="arn:aws:personalize:::recipe/aws-user-personalization-v2",
        performAutoTraining=False,
    )["solutionArn"]
    version = with_campaign.train(second)["solutionVersionArn"]
    with_campaign.call(
        *("UpdateCampaign",), campaignArn=campaign, solutionVersionArn=version, campaignConfig={}, minProvisionedTPS=1
    )
    with_campaign.wait_idle()
    described = with_campaign.call("DescribeCampaign", campaignArn=campaign)["campaign"]
    assert described["solutionVersionArn"] == version
    assert "itemExplorationConfig" not in described["campaignConfig"]
    assert with_campaign.recommend("u1")
    with pytest.raises(ResourceInUseError):
        with_campaign.call("DeleteSolution", solutionArn=second)
    with_campaign.call("DeleteSolution", solutionArn=first)
    assert with_campaign.recommend("u1")


def test_given_a_fault_when_a_campaign_is_updated_then_the_old_version_is_still_served(
    with_campaign: InProcessPersonalize,
) -> None:
    with_campaign.app.faults.add({"failNextCampaignUpdate": {"campaign": "no capacity"}})
    new = with_campaign.train(with_campaign.arns["solution"])["solutionVersionArn"]
    with_campaign.call("UpdateCampaign", campaignArn=with_campaign.arns["campaign"], solutionVersionArn=new)
    with_campaign.wait_idle()
    campaign = with_campaign.call("DescribeCampaign", campaignArn=with_campaign.arns["campaign"])["campaign"]
    assert campaign["latestCampaignUpdate"]["status"] == "CREATE FAILED"
    assert campaign["latestCampaignUpdate"]["failureReason"] == "no capacity"
    assert (campaign["status"], campaign["solutionVersionArn"]) == ("ACTIVE", with_campaign.arns["version"])
    with_campaign.call("UpdateCampaign", campaignArn=with_campaign.arns["campaign"], solutionVersionArn=new)
    with_campaign.wait_idle()
    assert with_campaign.app.service().deployments[with_campaign.arns["campaign"]].version_arn == new


def test_given_a_held_campaign_when_updated_then_the_update_ends_when_it_is_released(
    with_campaign: InProcessPersonalize,
) -> None:
    described = lambda: with_campaign.call("DescribeCampaign", campaignArn=with_campaign.arns["campaign"])["campaign"]  # noqa: E731
    new = with_campaign.train(with_campaign.arns["solution"])["solutionVersionArn"]
    with_campaign.app.faults.add({"holdCampaignUpdates": {"campaign": True}})
    with_campaign.call("UpdateCampaign", campaignArn=with_campaign.arns["campaign"], solutionVersionArn=new)
    assert not with_campaign.app.service().wait_idle(0.3)
    assert described()["latestCampaignUpdate"]["status"] == "CREATE IN_PROGRESS"
    with pytest.raises(ValueError, match=r"holdCampaignUpdates\.campaign: expected true or false"):
        with_campaign.app.faults.add({"holdCampaignUpdates": {"campaign": "no"}})
    with_campaign.app.faults.add({"holdCampaignUpdates": {"campaign": False}})
    with_campaign.wait_idle()
    assert described()["latestCampaignUpdate"]["status"] == "ACTIVE"


def test_given_a_campaign_that_follows_latest_when_a_version_is_trained_then_it_serves_that(
    with_campaign: InProcessPersonalize,
) -> None:
    arn = with_campaign.call(
        "CreateCampaign",
        name="follower",
        solutionVersionArn=with_campaign.arns["solution"] + "/$LATEST",
        campaignConfig={"syncWithLatestSolutionVersion": True},
    )["campaignArn"]
    with_campaign.wait_idle()
    new = with_campaign.train(with_campaign.arns["solution"])["solutionVersionArn"]
    with_campaign.wait_idle()
    assert with_campaign.app.service().deployments[arn].version_arn == new
    assert (
        with_campaign.app.service().deployments[with_campaign.arns["campaign"]].version_arn
        == with_campaign.arns["version"]
    )
    with pytest.raises(InvalidInputError, match="LATEST"):
        with_campaign.call("CreateCampaign", name="x", solutionVersionArn=with_campaign.arns["solution"] + "/$LATEST")


def test_given_a_version_when_campaigns_are_listed_then_they_are_those_of_its_solution(
    with_campaign: InProcessPersonalize,
) -> None:
    listed = with_campaign.call("ListCampaigns", solutionArn=with_campaign.arns["version"])["campaigns"]
    assert [campaign["campaignArn"] for campaign in listed] == [with_campaign.arns["campaign"]]
