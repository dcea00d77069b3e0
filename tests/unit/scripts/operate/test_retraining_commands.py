"""The operators' commands, as far as they need no deployment: inputs, progress, chart, and what a rollback refuses."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from animal_recommender.retraining import ledger
from scripts.common.personalize import Poll
from scripts.common.task import TaskError
from scripts.operate.execution_progress import Execution
from scripts.operate.models import chart
from scripts.operate.retrain import finish, run_input
from scripts.operate.rollback import roll_back
from tests.unit.functions.retraining import CAMPAIGN, SOLUTION

NDCG = "normalized_discounted_cumulative_gain_at_5"


@pytest.mark.parametrize(
    ("only", "force", "given"),
    [
        ([], False, {}),
        (["b"], False, {"only": ["b"]}),
        ([], True, {"models": {"a": {"minimumNewInteractions": 0}, "b": {"minimumNewInteractions": 0}}}),
        (["b"], True, {"only": ["b"], "models": {"b": {"minimumNewInteractions": 0}}}),
    ],
)
def test_given_a_command_line_when_a_run_is_started_then_its_input_says_which_models_and_how(
    only: list[str], force: bool, given: Any
) -> None:
    assert run_input(["a", "b"], only, force) == given


class FakeStepFunctions:
    """A history that grows: each page newest first, as asked for."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def enter(self, state: str, **gathered: Any) -> None:
        details = {"name": state, "input": json.dumps(gathered)}
        self.events.insert(0, {"id": len(self.events) + 1, "stateEnteredEventDetails": details})

    def describe_execution(self, **_: Any) -> dict[str, Any]:
        return {"status": "RUNNING"}

    def get_paginator(self, _: str) -> "FakeStepFunctions":
        return self

    def paginate(self, **_: Any) -> Any:
        return iter([{"events": self.events}])


def test_given_a_growing_history_when_refreshed_then_each_model_is_at_its_step_and_looks_are_counted() -> None:
    history = FakeStepFunctions()
    execution = Execution(history, "arn")
    history.enter("Plan the run")
    for state in ("Check interactions", "Wait for training", "Describe solution version", "Trained?"):
        history.enter(state, model={"name": "recommender"})
    execution.refresh()
    history.enter("Wait for training", model={"name": "recommender"})
    history.enter("Check interactions", model={"name": "reranker"})
    execution.refresh()

    assert {name: (model.step, model.looks) for name, model in execution.models.items()} == {
        "recommender": ("Wait for training", 2),
        "reranker": ("Check interactions", 0),
    }


def test_given_a_run_that_broke_off_when_finished_then_the_error_has_its_cause() -> None:
    with pytest.raises(TaskError, match=r"FAILED: ValidationError: input\.only"):
        finish({"status": "FAILED", "error": "ValidationError", "cause": "input.only: must be a list"})


def entry(value: float | None, result: str) -> ledger.Outcome:
    return {
        "outcome": result,
        "solutionVersionArn": "arn",
        "metrics": {} if value is None else {NDCG: value},
        "trainingHours": None,
        "when": "2026-05-20T12:00:00+00:00",
        "run": "run",
        "reason": "",
    }


def test_given_outcomes_when_charted_then_bars_are_in_proportion_and_a_failure_has_none() -> None:
    console = Console(width=120)

    with console.capture() as drawn:
        console.print(chart([entry(0.1, "rejected"), entry(0.2, "promoted"), entry(None, "failed")]))

    assert [line.count("█") for line in drawn.get().splitlines()] == [15, 30, 0]


class FakeModel:
    """A deployed model whose ledger knows `previous`."""

    name = "recommender"
    campaign_arn = CAMPAIGN

    def __init__(self, previous: str | None, status: str = "ACTIVE") -> None:
        self.personalize = SimpleNamespace(calls=[])
        self._previous, self._status = previous, status

    def campaign(self) -> dict[str, Any]:
        return {"status": "ACTIVE", "solutionVersionArn": f"{SOLUTION}/1"}

    def read_ledger(self) -> Any:
        return {"solutionVersionArn": f"{SOLUTION}/1", "previous": self._previous}

    def version(self, _: str) -> dict[str, Any]:
        return {"status": self._status}


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (FakeModel(None), "knows no previous version; name one with --version ARN"),
        (FakeModel(f"{SOLUTION}/1"), "serves .* already"),
        (FakeModel(f"{SOLUTION}/0", "CREATE FAILED"), "is CREATE FAILED: only an ACTIVE version can serve"),
    ],
)
def test_given_nothing_to_go_back_to_when_rolled_back_then_it_is_refused_and_nothing_is_asked_for(
    model: Any, reason: str
) -> None:
    with pytest.raises(TaskError, match=reason):
        roll_back(model, None, Poll(say=lambda _: None))

    assert model.personalize.calls == []
