"""The function plan_retraining: the plan of a run."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any, TypedDict

from animal_recommender.observability import Handler, instrument, logger
from animal_recommender.retraining.run_state import Model, Run
from plan_retraining.models import Waiting, plan_models, plan_waiting, read_scheduled
from plan_retraining.overlap import find_older_run

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_stepfunctions import SFNClient
    from types_boto3_stepfunctions.type_defs import ExecutionListItemTypeDef


def _parse_models(text: str) -> list[dict[str, Any]]:
    try:
        models: list[dict[str, Any]] = [{**model, "name": str(model["name"])} for model in json.loads(text)]
    except (ValueError, TypeError, KeyError):
        raise ValueError("must be a JSON list of objects with a name") from None
    return models


def _parse_waiting(text: str) -> dict[str, int]:
    try:
        return {name: int(seconds) for name, seconds in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError):
        raise ValueError("must be a JSON object of seconds") from None


@dataclass(frozen=True)
class Settings:
    """Environment variables.

    MODELS is a JSON list of models (animal_recommender.retraining.run_state.Model), WAITING is a JSON object (see
    plan_retraining.models.Waiting).
    """

    models: list[dict[str, Any]] = field(metadata={"parse": _parse_models})
    waiting: Mapping[str, int] = field(metadata={"parse": _parse_waiting})


class PlanInput(TypedDict):
    """Values of the execution's context object. `input` is what the execution was started with."""

    executionArn: str
    stateMachineArn: str
    startedAt: str  # ISO 8601
    input: object


class Plan(TypedDict):
    """What the state machine does in this run. `overlap` says why the whole run is skipped, or is empty."""

    models: list[Model]
    waiting: Waiting
    run: Run
    overlap: str


def make_handler(settings: Settings, *, step_functions: "SFNClient") -> Handler[PlanInput, Plan]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: PlanInput, context: "LambdaContext") -> Plan:
        """Return the plan of a run.

        Raises:
            ValidationError: Names every wrong field of the input or the settings.
        """
        models = plan_models(settings.models, event["input"])
        waiting = plan_waiting(settings.waiting, event["input"])
        scheduled = read_scheduled(event["input"])
        older = find_older_run(step_functions, event["stateMachineArn"], event["executionArn"], event["startedAt"])
        name = event["executionArn"].rpartition(":")[2]
        logger.info(
            "planned", extra={"run": name, "models": [model["name"] for model in models], "overlaps": bool(older)}
        )
        return {
            "models": models,
            "waiting": waiting,
            "run": {
                "name": name,
                "executionArn": event["executionArn"],
                "startedAt": event["startedAt"],
                "scheduled": scheduled,
            },
            "overlap": _reason(older) if older else "",
        }

    return handle


def _reason(older: "ExecutionListItemTypeDef") -> str:
    started = older["startDate"].astimezone(UTC)
    return f"the run {older['name']}, started {started:%Y-%m-%d %H:%M} UTC, is still in progress"
