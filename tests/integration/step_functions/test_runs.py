"""Runs that go one of the ways that are planned for: promoted, rejected, skipped, or waiting for others."""

import json

from tests.integration.step_functions.disturbances import occupy, release
from tests.integration.step_functions.stack import BOTH, NDCG, PREFIX, UNREACHABLE, Stack, solution_arn


def test_given_good_versions_when_run_then_both_are_promoted_and_the_canary_has_asked(stack: Stack) -> None:
    before = {model: stack.serves(model) for model in BOTH}
    capacity = {model: stack.campaign(model)["minProvisionedTPS"] for model in BOTH}

    run = stack.run(only=BOTH)

    assert run.status == "SUCCEEDED"
    for model in BOTH:
        outcome = run[model]
        assert (outcome["outcome"], outcome["failureReason"]) == ("promoted", None)
        assert outcome["previousSolutionVersionArn"] == before[model]
        assert outcome["solutionVersionArn"] == stack.serves(model) != before[model]
        assert stack.campaign(model)["minProvisionedTPS"] == capacity[model] > 1
        ledger = stack.ledger(model)
        assert (ledger["previous"], ledger["metrics"][NDCG]) == (before[model], round(outcome["metrics"][NDCG], 6))
        assert ledger["trainingHours"] > 0
    subjects = {mail["Subject"] for mail in stack.mails(2)}
    assert {subject.split(":")[0] for subject in subjects} == {f"[test] {model} promoted" for model in BOTH}
    assert {mail["subject"] for mail in stack.local("GET", "mails")["mails"]} >= subjects
    popular = stack.client("s3").get_object(Bucket=f"{PREFIX}-seed", Key="popular.json")["Body"].read()
    assert len(json.loads(popular)["general"]) > 5


def test_given_one_failed_training_and_one_gate_out_of_reach_when_run_then_each_is_told_and_nothing_changes(
    stack: Stack,
) -> None:
    before = {model: stack.campaign(model) for model in BOTH}

    with stack.faults(failNextTraining={f"{PREFIX}-recommender": "Too few users with two interactions."}):
        run = stack.run(only=BOTH, models={"reranker": UNREACHABLE})

    assert run.status == "SUCCEEDED"
    assert run["recommender"]["failureReason"] == "the training failed: Too few users with two interactions."
    assert run["reranker"]["outcome"] == "rejected"
    assert "must be above 2.0000" in run["reranker"]["reason"]
    assert {model: stack.campaign(model) for model in BOTH} == before
    mails = {mail["MessageAttributes"]["model"]["Value"]: mail for mail in stack.mails(2)}
    assert "Too few users with two interactions." in mails["recommender"]["Message"]
    assert json.loads(mails["reranker"]["MessageAttributes"]["result"]["Value"]) == run["reranker"]


def test_given_nothing_new_or_no_budget_left_when_run_then_it_is_skipped_and_automatic_training_is_switched_off(
    stack: Stack,
) -> None:
    personalize = stack.client("personalize")
    personalize.update_solution(solutionArn=solution_arn("recommender"), performAutoTraining=True)
    described = lambda: personalize.describe_solution(solutionArn=solution_arn("recommender"))["solution"]  # noqa: E731
    stack.until(lambda: described()["performAutoTraining"], "automatic training is not on")
    count = len(stack.statuses())

    run = stack.run(
        only=BOTH,
        models={"recommender": {"minimumNewInteractions": 1000000}, "reranker": {"monthlyTrainingHours": 0}},
    )

    assert [run[model]["outcome"] for model in BOTH] == ["skipped", "skipped"]
    assert "1000000 are needed" in run["recommender"]["reason"]
    assert "would exceed the budget of 0 hours" in run["reranker"]["reason"]
    assert run["recommender"]["automaticTraining"] == "switched off"
    stack.until(lambda: not described()["performAutoTraining"], "automatic training is not off")
    assert len(stack.statuses()) == count
    assert any("This run switched it off." in mail["Message"] for mail in stack.mails(2))


def test_given_new_interactions_when_run_then_they_are_counted_from_the_metric_of_put_events(stack: Stack) -> None:
    stack.client("cloudwatch").put_metric_data(
        Namespace="AnimalRecommender",
        MetricData=[
            {
                "MetricName": "EventsAccepted",
                "Dimensions": [{"Name": "service", "Value": f"{PREFIX}-put-events"}],
                "Value": 41,
            }
        ],
    )

    run = stack.run(only=["recommender"], models={"recommender": {"minimumNewInteractions": 42}})

    assert run["recommender"]["newInteractions"] == 41
    assert run["recommender"]["reason"] == "41 new interactions since the last training, but 42 are needed"
    stack.mails(1)


def test_given_a_run_under_way_when_another_is_started_then_that_is_skipped_and_killed_functions_do_no_harm(
    stack: Stack,
) -> None:
    with stack.faults(holdTrainings={"*": True}):
        first = stack.start(only=BOTH)
        stack.wait_for(first, "Wait for training")
        second = stack.run(only=BOTH)
        stack.local("DELETE", "functions")
    ended = stack.finish(first)

    assert {one["outcome"] for one in second.models.values()} == {"skipped"}
    assert "is still in progress" in second["recommender"]["reason"]
    assert {one["outcome"] for one in ended.models.values()} == {"promoted"}
    stack.mails(4)


def test_given_a_campaign_that_is_busy_when_updated_then_it_is_waited_for_and_the_gate_looks_again(
    stack: Stack,
) -> None:
    before = stack.campaign()["minProvisionedTPS"]

    run = stack.run(
        {"Wait for training": occupy(stack, "recommender"), "Deployed?": release(stack, "recommender")},
        only=["recommender"],
    )

    assert run["recommender"]["outcome"] == "promoted"
    assert stack.campaign()["minProvisionedTPS"] == before + 1
    stack.mails(1)
