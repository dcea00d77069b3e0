"""The outcome of one model, from the results that the state machine collected."""

import json
from collections.abc import Mapping
from typing import Any, Literal, TypedDict

from animal_recommender.retraining.run_state import Metrics, Rule

Result = Literal["skipped", "rejected", "promoted", "failed"]
ModelState = Mapping[str, Any]
"""The state of the state machine: `model`, `run`, `outcome`, and the result of each step so far under its name."""


class Outcome(TypedDict):
    """A model's entry in the output of the execution. What a run did not reach is None or empty."""

    name: str
    outcome: Result
    reason: str
    failureReason: str | None  # as the service or the function that failed gave it
    metrics: Metrics
    deployedMetrics: Metrics | None  # of the version that served before
    rules: list[Rule]
    solutionVersionArn: str | None  # the version of this run
    previousSolutionVersionArn: str | None  # the version that served before this run
    servedSolutionVersionArn: str | None  # the version that serves now, as far as this run knows
    restored: bool | None  # after a failed deployment, whether the previous version serves; None: nothing to restore
    newInteractions: int | None
    since: str | None  # ISO 8601
    trainingHours: float | None
    trainingHoursThisMonth: float | None  # before this run
    automaticTraining: str | None  # "off", or "switched off" if it was on
    trainingStopped: bool | None  # None: nothing had to be stopped
    run: str
    executionArn: str
    reported: bool


# The steps in the order of the run. A run failed in the first step that has no result.
_STEPS = (
    ("check", "checking for new interactions"),
    ("version", "starting the training"),
    ("training", "waiting for the training"),
    ("evaluation", "evaluating the new version"),
    ("update", "updating the campaign"),
    ("campaign", "waiting for the campaign"),
    ("canary", "checking the campaign's responses"),
)


def read_outcome(state: ModelState) -> Outcome:
    """Return the outcome. What is absent from `state` did not happen."""
    check, evaluation = state.get("check", {}), state.get("evaluation", {})
    failure = failure_reason(state) if state["outcome"] == "failed" else None
    previous = evaluation.get("deployed", {}).get("solutionVersionArn")
    return {
        "name": state["model"]["name"],
        "outcome": state["outcome"],
        "reason": failure or _reason(state),
        "failureReason": failure,
        "metrics": evaluation.get("metrics", {}),
        "deployedMetrics": evaluation.get("deployed", {}).get("metrics"),
        "rules": evaluation.get("rules", []),
        "solutionVersionArn": state.get("version", {}).get("solutionVersionArn"),
        "previousSolutionVersionArn": previous,
        "servedSolutionVersionArn": _served(state, previous),
        "restored": _restored(state),
        "newInteractions": check.get("newInteractions"),
        "since": check.get("since"),
        "trainingHours": state.get("training", {}).get("trainingHours"),
        "trainingHoursThisMonth": check.get("trainingHoursThisMonth"),
        "automaticTraining": check.get("automaticTraining"),
        "trainingStopped": _training_stopped(state),
        "run": state["run"]["name"],
        "executionArn": state["run"]["executionArn"],
        "reported": True,
    }


def _reason(state: ModelState) -> str:
    if state["outcome"] == "skipped":
        return str(state["overlap"] or state["check"]["reason"])
    return str(state["evaluation"]["reason"])


def failure_reason(state: ModelState) -> str:
    """Return why a model failed: in which step, and the message of what failed."""
    if "error" in state:
        return f"{_position(state)}: {error_text(state['error'])}"
    if state.get("training", {}).get("failureReason"):
        return f"the training failed: {state['training']['failureReason']}"
    if state.get("campaign", {}).get("failureReason"):
        return f"the campaign was not updated: {state['campaign']['failureReason']}"
    return f"the campaign's responses did not pass the check: {state['canary']['reason']}"


def error_text(error: Mapping[str, str]) -> str:
    """Return the name of a caught error and its message, which Lambda puts into a JSON text."""
    try:
        cause = json.loads(error.get("Cause", ""))
        message = cause.get("errorMessage", error["Cause"])
    except (ValueError, AttributeError):
        message = error.get("Cause", "")
    return f"{error['Error']}: {message}"


def _position(state: ModelState) -> str:
    pending = "training" if state.get("training", {}).get("state") == "pending" else None
    missing = (words for step, words in _STEPS if step not in state or step == pending)
    return f"while {next(missing, 'ending the run')}"


def _served(state: ModelState, previous: str | None) -> str | None:
    if state["outcome"] == "promoted":
        return str(state["version"]["solutionVersionArn"])
    seen: Mapping[str, str] = state.get("restored") or state.get("campaign") or {}
    return seen.get("servedSolutionVersionArn", previous)


def _restored(state: ModelState) -> bool | None:
    if "restored" not in state and "restoreError" not in state:
        return None
    return state.get("restored", {}).get("state") == "serving" and "restoreError" not in state


def _training_stopped(state: ModelState) -> bool | None:
    if "stopError" in state:
        return False
    return bool(state["stopped"]["solutionVersionArns"]) or None if "stopped" in state else None
