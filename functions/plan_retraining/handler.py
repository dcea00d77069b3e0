"""Lambda handler of plan_retraining."""

import json
import os
from datetime import UTC
from typing import Any, TypedDict

from animal_recommender.clients import client
from animal_recommender.observability import logger, observed
from animal_recommender.retraining.run_state import Model, Run
from plan_retraining.models import plan_models, plan_waiting
from plan_retraining.overlap import older_run


class PlanInput(TypedDict):
    """From the context object of the execution; `input` is what it was started with."""

    executionArn: str
    stateMachineArn: str
    startedAt: str  # ISO 8601
    input: object


class Waiting(TypedDict):
    """How often to look, and how long at most, in seconds."""

    trainingPollSeconds: int
    trainingTimeoutSeconds: int
    campaignPollSeconds: int
    campaignTimeoutSeconds: int


class Plan(TypedDict):
    """What the state machine works through; `overlap` says why the whole run is skipped, or is empty."""

    models: list[Model]
    waiting: Waiting
    run: Run
    overlap: str


@observed
def handler(event: PlanInput, context: Any) -> Plan:
    """Answer the plan of a run. Raises ValidationError that names every wrong field of the input or the settings.

    Settings: MODELS (JSON list, see animal_recommender.retraining.Model) and WAITING (JSON object, see Waiting).
    """
    models = plan_models(json.loads(os.environ["MODELS"]), event["input"])
    waiting = plan_waiting(json.loads(os.environ["WAITING"]), event["input"])
    older = older_run(client("stepfunctions"), event["stateMachineArn"], event["executionArn"], event["startedAt"])
    name = event["executionArn"].rpartition(":")[2]
    logger.info("planned", extra={"run": name, "models": [model["name"] for model in models], "overlaps": bool(older)})
    return {
        "models": models,
        "waiting": waiting,
        "run": {"name": name, "executionArn": event["executionArn"], "startedAt": event["startedAt"]},
        "overlap": _reason(older),
    }


def _reason(older: dict[str, Any] | None) -> str:
    if older is None:
        return ""
    begun = older["startDate"].astimezone(UTC)
    return f"the run {older['name']}, begun {begun:%Y-%m-%d %H:%M} UTC, is still under way"
