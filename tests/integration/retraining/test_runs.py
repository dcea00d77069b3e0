"""Retraining on the real interpreter: every way that a run can go, with time scaled down, up to the mail.

The last test wants every state and transition of the definition visited by those before it.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.integration.retraining import coverage
from tests.integration.retraining.stack import (
    LEDGERS,
    NDCG,
    PREFIX,
    Run,
    Stack,
    campaign_arn,
    scale_time_down,
    solution_arn,
)

BOTH = ["recommender", "reranker"]
ALWAYS = {"errorRate": 1.0}
UNREACHABLE = {"threshold": 2}


@pytest.fixture(scope="module", autouse=True)
def _short_retries(stack: Stack) -> None:
    scale_time_down(stack)


@pytest.fixture(autouse=True)
def _truth(stack: Stack) -> Iterator[None]:
    """After each test: the ledger says what is served, and nothing is in training any more."""
    yield
    stack.local("DELETE", "faults")
    for model in BOTH:
        stack.settle(model)
        entry = stack.ledger(model)
        assert not entry or entry["solutionVersionArn"] == stack.serves(model)
        stack.until(
            lambda model=model: not {"CREATE PENDING", "CREATE IN_PROGRESS"} & set(stack.statuses(model)),
            f"a training of {model} is orphaned",
        )


def strike(stack: Stack, *operations: str) -> Callable[[str], Any]:
    """To be done on entering a state: from then on these operations fail."""
    return lambda _: stack.local("PUT", "faults", {"operations": dict.fromkeys(operations, ALWAYS)})


def keep_busy(stack: Stack, model: str, until: str) -> Callable[[str], Any]:
    """To be done on entering a state: somebody else updates the campaign (though not its version) again and again."""
    personalize = stack.client("personalize")

    def update(arn: str) -> None:
        tps = 2
        while until not in stack.entered(arn):
            tps += 1
            with suppress(personalize.exceptions.ResourceInUseException):
                personalize.update_campaign(campaignArn=campaign_arn(model), minProvisionedTPS=tps)
            time.sleep(0.02)

    return lambda arn: threading.Thread(target=update, args=(arn,), daemon=True).start()


# --- the ways that are planned for ---


def test_given_good_versions_when_run_then_both_are_promoted_and_the_canary_has_asked(stack: Stack) -> None:
    before = {model: stack.serves(model) for model in BOTH}

    run = stack.run(only=BOTH)

    assert run.status == "SUCCEEDED"
    for model in BOTH:
        outcome = run[model]
        assert (outcome["outcome"], outcome["failureReason"]) == ("promoted", None)
        assert outcome["previousSolutionVersionArn"] == before[model]
        assert outcome["solutionVersionArn"] == stack.serves(model) != before[model]
        assert stack.campaign(model)["minProvisionedTPS"] == 2
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
    assert any("has been switched off" in mail["Message"] for mail in stack.mails(2))


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
    assert run["recommender"]["reason"] == "41 new interactions since the last training, and 42 are needed"
    stack.mails(1)


def test_given_a_run_under_way_when_another_is_started_then_that_is_skipped_and_killed_functions_do_no_harm(
    stack: Stack,
) -> None:
    first = stack.start(only=BOTH)
    stack.wait_for(first, "Wait for training")

    second = stack.run(only=BOTH)
    stack.local("DELETE", "functions")
    ended = stack.finish(first)

    assert {one["outcome"] for one in second.models.values()} == {"skipped"}
    assert "is still under way" in second["recommender"]["reason"]
    assert {one["outcome"] for one in ended.models.values()} == {"promoted"}
    stack.mails(4)


def test_given_a_campaign_that_is_busy_when_updated_then_it_is_waited_for_and_the_gate_looks_again(
    stack: Stack,
) -> None:
    busy = keep_busy(stack, "recommender", until="Wait for campaign")

    run = stack.run({"Wait for training": busy}, only=["recommender"])

    assert run["recommender"]["outcome"] == "promoted"
    assert stack.campaign()["minProvisionedTPS"] > 2
    stack.mails(1)


# --- failures ---


def test_given_a_failed_update_and_a_mad_model_when_run_then_both_previous_versions_serve(stack: Stack) -> None:
    before = {model: stack.serves(model) for model in BOTH}

    busy = keep_busy(stack, "reranker", until="stranger: Wait for restoration")

    with stack.faults(
        failNextCampaignUpdate={f"{PREFIX}-recommender": "No capacity."},
        operations={"GetPersonalizedRanking": {"latencySeconds": 2}},
    ):
        run = stack.run({"stranger: Verify campaign": busy}, only=["recommender", "stranger"])

    assert run["recommender"]["failureReason"] == "the campaign was not updated: No capacity."
    assert "no item has a score" in run["stranger"]["failureReason"]
    assert [outcome["restored"] for outcome in run.models.values()] == [True, True]
    stack.settle("reranker")
    assert {model: stack.serves(model) for model in BOTH} == before
    assert stack.campaign("reranker")["minProvisionedTPS"] > 2
    assert all("nothing is half-promoted" in mail["Message"] for mail in stack.mails(2))


def test_given_a_training_without_end_when_its_time_is_up_then_it_is_stopped(stack: Stack) -> None:
    run = stack.run(only=["recommender"], waiting={"trainingTimeoutSeconds": 1})

    assert run["recommender"]["failureReason"].startswith("the training failed: the training was still CREATE")
    assert run["recommender"]["trainingStopped"]
    assert "so that it costs no more" in stack.mails(1)[0]["Message"]


@pytest.mark.parametrize(
    ("operations", "where"),
    [
        (("DescribeSolution",), "while checking for new interactions"),
        (("CreateSolutionVersion",), "while starting the training"),
        (("GetSolutionMetrics",), "while evaluating the new version"),
        (("UpdateCampaign",), "while updating the campaign"),
        (("GetRecommendations",), "while checking the campaign's answers"),
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
    run = stack.run(
        {"Wait for training": strike(stack, "DescribeSolutionVersion", "ListSolutionVersions")}, only=["recommender"]
    )

    assert run["recommender"]["failureReason"].startswith("while waiting for the training")
    assert run["recommender"]["trainingStopped"] is False
    assert "may still run, and cost" in stack.mails(1)[0]["Message"]


def test_given_a_campaign_that_cannot_be_seen_for_a_while_when_run_then_it_is_put_back(stack: Stack) -> None:
    before = stack.serves()

    run = stack.run(
        {
            "Wait for campaign": strike(stack, "DescribeCampaign"),
            "Restore previous version": lambda _: stack.local("DELETE", "faults"),
        },
        only=["recommender"],
        waiting={"campaignPollSeconds": 3},
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

    with stack.faults(operations={"GetPersonalizedRanking": {"latencySeconds": 2}}):
        run = stack.run(
            {state: strike(stack, "DescribeCampaign")}, only=["stranger"], waiting={"campaignPollSeconds": 3}
        )

    assert run["stranger"]["restored"] is False
    assert "THE PREVIOUS VERSION COULD NOT BE PUT BACK" in stack.mails(1)[0]["Subject"]
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


# --- runs that break off ---


def test_given_a_ledger_that_is_gone_when_run_then_the_other_model_is_reported_and_the_run_fails(stack: Stack) -> None:
    ssm, kept = stack.client("ssm"), stack.ledger("reranker")
    ssm.delete_parameter(Name=f"{LEDGERS}/reranker/ledger")

    run = stack.run(only=BOTH, models=dict.fromkeys(BOTH, UNREACHABLE))

    ssm.put_parameter(Name=f"{LEDGERS}/reranker/ledger", Value=json.dumps(kept), Type="String")
    assert (run.status, run.described["error"]) == ("FAILED", "OutcomeNotReported")
    assert "ParameterNotFound" in run.described["cause"]
    texts = [mail["Message"] for mail in stack.mails(2)]
    assert any('model "recommender"' in text for text in texts)
    assert any("broke off: FAILED" in text for text in texts)


def test_given_wrong_input_when_run_then_it_fails_at_once_and_names_field_and_legal_values(stack: Stack) -> None:
    run = stack.run(models={"recomender": {"threshold": 1}})

    assert (run.status, run.described["error"]) == ("FAILED", "ValidationError")
    assert "input.models.recomender: is unknown; legal: recommender, reranker, stranger" in run.described["cause"]
    (mail,) = stack.mails(1)
    assert "broke off: FAILED" in mail["Message"]
    assert "make retrain ENV=test" in mail["Message"]


def test_given_a_run_beyond_its_time_when_it_times_out_then_it_is_mailed_and_its_training_is_stopped(
    stack: Stack,
) -> None:
    scale_time_down(stack, TimeoutSeconds=2)

    run = stack.run(only=["recommender"], waiting={"trainingPollSeconds": 20})

    scale_time_down(stack, TimeoutSeconds=600)
    assert run.status == "TIMED_OUT"
    assert "broke off: TIMED_OUT" in stack.mails(1)[0]["Message"]


def test_given_the_schedule_when_it_fires_and_the_run_is_aborted_then_it_is_mailed_and_its_trainings_are_stopped(
    stack: Stack,
) -> None:
    step_functions = stack.client("stepfunctions")
    running = lambda: step_functions.list_executions(  # noqa: E731
        stateMachineArn=stack.state_machine, statusFilter="RUNNING"
    )["executions"]

    stack.local("POST", f"schedules/{PREFIX}-retraining")
    (execution,) = stack.until(running, "the schedule started nothing")
    stack.wait_for(execution["executionArn"], "Wait for training")
    step_functions.stop_execution(executionArn=execution["executionArn"], cause="by hand")
    run: Run = stack.finish(execution["executionArn"])

    assert run.status == "ABORTED"
    assert "broke off: ABORTED" in stack.mails(1)[0]["Message"]
    for model in BOTH:
        stack.until(lambda model=model: "CREATE STOPPED" in stack.statuses(model), "its training goes on")


# --- all of the above ---


def test_given_all_tests_above_when_they_have_run_then_every_state_and_transition_was_visited(
    stack: Stack, request: pytest.FixtureRequest
) -> None:
    if len({item.name for item in request.session.items if item.module is request.module}) < 20:
        pytest.skip("only some of the tests ran")
    print(coverage.report(stack.visits))
    states, transitions = coverage.visited(stack.visits)
    assert set(coverage.definition()) - states == set()
    assert coverage.defined() - transitions == set()
