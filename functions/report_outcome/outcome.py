"""The outcome of one model, from the results that the state machine collected."""

from collections.abc import Mapping
from typing import Any, Literal, TypedDict

from animal_recommender.retraining.automatic_updates import Standing
from animal_recommender.retraining.ledger import Pause
from animal_recommender.retraining.run_state import Metrics, Rule
from animal_recommender.retraining.step_errors import error_text

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
    restored: bool | None  # after a failed deployment, whether the verified version serves; None: nothing to restore
    repaired: bool  # whether the run found another version than the verified one, and restored that first
    newInteractions: int | None
    since: str | None  # ISO 8601
    trainingHours: float | None
    trainingHoursThisMonth: float | None  # before this run
    automaticTraining: str | None  # "off", or "switched off" if it was on
    trainingStopped: bool | None  # None: nothing had to be stopped
    pause: Pause | None  # of the model's retraining after this run
    standing: Standing | None  # of the version that serves after this run; None: Personalize could not tell
    run: str
    executionArn: str
    reported: bool


# The steps in the order of the run. A run failed in the first step that has no result.
_STEPS = (
    ("reconciliation", "comparing the campaign with the ledger"),
    ("check", "checking for new interactions"),
    ("version", "starting the training"),
    ("training", "waiting for the training"),
    ("evaluation", "evaluating the new version"),
    ("update", "updating the campaign"),
    ("campaign", "waiting for the campaign"),
    ("canary", "checking the campaign's responses"),
)

_PENDING = {"state": "pending"}  # as the result of a step that waits


def read_outcome(state: ModelState) -> Outcome:
    """Return the outcome. What is absent from `state` did not happen. The standing is not part of it yet."""
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
        "repaired": _repaired(state),
        "newInteractions": check.get("newInteractions"),
        "since": check.get("since"),
        "trainingHours": state.get("training", {}).get("trainingHours"),
        "trainingHoursThisMonth": check.get("trainingHoursThisMonth"),
        "automaticTraining": check.get("automaticTraining"),
        "trainingStopped": _training_stopped(state),
        "pause": check.get("pause"),
        "standing": None,
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
    if state.get("reconciliation", {}).get("failureReason"):
        return f"the campaign does not serve the verified version: {state['reconciliation']['failureReason']}"
    if state.get("training", {}).get("failureReason"):
        return f"the training failed: {state['training']['failureReason']}"
    if state.get("campaign", {}).get("failureReason"):
        return f"the campaign was not updated: {state['campaign']['failureReason']}"
    return f"the campaign's responses did not pass the check: {state['canary']['reason']}"


def _position(state: ModelState) -> str:
    missing = (words for step, words in _STEPS if state.get(step, _PENDING).get("state") == "pending")
    return f"while {next(missing, 'ending the run')}"


def _served(state: ModelState, previous: str | None) -> str | None:
    if state["outcome"] == "promoted":
        return str(state["version"]["solutionVersionArn"])
    steps = (state.get(step) for step in ("restored", "campaign", "reconciliation"))
    seen: Mapping[str, str] = next((step for step in steps if step), {})
    return seen.get("servedSolutionVersionArn", previous)


def _restored(state: ModelState) -> bool | None:
    if "restoreError" in state:
        return False
    if "restored" in state:
        return bool(state["restored"]["state"] == "settled")
    return False if state.get("reconciliation", {}).get("failureReason") else None


def _repaired(state: ModelState) -> bool:
    found = state.get("reconciliation", {})
    return found.get("state") == "settled" and bool(found["restored"])


def _training_stopped(state: ModelState) -> bool | None:
    if "stopError" in state:
        return False
    return bool(state["stopped"]["solutionVersionArns"]) or None if "stopped" in state else None
