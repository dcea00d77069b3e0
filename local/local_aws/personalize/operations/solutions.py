"""The operations of solutions."""

from collections.abc import Mapping
from typing import Any

from local_aws.personalize.automatic_training import schedule_training, training_days
from local_aws.personalize.errors import InvalidInputError, LimitExceededError, NotSupportedError, ResourceInUseError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.recipes import RECIPES, Recipe
from local_aws.personalize.resource_store import Update
from local_aws.personalize.resource_types import DATASET_GROUP, SOLUTION
from local_aws.personalize.service import Service
from local_aws.personalize.statuses import ACTIVE, CREATE_IN_PROGRESS, CREATE_PENDING, StatusTimeline
from local_aws.personalize.validation import finite_number

_DEFAULT_SCHEDULE = {"schedulingExpression": "rate(7 days)"}
_HYPERPARAMETER_RANGES = {"hidden_dimension": (32, 256), "bptt": (2, 32)}
_BOOLEAN_HYPERPARAMETERS = ("recency_mask", "apply_recency_bias")
_MAX_SCHEDULE_DAYS = 30


@operation("CreateSolution")
def create_solution(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateSolution. Automatic training is on unless performAutoTraining is false, as in the real service."""
    group = service.require_active(service.store.get(request["datasetGroupArn"], DATASET_GROUP))
    recipe = _recipe(request)
    config = dict(request.get("solutionConfig") or {})
    _check_config(recipe, config, request)
    if len(service.store.all(SOLUTION, datasetGroupArn=group.arn)) >= service.settings.quotas.solutions_per_group:
        raise LimitExceededError(f"The limit of solutions of the dataset group {group.arn} is reached.")
    automatic = request.get("performAutoTraining", True)
    if automatic:
        config.setdefault("autoTrainingConfig", _DEFAULT_SCHEDULE)
    solution = service.create(
        SOLUTION,
        request,
        performHPO=False,
        performAutoML=False,
        performAutoTraining=automatic,
        performIncrementalUpdate=request.get("performIncrementalUpdate", False),
        solutionConfig=config,
    )
    schedule_training(service, solution)
    return {"solutionArn": solution.arn}


@operation("UpdateSolution")
def update_solution(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle UpdateSolution: change automatic training, its schedule, and the events that are used."""
    solution = service.store.get(request["solutionArn"], SOLUTION)
    latest = solution.updates.get("latestSolutionUpdate")
    if service.status(solution) != ACTIVE or (latest and latest.timeline.status_at(service.now()) != ACTIVE):
        raise ResourceInUseError(f"The solution {solution.arn} is not ACTIVE, or an update of it is under way.")
    change = {name: request[name] for name in ("performAutoTraining", "performIncrementalUpdate") if name in request}
    config = request.get("solutionUpdateConfig", {})
    _check_schedule(config)
    if not change and not config:
        raise InvalidInputError("There is nothing to update.")
    pending_fields = change | {"solutionConfig": solution["solutionConfig"] | config}
    step_seconds, steps = service.settings.step_seconds, (CREATE_PENDING, CREATE_IN_PROGRESS, ACTIVE)
    timeline = StatusTimeline.starting_at(service.now(), step_seconds, *steps)
    members = change | {"solutionUpdateConfig": config}
    solution.updates["latestSolutionUpdate"] = Update(members, timeline, pending_fields=pending_fields)
    schedule_training(service, solution)
    return {"solutionArn": solution.arn}


def _recipe(request: Mapping[str, Any]) -> Recipe:
    if request.get("performAutoML"):
        raise NotSupportedError("performAutoML is not available in the local Amazon Personalize.")
    if request.get("performHPO"):
        raise NotSupportedError("performHPO is not available in the local Amazon Personalize yet.")
    if "recipeArn" not in request:
        raise InvalidInputError("recipeArn is required when performAutoML is false.")
    recipe = RECIPES.get(request["recipeArn"])
    if recipe is None:
        raise InvalidInputError(f"The recipe {request['recipeArn']} does not exist.")
    if recipe.trains_as is None:
        raise NotSupportedError(f"The recipe {recipe.name} is not available in the local Amazon Personalize yet.")
    return recipe


def _check_config(recipe: Recipe, config: Mapping[str, Any], request: Mapping[str, Any]) -> None:
    for name, value in config.get("algorithmHyperParameters", {}).items():
        if name not in recipe.hyperparameters:
            raise InvalidInputError(f"The recipe {recipe.name} has no hyperparameter {name}.")
        if name in _HYPERPARAMETER_RANGES:
            low, high = _HYPERPARAMETER_RANGES[name]
            if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
                raise InvalidInputError(f"The hyperparameter {name} must lie between {low} and {high}.")
        if name in _BOOLEAN_HYPERPARAMETERS and value.lower() not in ("true", "false"):
            raise InvalidInputError(f"The hyperparameter {name} must be true or false, not {value}.")
    _check_schedule(config)
    if threshold := config.get("eventValueThreshold"):
        if "eventType" not in request:
            raise InvalidInputError("eventValueThreshold needs an eventType.")
        finite_number("eventValueThreshold", threshold)
    if "eventsConfig" in config and "eventType" in request:
        raise InvalidInputError("Give either eventType or eventsConfig.")


def _check_schedule(config: Mapping[str, Any]) -> None:
    days = training_days(config)
    if not 1 <= days <= _MAX_SCHEDULE_DAYS:
        raise InvalidInputError(f"schedulingExpression must say 1 to {_MAX_SCHEDULE_DAYS} days, not {days}.")
