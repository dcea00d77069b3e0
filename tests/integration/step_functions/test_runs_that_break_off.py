"""Runs that break off as a whole: the rule mails them, and stops the trainings that they left."""

import json

import pytest

from tests.integration.step_functions.provisioning import scale_time_down
from tests.integration.step_functions.stack import BOTH, LEDGERS, PREFIX, UNREACHABLE, Run, Stack


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
    assert "input.models.recomender: is unknown; valid: recommender, reranker, stranger" in run.described["cause"]
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


@pytest.mark.usefixtures("promoted")
def test_given_a_run_that_is_aborted_in_an_update_when_rolled_back_then_the_ledgers_version_serves_again(
    stack: Stack,
) -> None:
    before = stack.serves()
    with stack.faults(holdCampaignUpdates={f"{PREFIX}-recommender": True}):
        arn = stack.start(only=["recommender"])
        stack.wait_for(arn, "Wait for campaign")
        stack.client("stepfunctions").stop_execution(executionArn=arn, cause="by hand")
        stack.finish(arn)
    stack.settle()
    assert stack.serves() != before

    assert "the ledger has another version" in stack.script("models").stdout
    done = stack.script("rollback", "--model", "recommender")

    assert (done.returncode, done.stderr) == (0, "")
    assert stack.serves() == before
    assert stack.is_mailed("goes on to the new version, which nobody has checked")
