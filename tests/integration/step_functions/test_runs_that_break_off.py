"""Runs that break off as a whole: the rule mails them, and stops the trainings that they left."""

import json

import pytest

from tests.integration.step_functions.provisioning import scale_time_down
from tests.integration.step_functions.stack import BOTH, LEDGERS, PREFIX, UNREACHABLE, Run, Stack


def test_given_a_ledger_that_is_gone_when_run_then_the_other_model_is_reported_and_the_run_fails(stack: Stack) -> None:
    ssm, kept = stack.client("ssm"), stack.ledger("reranker")
    ssm.delete_parameter(Name=f"{LEDGERS}/reranker/ledger")

    try:
        run = stack.run(only=BOTH, models=dict.fromkeys(BOTH, UNREACHABLE))
    finally:
        ssm.put_parameter(Name=f"{LEDGERS}/reranker/ledger", Value=json.dumps(kept), Type="String")

    assert (run.status, run.described["error"]) == ("FAILED", "OutcomeNotReported")
    assert "ParameterNotFound" in run.described["cause"]
    texts = [mail["Message"] for mail in stack.mails(2)]
    assert any('model "recommender"' in text for text in texts)
    assert any("broke off: FAILED" in text for text in texts)


def test_given_wrong_input_when_run_then_it_fails_at_once_and_names_field_and_legal_values(stack: Stack) -> None:
    run = stack.run(models={"recomender": {"threshold": 1}})

    assert (run.status, run.described["error"]) == ("FAILED", "ValidationError")
    assert "input.models.recomender: is unknown; valid: recommender, reranker, stranger" in run.described["cause"]
    (mail,) = stack.mails(1)
    assert "broke off: FAILED" in mail["Message"]
    assert "make retrain ENV=test" in mail["Message"]


def test_given_a_run_beyond_its_time_when_it_times_out_then_it_is_mailed_and_its_training_is_stopped(
    stack: Stack,
) -> None:
    scale_time_down(stack, TimeoutSeconds=2)

    try:
        run = stack.run(only=["recommender"], waiting={"trainingPollSeconds": 20})
    finally:
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

    stopped = {model: stack.statuses(model).count("CREATE STOPPED") for model in BOTH}
    with stack.faults(holdTrainings={"*": True}):
        stack.local("POST", f"schedules/{PREFIX}-retraining")
        (execution,) = stack.until(running, "the schedule started nothing")
        for model in BOTH:
            stack.until(lambda model=model: stack.in_training(model), f"no training of {model} was started")
        step_functions.stop_execution(executionArn=execution["executionArn"], cause="by hand")
        run: Run = stack.finish(execution["executionArn"])

        assert run.status == "ABORTED"
        assert stack.is_mailed("broke off: ABORTED")
        for model, before in stopped.items():
            stack.until(
                lambda model=model, before=before: stack.statuses(model).count("CREATE STOPPED") > before,
                f"the training of {model} goes on",
            )


@pytest.fixture
def unverified(promoted: None, stack: Stack) -> str:
    """A run was aborted in its update, so the recommender's campaign serves a version that no canary saw.

    Return the ARN of the verified version.
    """
    before = stack.serves()
    with stack.faults(holdCampaignUpdates={f"{PREFIX}-recommender": True}):
        arn = stack.start(only=["recommender"])
        stack.wait_for(arn, "Wait for campaign")
        stack.client("stepfunctions").stop_execution(executionArn=arn, cause="by hand")
        stack.finish(arn)
    stack.settle()
    assert stack.serves() != before
    return before


def test_given_a_run_that_is_aborted_in_an_update_when_rolled_back_then_the_verified_version_serves_again(
    stack: Stack, unverified: str
) -> None:
    assert "NOT VERIFIED" in stack.script("models").stdout

    done = stack.script("rollback", "--model", "recommender")

    assert (done.returncode, done.stderr) == (0, "")
    assert stack.serves() == unverified
    assert "NOT VERIFIED" not in stack.script("models").stdout
    assert stack.is_mailed("the next run restores the verified version")


def test_given_a_run_that_is_aborted_in_an_update_when_the_next_run_is_rejected_then_the_verified_version_serves_again(
    stack: Stack, unverified: str
) -> None:
    previous = stack.ledger()["previous"]

    run = stack.run(only=["recommender"], models={"recommender": UNREACHABLE})

    assert (run["recommender"]["outcome"], run["recommender"]["repaired"]) == ("rejected", True)
    assert stack.serves() == unverified
    assert (stack.ledger()["solutionVersionArn"], stack.ledger()["previous"]) == (unverified, previous)
    assert any("The run restored the verified one." in mail["Message"] for mail in stack.mails(2))


@pytest.mark.usefixtures("promoted")
def test_given_a_report_that_cannot_be_written_when_the_next_run_ends_then_the_verified_version_serves_again(
    stack: Stack,
) -> None:
    before, ledger = stack.serves(), stack.ledger()
    with stack.denied("report-outcome", "ssm:PutParameter"):
        lost = stack.run(only=["recommender"])
    assert lost.described["error"] == "OutcomeNotReported"
    assert {**stack.ledger(), "change": None} == {**ledger, "change": None}
    assert stack.ledger()["change"]["solutionVersionArn"] == stack.serves() != before

    run = stack.run(only=["recommender"], models={"recommender": UNREACHABLE})

    assert run["recommender"]["repaired"]
    assert stack.serves() == before
    stack.mails(2)


def test_given_a_verified_version_that_cannot_serve_when_run_then_the_mail_shouts_and_the_next_run_tries_again(
    stack: Stack, unverified: str
) -> None:
    with stack.faults(failNextCampaignUpdate={f"{PREFIX}-recommender": "No capacity."}):
        run = stack.run(only=["recommender"])

    assert run["recommender"]["outcome"] == "failed"
    assert run["recommender"]["failureReason"].endswith("No capacity.")
    subjects = [mail.get("Subject", "") for mail in stack.mails(2)]
    assert any("THE VERIFIED VERSION COULD NOT BE RESTORED" in subject for subject in subjects)
    assert stack.run(only=["recommender"])["recommender"]["outcome"] == "promoted"
    assert stack.ledger()["previous"] == unverified
    stack.mails(1)


def test_given_a_damaged_ledger_when_run_then_nothing_is_trained_and_the_run_fails(stack: Stack) -> None:
    ssm, kept, name = stack.client("ssm"), stack.ledger(), f"{LEDGERS}/recommender/ledger"
    trained = len(stack.statuses())
    ssm.put_parameter(Name=name, Value='{"solutionVersionArn": "a', Overwrite=True)

    try:
        run = stack.run(only=["recommender"])
    finally:
        ssm.put_parameter(Name=name, Value=json.dumps(kept), Overwrite=True)

    assert (run.status, run.described["error"]) == ("FAILED", "OutcomeNotReported")
    assert "LedgerError" in run.described["cause"]
    assert len(stack.statuses()) == trained
    stack.mails(1)
