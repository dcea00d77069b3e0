"""Reads the outcome of one model out of all that the state machine gathered on the way."""

import json
from collections.abc import Mapping
from typing import Any, Literal, TypedDict

from animal_recommender.retraining.run_state import Metrics, Rule

Result = Literal["skipped", "rejected", "promoted", "failed"]
Gathered = Mapping[
    str, Any
]  # the state: model, run, and under check, version, training … the answer of each step so far


class Outcome(TypedDict):
    """A model's entry in the output of the execution. What a run did not get to is None or empty."""

    name: str
    outcome: Result
    reason: str
    failureReason: str | None  # the words of the service or function that failed
    metrics: Metrics
    deployedMetrics: Metrics | None  # of the version that served before
    rules: list[Rule]
    solutionVersionArn: str | None  # the version of this run
    previousSolutionVersionArn: str | None  # what served before this run
    servedSolutionVersionArn: str | None  # what serves now, as far as this run saw
    restored: bool | None  # after a failed deployment: whether the previous version serves; None: nothing to restore
    newInteractions: int | None
    since: str | None  # ISO 8601
    trainingHours: float | None
    trainingHoursThisMonth: float | None  # before this run
    automaticTraining: str | None  # "off", or "switched off": this run found it on
    trainingStopped: bool | None  # None: nothing had to be stopped
    run: str
    executionArn: str
    reported: bool


# Where a run broke off: the first step, in the order of the run, whose answer is missing.
_STEPS = (
    ("check", "checking for new interactions"),
    ("version", "starting the training"),
    ("training", "waiting for the training"),
    ("evaluation", "evaluating the new version"),
    ("update", "updating the campaign"),
    ("campaign", "waiting for the campaign"),
    ("canary", "checking the campaign's answers"),
)


def read_outcome(gathered: Gathered) -> Outcome:
    """Answer the outcome; what is absent from `gathered` did not happen."""
    check, evaluation = gathered.get("check", {}), gathered.get("evaluation", {})
    failure = failure_reason(gathered) if gathered["outcome"] == "failed" else None
    previous = evaluation.get("deployed", {}).get("solutionVersionArn")
    return {
        "name": gathered["model"]["name"],
        "outcome": gathered["outcome"],
        "reason": failure or _reason(gathered),
        "failureReason": failure,
        "metrics": evaluation.get("metrics", {}),
        "deployedMetrics": evaluation.get("deployed", {}).get("metrics"),
        "rules": evaluation.get("rules", []),
        "solutionVersionArn": gathered.get("version", {}).get("solutionVersionArn"),
        "previousSolutionVersionArn": previous,
        "servedSolutionVersionArn": _served(gathered, previous),
        "restored": _restored(gathered),
        "newInteractions": check.get("newInteractions"),
        "since": check.get("since"),
        "trainingHours": gathered.get("training", {}).get("trainingHours"),
        "trainingHoursThisMonth": check.get("trainingHoursThisMonth"),
        "automaticTraining": check.get("automaticTraining"),
        "trainingStopped": _stopped(gathered),
        "run": gathered["run"]["name"],
        "executionArn": gathered["run"]["executionArn"],
        "reported": True,
    }


def _reason(gathered: Gathered) -> str:
    if gathered["outcome"] == "skipped":
        return gathered["overlap"] or gathered["check"]["reason"]
    return gathered["evaluation"]["reason"]


def failure_reason(gathered: Gathered) -> str:
    """Answer why a model failed: where it was, and the words of what failed."""
    if "error" in gathered:
        return f"{_position(gathered)}: {error_text(gathered['error'])}"
    if gathered.get("training", {}).get("failureReason"):
        return f"the training failed: {gathered['training']['failureReason']}"
    if gathered.get("campaign", {}).get("failureReason"):
        return f"the campaign was not updated: {gathered['campaign']['failureReason']}"
    return f"the campaign did not answer sensibly: {gathered['canary']['reason']}"


def error_text(error: Mapping[str, str]) -> str:
    """Answer what a caught error says: its name, and the message inside the JSON that Lambda wraps it in."""
    try:
        cause = json.loads(error.get("Cause", ""))
        message = cause.get("errorMessage", error["Cause"])
    except (ValueError, AttributeError):
        message = error.get("Cause", "")
    return f"{error['Error']}: {message}"


def _position(gathered: Gathered) -> str:
    pending = "training" if gathered.get("training", {}).get("state") == "pending" else None
    missing = (words for step, words in _STEPS if step not in gathered or step == pending)
    return f"while {next(missing, 'the run was ending')}"


def _served(gathered: Gathered, previous: str | None) -> str | None:
    if gathered["outcome"] == "promoted":
        return gathered["version"]["solutionVersionArn"]
    seen = gathered.get("restored") or gathered.get("campaign") or {}
    return seen.get("servedSolutionVersionArn", previous)


def _restored(gathered: Gathered) -> bool | None:
    if "restored" not in gathered and "restoreError" not in gathered:
        return None
    return gathered.get("restored", {}).get("state") == "serving" and "restoreError" not in gathered


def _stopped(gathered: Gathered) -> bool | None:
    if "stopError" in gathered:
        return False
    return bool(gathered["stopped"]["solutionVersionArns"]) or None if "stopped" in gathered else None
