"""Follows an execution of the retraining state machine: which step each model is at, and how it ended."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_ENTERED = "stateEnteredEventDetails"
# A wait, the look after it and the choice are one step for the reader.
_ONE_STEP = {
    "Describe solution version": "Wait for training",
    "Trained?": "Wait for training",
    "Describe campaign": "Wait for campaign",
    "Deployed?": "Wait for campaign",
    "Describe restored campaign": "Wait for restoration",
    "Restored?": "Wait for restoration",
}
_WAITS = frozenset(_ONE_STEP.values())


@dataclass
class ModelProgress:
    """Where one model is; `looks` counts how often it has waited there, `changed` is when the step began."""

    step: str = ""
    looks: int = 0
    changed: float = field(default_factory=time.monotonic)

    def enter(self, state: str) -> None:
        """Goes to a state: to another step, or to the same once more."""
        step = _ONE_STEP.get(state, state)
        if step != self.step:
            self.step, self.looks, self.changed = step, 0, time.monotonic()
        self.looks += state in _WAITS


@dataclass
class Execution:
    """One execution, read from its history. `models` is by name, in the order in which they began."""

    step_functions: Any
    arn: str
    models: dict[str, ModelProgress] = field(default_factory=dict)
    _seen: int = 0

    def refresh(self) -> dict[str, Any]:
        """Reads what is new in the history, and answers DescribeExecution."""
        described = self.step_functions.describe_execution(executionArn=self.arn)
        for event in sorted(self._news(), key=lambda event: event["id"]):
            self._seen = event["id"]
            if _ENTERED in event:
                self._enter(event[_ENTERED])
        return described

    def _news(self) -> Iterator[dict[str, Any]]:
        """Events not seen yet: newest first, so that a long history is not read again and again."""
        pages = self.step_functions.get_paginator("get_execution_history").paginate(
            executionArn=self.arn, reverseOrder=True, PaginationConfig={"PageSize": 1000}
        )
        for page in pages:
            yield from (event for event in page["events"] if event["id"] > self._seen)
            if any(event["id"] <= self._seen for event in page["events"]):
                return

    def _enter(self, state: dict[str, Any]) -> None:
        gathered = json.loads(state.get("input") or "{}")
        model = gathered.get("model") if isinstance(gathered, dict) else None
        if model is not None:
            self.models.setdefault(model["name"], ModelProgress()).enter(state["name"])
