"""Lambda handler of check_interactions."""

import os
from datetime import UTC, datetime
from typing import Any, Literal, TypedDict

from animal_recommender.clients import client
from animal_recommender.observability import logger, observed
from animal_recommender.retraining.run_state import Model
from check_interactions.automatic_training import AutomaticTraining, switch_off
from check_interactions.history import TrainingHistory, read_history
from check_interactions.interactions import count_since


class CheckInput(TypedDict):
    """The model in question."""

    model: Model


class Check(TypedDict):
    """Whether to train, and every number that this was decided on."""

    decision: Literal["train", "skip"]
    reason: str
    newInteractions: int | None  # None: never trained, so there is nothing to count from
    since: str | None  # ISO 8601: when the last training began
    trainingHoursThisMonth: float
    automaticTraining: AutomaticTraining


@observed
def handler(event: CheckInput, context: Any) -> Check:
    """Answer whether a training is due. Safe to repeat: all it ever changes is automatic training, to off.

    Setting: PUT_EVENTS_SERVICE (deployed name of the function put_events, the dimension of its metrics).
    """
    model, now, personalize = event["model"], datetime.now(UTC), client("personalize")
    automatic_training = switch_off(personalize, model["solutionArn"])
    history = read_history(personalize, model["solutionArn"], now)
    since = history.last_trained
    count = since and count_since(client("cloudwatch"), os.environ["PUT_EVENTS_SERVICE"], since, now)
    decision, reason = decide(model, history, count)
    logger.info("checked", extra={"model": model["name"], "decision": decision, "new_interactions": count})
    return {
        "decision": decision,
        "reason": reason,
        "newInteractions": count,
        "since": since.isoformat() if since else None,
        "trainingHoursThisMonth": round(history.month_hours, 3),
        "automaticTraining": automatic_training,
    }


def decide(model: Model, history: TrainingHistory, count: int | None) -> tuple[Literal["train", "skip"], str]:
    """Answer the decision and its reason; `count` is None for a model that was never trained."""
    budget, needed = model["monthlyTrainingHours"], model["minimumNewInteractions"]
    if history.in_training:
        return "skip", f"a training is already under way: {history.in_training}"
    if budget is not None and history.month_hours + history.last_hours > budget:
        spent = f"{history.month_hours:.2f} training hours were used this month, and the last training took"
        return "skip", f"{spent} {history.last_hours:.2f}: another would exceed the budget of {budget:g} hours"
    if count is None:
        return "train", "the model was never trained"
    if count < needed:
        return "skip", f"{count} new interactions since the last training, and {needed} are needed"
    return "train", f"{count} new interactions since the last training (needed: {needed})"
