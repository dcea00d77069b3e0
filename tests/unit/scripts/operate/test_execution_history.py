"""An execution is followed through a history that grows."""

import json
from typing import Any

from scripts.operate.execution_history import Execution


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
