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

    def enter(self, state: str) -> bool:
        """Goes to a state, and answers whether that is another step."""
        step, before = _ONE_STEP.get(state, state), self.step
        if step != before:
            self.step, self.looks, self.changed = step, 0, time.monotonic()
        self.looks += state in _WAITS
        return step != before


@dataclass
class Execution:
    """One execution, read from its history.

    `models` is by name, in the order in which they began; `steps` are those that the newest refresh brought, as pairs
    of model and step.
    """

    step_functions: Any
    arn: str
    models: dict[str, ModelProgress] = field(default_factory=dict)
    steps: list[tuple[str, str]] = field(default_factory=list)
    _seen: int = 0

    def refresh(self) -> dict[str, Any]:
        """Reads what is new in the history, and answers DescribeExecution."""
        self.steps = []
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
            progress = self.models.setdefault(model["name"], ModelProgress())
            if progress.enter(state["name"]):
                self.steps.append((model["name"], progress.step))
