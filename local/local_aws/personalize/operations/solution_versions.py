"""The operations of solution versions: train, stop and evaluate."""

from typing import Any

from local_aws.personalize.errors import (
    InvalidInputError,
    LimitExceededError,
    ResourceAlreadyExistsError,
    ResourceInUseError,
)
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.recipes import RECIPES
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import SOLUTION, SOLUTION_VERSION
from local_aws.personalize.service import Service
from local_aws.personalize.solution_versions import start_training
from local_aws.personalize.statuses import CREATE_IN_PROGRESS, CREATE_PENDING, CREATE_STOPPED, CREATE_STOPPING
from local_aws.personalize.training import newest_active_version


@operation("CreateSolutionVersion")
def create_solution_version(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateSolutionVersion: FULL, or UPDATE of an earlier version if the recipe allows it."""
    solution = service.require_active(service.store.get(request["solutionArn"], SOLUTION))
    mode = request.get("trainingMode", "FULL")
    _check_mode(service, solution, mode)
    _require_datasets(service, solution)
    name = request.get("name")
    if name and service.store.all(SOLUTION_VERSION, solutionArn=solution.arn, name=name):
        raise ResourceAlreadyExistsError(f"Another version of {solution.arn} is named {name}.")
    pending = [version for version in service.store.all(SOLUTION_VERSION) if not version.is_stable(service.now())]
    if len(pending) >= service.settings.quotas.pending_solution_versions:
        raise LimitExceededError("The limit of pending or in-progress solution versions is reached.")
    return {"solutionVersionArn": start_training(service, solution, request, mode=mode, training_type="MANUAL").arn}


@operation("StopSolutionVersionCreation")
def stop_solution_version_creation(service: Service, request: dict[str, Any]) -> None:
    """Handle StopSolutionVersionCreation. The version must be pending or in progress."""
    version = service.store.get(request["solutionVersionArn"], SOLUTION_VERSION)
    status, step_seconds = service.status(version), service.settings.step_seconds
    if status == CREATE_PENDING:
        version.timeline = version.timeline.then(service.now(), step_seconds, CREATE_STOPPED)
    elif status == CREATE_IN_PROGRESS:
        version.timeline = version.timeline.then(service.now(), step_seconds, CREATE_STOPPING, CREATE_STOPPED)
    else:
        raise InvalidInputError(f"The solution version {version.arn} is not being created but {status}.")


@operation("GetSolutionMetrics")
def get_solution_metrics(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle GetSolutionMetrics. The version must be ACTIVE."""
    version = service.store.get(request["solutionVersionArn"], SOLUTION_VERSION)
    if not version.is_stable(service.now()):
        raise ResourceInUseError(f"The solution version {version.arn} is in status {service.status(version)}.")
    service.require_active(version)
    return {"solutionVersionArn": version.arn, "metrics": version["metrics"]}


def _require_datasets(service: Service, solution: Resource) -> None:
    recipe = RECIPES[solution["recipeArn"]]
    needed = ["Actions", "Action_Interactions"] if recipe.recipe_type == "PERSONALIZED_ACTIONS" else ["Interactions"]
    if recipe.semantic:
        needed = []
        _require_texts(service, solution)
    for dataset_type in (*needed, "Items") if recipe.needs_items else needed:
        if not service.dataset(solution["datasetGroupArn"], dataset_type):
            raise InvalidInputError(f"The recipe {recipe.name} needs a dataset of type {dataset_type}.")


def _require_texts(service: Service, solution: Resource) -> None:
    schema = service.schema_of(solution["datasetGroupArn"], "Items")
    fields = schema.fields if schema else ()
    if schema and not (any(one.item_name for one in fields) and any(one.textual for one in fields)):
        raise InvalidInputError("aws-semantic-similarity needs an itemName field and a textual field of Items.")


def _check_mode(service: Service, solution: Resource, mode: str) -> None:
    if mode == "AUTOTRAIN":
        raise InvalidInputError("AUTOTRAIN is the mode of automatic training; choose FULL or UPDATE.")
    if mode == "UPDATE" and not RECIPES[solution["recipeArn"]].updates:
        raise InvalidInputError(f"The recipe {solution['recipeArn']} does not allow the training mode UPDATE.")
    if mode == "UPDATE" and newest_active_version(service, solution.arn) is None:
        raise InvalidInputError("UPDATE needs an ACTIVE solution version that was trained with FULL.")
