"""The operations of solutions."""

from collections.abc import Mapping
from typing import Any

from local_aws.personalize.automatic_training import schedule_training, training_days
from local_aws.personalize.avro_schema import Schema
from local_aws.personalize.errors import InvalidInputError, LimitExceededError, NotSupportedError, ResourceInUseError
from local_aws.personalize.events_config import check_events_config
from local_aws.personalize.hpo import check_hpo
from local_aws.personalize.hyperparameters import Algorithm
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.recipe import Recipe
from local_aws.personalize.recipes import RECIPES
from local_aws.personalize.resource_store import Update
from local_aws.personalize.resource_types import DATASET_GROUP, SOLUTION
from local_aws.personalize.service import Service
from local_aws.personalize.statuses import ACTIVE, CREATE_IN_PROGRESS, CREATE_PENDING, StatusTimeline
from local_aws.personalize.validation import finite_number

_DEFAULT_SCHEDULE = {"schedulingExpression": "rate(7 days)"}
_MAX_SCHEDULE_DAYS = 30


@operation("CreateSolution")
def create_solution(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateSolution. Automatic training is on unless performAutoTraining is false, as in the real service."""
    group = service.require_active(service.store.get(request["datasetGroupArn"], DATASET_GROUP))
    recipe = _recipe(request)
    config = dict(request.get("solutionConfig") or {})
    _check_config(recipe, config, request)
    check_events_config(config, recipe, service.schema_of(group.arn, "Interactions"))
    check_training_columns(service, group.arn, config)
    _check_objective(recipe, config, service.schema_of(group.arn, "Items"))
    if len(service.store.all(SOLUTION, datasetGroupArn=group.arn)) >= service.settings.quotas.solutions_per_group:
        raise LimitExceededError(f"The limit of solutions of the dataset group {group.arn} is reached.")
    automatic = request.get("performAutoTraining", True)
    if automatic:
        config.setdefault("autoTrainingConfig", _DEFAULT_SCHEDULE)
    solution = service.create(
        SOLUTION,
        request,
        performHPO=request.get("performHPO", False),
        performAutoML=False,
        performAutoTraining=automatic,
        performIncrementalUpdate=request.get("performIncrementalUpdate", recipe.semantic),
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
    _check_incremental_updates(RECIPES[solution["recipeArn"]], request)
    change = {name: request[name] for name in ("performAutoTraining", "performIncrementalUpdate") if name in request}
    config = request.get("solutionUpdateConfig", {})
    _check_schedule(config)
    schema = service.schema_of(solution["datasetGroupArn"], "Interactions")
    check_events_config(config, RECIPES[solution["recipeArn"]], schema)
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
    if "recipeArn" not in request:
        raise InvalidInputError("recipeArn is required when performAutoML is false.")
    recipe = RECIPES.get(request["recipeArn"])
    if recipe is None:
        state = "is retired; use aws-user-personalization" if "aws-hrnn" in request["recipeArn"] else "does not exist"
        raise InvalidInputError(f"The recipe {request['recipeArn']} {state}.")
    _check_incremental_updates(recipe, request)
    if recipe.domain:
        raise InvalidInputError(f"The recipe {recipe.name} is a use case of a domain; create a recommender.")
    return recipe


def _check_incremental_updates(recipe: Recipe, request: Mapping[str, Any]) -> None:
    if request.get("performIncrementalUpdate") and not recipe.semantic:
        raise InvalidInputError("performIncrementalUpdate is only for the recipe aws-semantic-similarity.")


def _check_config(recipe: Recipe, config: Mapping[str, Any], request: Mapping[str, Any]) -> None:
    _check_hyperparameters(recipe, recipe.hyperparameters, config.get("algorithmHyperParameters", {}))
    _check_hyperparameters(recipe, recipe.transformation, config.get("featureTransformationParameters", {}))
    _refuse_unused(config)
    if request.get("performHPO"):
        check_hpo(recipe, config)
    _check_schedule(config)
    if threshold := config.get("eventValueThreshold"):
        if "eventType" not in request:
            raise InvalidInputError("eventValueThreshold needs an eventType.")
        finite_number("eventValueThreshold", threshold)
    if "eventsConfig" in config and "eventType" in request:
        raise InvalidInputError("Give either eventType or eventsConfig.")


def check_training_columns(service: Service, group_arn: str, config: Mapping[str, Any]) -> None:
    """Check the trainingDataConfig of a solution or recommender.

    Raises:
        InvalidInputError: It names a column that the group's dataset of that type does not have.
    """
    for choice, columns in config.get("trainingDataConfig", {}).items():
        for kind, names in columns.items():
            schema = service.schema_of(group_arn, kind)
            unknown = [name for name in names if schema is None or not schema.field(name)]
            if unknown:
                raise InvalidInputError(f"{choice}: the {kind} dataset has no column {unknown[0]}.")


def _refuse_unused(config: Mapping[str, Any]) -> None:
    """Refuse what the service does not use either (HPOObjective: "does not support configuring the hpoObjective")."""
    if config.get("hpoConfig", {}).get("hpoObjective"):
        raise InvalidInputError("hpoConfig.hpoObjective cannot be configured at this time.")
    if config.get("autoMLConfig"):
        raise NotSupportedError("autoMLConfig is not available in the local Amazon Personalize.")


def _check_objective(recipe: Recipe, config: Mapping[str, Any], items: Schema | None) -> None:
    """Check the optimizationObjective (developer guide, "Optimizing a solution for an additional objective")."""
    objective = config.get("optimizationObjective")
    if objective is None:
        return
    if not recipe.optimizes:
        raise InvalidInputError(f"The recipe {recipe.name} takes no optimizationObjective.")
    field = items.field(objective.get("itemAttribute", "")) if items else None
    if field is None or field.type in ("string", "boolean") or field.name == "CREATION_TIMESTAMP":
        name = objective.get("itemAttribute")
        raise InvalidInputError(f"The itemAttribute {name} of optimizationObjective is no numerical column of Items.")


def _check_hyperparameters(recipe: Recipe, known: Algorithm, given: Mapping[str, str]) -> None:
    for name, value in given.items():
        if name not in known:
            raise InvalidInputError(f"The recipe {recipe.name} has no hyperparameter {name}.")
        if problem := known[name].problem(value):
            raise InvalidInputError(f"The hyperparameter {name} {problem}.")


def _check_schedule(config: Mapping[str, Any]) -> None:
    days = training_days(config)
    if not 1 <= days <= _MAX_SCHEDULE_DAYS:
        raise InvalidInputError(f"schedulingExpression must say 1 to {_MAX_SCHEDULE_DAYS} days, not {days}.")
