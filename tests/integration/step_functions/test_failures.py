"""Failures of single models: each ends in a defined state, with its reason in the mail and nothing half-promoted."""

import pytest

from tests.integration.step_functions.disturbances import ALWAYS, occupy, release, strike
from tests.integration.step_functions.stack import BOTH, PREFIX, Stack, campaign_arn


def test_given_a_failed_update_and_a_mad_model_when_run_then_both_previous_versions_serve(stack: Stack) -> None:
    before = {model: stack.serves(model) for model in BOTH}

    capacity = stack.campaign("reranker")["minProvisionedTPS"]
    with stack.faults(
        failNextCampaignUpdate={f"{PREFIX}-recommender": "No capacity."},
        operations={"GetPersonalizedRanking": {"latencySeconds": 2}},
    ):
        run = stack.run(
            {
                "stranger: Verify campaign": occupy(stack, "reranker"),
                "stranger: Restored?": release(stack, "reranker"),
            },
            only=["recommender", "stranger"],
        )

    assert run["recommender"]["failureReason"] == "the campaign was not updated: No capacity."
    assert "no item has a score" in run["stranger"]["failureReason"]
    assert [outcome["restored"] for outcome in run.models.values()] == [True, True]
    stack.settle("reranker")
    assert {model: stack.serves(model) for model in BOTH} == before
    assert stack.campaign("reranker")["minProvisionedTPS"] == capacity + 1
    assert all("The campaign serves the previous version again." in mail["Message"] for mail in stack.mails(2))


def test_given_a_training_without_end_when_its_time_is_up_then_it_is_stopped(stack: Stack) -> None:
    run = stack.run(only=["recommender"], waiting={"trainingTimeoutSeconds": 1})

    assert run["recommender"]["failureReason"].startswith("the training failed: the training was still CREATE")
    assert run["recommender"]["trainingStopped"]
    assert "so it costs nothing more" in stack.mails(1)[0]["Message"]


@pytest.mark.parametrize(
    ("operations", "where"),
    [
        (("DescribeSolution",), "while checking for new interactions"),
        (("CreateSolutionVersion",), "while starting the training"),
        (("GetSolutionMetrics",), "while evaluating the new version"),
        (("UpdateCampaign",), "while updating the campaign"),
        (("GetRecommendations",), "while checking the campaign's responses"),
    ],
)
def test_given_a_service_that_is_down_when_run_then_the_reason_says_where_and_the_campaign_serves_on(
    stack: Stack, operations: tuple[str, ...], where: str
) -> None:
    before = stack.serves()

    with stack.faults(operations=dict.fromkeys(operations, ALWAYS)):
        run = stack.run(only=["recommender"])

    assert run["recommender"]["outcome"] == "failed"
    assert run["recommender"]["failureReason"].startswith(where)
    assert operations[0] in run["recommender"]["failureReason"]
    stack.settle()
    assert stack.serves() == before
    stack.mails(1)


def test_given_that_a_training_can_neither_be_seen_nor_stopped_when_run_then_the_mail_warns_of_its_cost(
    stack: Stack,
) -> None:
    with stack.faults(holdTrainings={f"{PREFIX}-recommender": True}):  # until the others take its place
        run = stack.run(
            {"Wait for training": strike(stack, "DescribeSolutionVersion", "ListSolutionVersions")},
            only=["recommender"],
        )

    assert run["recommender"]["failureReason"].startswith("while waiting for the training")
    assert run["recommender"]["trainingStopped"] is False
    assert "may still be running and cost money" in stack.mails(1)[0]["Message"]


def test_given_a_campaign_that_cannot_be_seen_for_a_while_when_run_then_it_is_put_back(stack: Stack) -> None:
    before = stack.serves()

    with stack.faults(holdCampaignUpdates={f"{PREFIX}-recommender": True}):  # until the strike takes its place
        run = stack.run(
            {
                "Wait for campaign": strike(stack, "DescribeCampaign"),
                "Restore previous version": lambda _: stack.local("DELETE", "faults"),
            },
            only=["recommender"],
        )

    assert run["recommender"]["failureReason"].startswith("while waiting for the campaign")
    assert run["recommender"]["restored"]
    assert stack.serves() == before
    stack.mails(1)


@pytest.mark.parametrize("state", ["Verify campaign", "Wait for restoration"])
def test_given_that_the_previous_version_cannot_be_put_back_when_run_then_the_subject_shouts(
    stack: Stack, state: str
) -> None:
    before = stack.serves("reranker")
    held = {"holdCampaignUpdates": {f"{PREFIX}-reranker": True}}  # whatever is asked for after the new version serves
    todo = {"Verify campaign": lambda _: stack.local("POST", "faults", held)} | {
        state: strike(stack, "DescribeCampaign")
    }

    with stack.faults(operations={"GetPersonalizedRanking": {"latencySeconds": 4}}):
        run = stack.run(todo, only=["stranger"])

    assert run["stranger"]["restored"] is False
    assert "THE VERIFIED VERSION COULD NOT BE RESTORED" in stack.mails(1)[0]["Subject"]
    _put_back(stack, before)


def _put_back(stack: Stack, version: str) -> None:
    stack.settle("reranker")
    if stack.serves("reranker") != version:
        stack.client("personalize").update_campaign(campaignArn=campaign_arn("reranker"), solutionVersionArn=version)
        stack.settle("reranker")


def test_given_a_service_that_throttles_when_run_then_it_is_promoted_or_fails_as_defined(stack: Stack) -> None:
    with stack.faults(operations={"*": {"throttleRate": 0.2}}):
        run = stack.run(only=["recommender"])

    assert run.status == "SUCCEEDED"
    assert run["recommender"]["outcome"] in ("promoted", "failed")
    stack.mails(1)
