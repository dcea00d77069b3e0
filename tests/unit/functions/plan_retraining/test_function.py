"""plan_retraining: the plan of a run."""

from datetime import timedelta
from typing import Any

from plan_retraining.function import Settings, make_handler
from tests.unit.functions.fakes import FakeContext, FakeStepFunctions
from tests.unit.functions.retraining import NOW, model

WAITING = {"trainingPollSeconds": 300, "trainingTimeoutSeconds": 86400}
EVENT = {"executionArn": "arn:me", "stateMachineArn": "arn:machine", "startedAt": NOW.isoformat(), "input": {}}


def plan(context: FakeContext, *executions: dict[str, Any]) -> Any:
    handler = make_handler(Settings([model()], WAITING), step_functions=FakeStepFunctions(*executions))
    return handler(EVENT, context)


def test_given_no_other_run_when_planned_then_there_is_no_overlap(context: FakeContext) -> None:
    assert plan(context) == {
        "models": [model()],
        "waiting": WAITING,
        "run": {"name": "me", "executionArn": "arn:me", "startedAt": NOW.isoformat(), "scheduled": False},
        "overlap": "",
    }


def test_given_an_older_run_when_planned_then_the_overlap_names_it(context: FakeContext) -> None:
    older = {"executionArn": "arn:older", "name": "older", "startDate": NOW - timedelta(hours=1)}

    overlap = plan(context, older)["overlap"]

    assert overlap == "the run older, started 2026-05-20 11:00 UTC, is still in progress"


def test_given_the_input_of_the_schedule_when_planned_then_the_run_knows_it(context: FakeContext) -> None:
    handler = make_handler(Settings([model()], WAITING), step_functions=FakeStepFunctions())

    assert handler({**EVENT, "input": {"scheduled": True}}, context)["run"]["scheduled"] is True
