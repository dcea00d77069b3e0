"""Follow an execution of the retraining state machine through its history: the step of each model, and the end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_stepfunctions import SFNClient
    from types_boto3_stepfunctions.type_defs import (
        DescribeExecutionOutputTypeDef,
        HistoryEventTypeDef,
        StateEnteredEventDetailsTypeDef,
    )

# A wait, the look after it and the choice are one step for the reader.
_ONE_STEP = {
    "Describe solution version": "Wait for training",
    "Trained?": "Wait for training",
    "Describe campaign": "Wait for campaign",
    "Deployed?": "Wait for campaign",
    "Restore previous version": "Wait for restoration",
    "Restored?": "Wait for restoration",
    "Reconcile campaign": "Wait for reconciliation",
    "Reconciled?": "Wait for reconciliation",
}
_WAITS = frozenset(_ONE_STEP.values())


@dataclass
class ModelProgress:
    """The step of one model; `looks` counts how often it has waited there, `changed` is when the step began."""

    step: str = ""
    looks: int = 0
    changed: float = field(default_factory=time.monotonic)

    def enter(self, state: str) -> bool:
        """Move to a state; return whether that is another step."""
        step, before = _ONE_STEP.get(state, state), self.step
        if step != before:
            self.step, self.looks, self.changed = step, 0, time.monotonic()
        self.looks += state in _WAITS
        return step != before


@dataclass
class Execution:
    """One execution, read from its history.

    `models` is by name, in the order in which they began; `steps` are those that the newest refresh found, as pairs
    of model and step.
    """

    step_functions: SFNClient
    arn: str
    models: dict[str, ModelProgress] = field(default_factory=dict)
    steps: list[tuple[str, str]] = field(default_factory=list)
    _newest_id: int = 0

    def refresh(self) -> DescribeExecutionOutputTypeDef:
        """Read the new events of the history; return the execution as DescribeExecution shows it."""
        self.steps = []
        described = self.step_functions.describe_execution(executionArn=self.arn)
        for event in sorted(self._read_new_events(), key=lambda event: event["id"]):
            self._newest_id = event["id"]
            if entered := event.get("stateEnteredEventDetails"):
                self._enter(entered)
        return described

    def _read_new_events(self) -> Iterator[HistoryEventTypeDef]:
        """Yield events since the last refresh, newest first, so that a long history is not read again and again."""
        pages = self.step_functions.get_paginator("get_execution_history").paginate(
            executionArn=self.arn, reverseOrder=True, PaginationConfig={"PageSize": 1000}
        )
        for page in pages:
            yield from (event for event in page["events"] if event["id"] > self._newest_id)
            if any(event["id"] <= self._newest_id for event in page["events"]):
                return

    def _enter(self, state: StateEnteredEventDetailsTypeDef) -> None:
        state_input = json.loads(state.get("input") or "{}")
        model = state_input.get("model") if isinstance(state_input, dict) else None
        if model is not None:
            progress = self.models.setdefault(model["name"], ModelProgress())
            if progress.enter(state["name"]):
                self.steps.append((model["name"], progress.step))
