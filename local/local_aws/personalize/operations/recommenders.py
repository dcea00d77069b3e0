"""The operations of recommenders, which serve a use case of a domain."""

from collections.abc import Mapping
from typing import Any

from local_aws.personalize.errors import InvalidInputError, LimitExceededError, ResourceInUseError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.operations.campaigns import check_exploration, exploration_config
from local_aws.personalize.operations.solutions import check_training_columns
from local_aws.personalize.recipe import Recipe
from local_aws.personalize.recipes import RECIPES
from local_aws.personalize.recommenders import schedule_retraining, start_update, train_recommender
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import DATASET_GROUP, RECOMMENDER
from local_aws.personalize.service import Service
from local_aws.personalize.statuses import (
    ACTIVE,
    INACTIVE,
    START_IN_PROGRESS,
    START_PENDING,
    STOP_IN_PROGRESS,
    STOP_PENDING,
)


@operation("CreateRecommender")
def create_recommender(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateRecommender: train the model of a use case of the group's domain, and serve it."""
    group = service.require_active(service.store.get(request["datasetGroupArn"], DATASET_GROUP))
    recipe = _use_case(request["recipeArn"], group)
    for dataset_type in ("Interactions", "Items") if recipe.needs_items else ("Interactions",):
        if not service.dataset(group.arn, dataset_type):
            raise InvalidInputError(f"The recipe {recipe.name} needs a dataset of type {dataset_type}.")
    if len(service.store.all(RECOMMENDER)) >= service.settings.quotas.recommenders:
        raise LimitExceededError("The limit of recommenders is reached.")
    config = _config(recipe, request.get("recommenderConfig", {}))
    check_training_columns(service, group.arn, config)
    recommender = service.create(
        RECOMMENDER,
        request,
        work=lambda recommender: train_recommender(service, recommender),
        on_success=lambda recommender: schedule_retraining(service, recommender),
        recommenderConfig=config,
        solutionConfig={"trainingDataConfig": config.get("trainingDataConfig", {})},
    )
    return {"recommenderArn": recommender.arn}


@operation("UpdateRecommender")
def update_recommender(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle UpdateRecommender: another configuration, which also starts a training if the columns for it change."""
    recommender = service.store.get(request["recommenderArn"], RECOMMENDER)
    latest = recommender.updates.get("latestRecommenderUpdate")
    if service.status(recommender) != ACTIVE or (latest and latest.timeline.status_at(service.now()) not in _ENDED):
        raise ResourceInUseError(f"The recommender {recommender.arn} is not ACTIVE, or an update of it is under way.")
    recipe = RECIPES[recommender["recipeArn"]]
    config = _config(recipe, recommender["recommenderConfig"] | request["recommenderConfig"])
    check_training_columns(service, recommender["datasetGroupArn"], config)
    start_update(service, recommender, config)
    return {"recommenderArn": recommender.arn}


@operation("StopRecommender")
def stop_recommender(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle StopRecommender: it answers no requests until it is started again."""
    return _change_status(service, request, ACTIVE, STOP_PENDING, STOP_IN_PROGRESS, INACTIVE)


@operation("StartRecommender")
def start_recommender(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle StartRecommender. The recommender must have been stopped."""
    return _change_status(service, request, INACTIVE, START_PENDING, START_IN_PROGRESS, ACTIVE)


_ENDED = (ACTIVE, "CREATE FAILED")


def _change_status(service: Service, request: Mapping[str, Any], needed: str, *steps: str) -> dict[str, Any]:
    recommender = service.store.get(request["recommenderArn"], RECOMMENDER)
    if (status := service.status(recommender)) != needed:
        raise ResourceInUseError(f"The recommender {recommender.arn} is not {needed} but {status}.")
    recommender.timeline = recommender.timeline.then(service.now(), service.settings.step_seconds, *steps)
    return {"recommenderArn": recommender.arn}


def _use_case(recipe_arn: str, group: Resource) -> Recipe:
    recipe = RECIPES.get(recipe_arn)
    if recipe is None or recipe.domain is None or recipe.domain != group.get("domain"):
        domain = group.get("domain")
        kind = f"of the domain {domain}" if domain else "without a domain, which can have no recommender"
        raise InvalidInputError(f"The recipe {recipe_arn} does not fit the dataset group {group.arn} {kind}.")
    return recipe


def _config(recipe: Recipe, given: Mapping[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = {"minRecommendationRequestsPerSecond": 1, **given}
    check_exploration(recipe, config)
    return config | exploration_config(recipe, config)
