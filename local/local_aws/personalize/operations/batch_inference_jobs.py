"""Batch inference jobs: recommendations or rankings for the users of a JSON Lines file, written to another file."""

from typing import Any

from local_aws.personalize import serving
from local_aws.personalize.batch_files import Answer, Query, answer_lines
from local_aws.personalize.campaigns import Deployment, load_deployment
from local_aws.personalize.errors import InvalidInputError, NotSupportedError, ServiceError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.operations.campaigns import check_exploration, exploration_config
from local_aws.personalize.recipes import RECIPES
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import BATCH_INFERENCE_JOB, FILTER, SOLUTION_VERSION
from local_aws.personalize.service import Service

_DEFAULT_RESULTS = 25


@operation("CreateBatchInferenceJob")
def create_batch_inference_job(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateBatchInferenceJob. The solution version must be ACTIVE."""
    if request.get("batchInferenceJobMode") == "THEME_GENERATION":
        raise NotSupportedError("THEME_GENERATION is not available in the local Amazon Personalize.")
    if request.get("themeGenerationConfig"):
        raise InvalidInputError("themeGenerationConfig needs the batchInferenceJobMode THEME_GENERATION.")
    version = service.require_active(service.store.get(request["solutionVersionArn"], SOLUTION_VERSION))
    recipe = RECIPES[version["recipeArn"]]
    if recipe.trends or recipe.recipe_type in ("USER_SEGMENTATION", "PERSONALIZED_ACTIONS"):
        raise InvalidInputError(f"The recipe {recipe.name} does not support batch inference jobs.")
    if filter_arn := request.get("filterArn"):
        service.require_active(service.store.get(filter_arn, FILTER))
    config = request.get("batchInferenceJobConfig") or {}
    check_exploration(recipe, config)
    count = request.get("numResults", _DEFAULT_RESULTS)
    if not 1 <= count <= serving.MAXIMUM_RESULTS:
        raise InvalidInputError(f"numResults must be between 1 and {serving.MAXIMUM_RESULTS}, not {count}.")
    job = service.create(
        BATCH_INFERENCE_JOB,
        request,
        work=lambda job: _run(service, job),
        numResults=count,
        batchInferenceJobMode="BATCH_INFERENCE",
        batchInferenceJobConfig=config | exploration_config(recipe, config),
        solutionArn=version["solutionArn"],
    )
    return {"batchInferenceJobArn": job.arn}


def _run(service: Service, job: Resource) -> None:
    deployment = load_deployment(service, job["solutionVersionArn"], job["batchInferenceJobConfig"])

    def infer(query: Query) -> Answer:
        try:
            return _infer(service, deployment, job, query)
        except ServiceError as error:
            return error

    answer_lines(service, job, lambda queries: map(infer, queries))


def _infer(service: Service, deployment: Deployment, job: Resource, query: Query) -> dict[str, Any]:
    for name in ("userId", "itemId"):
        if not isinstance(query.get(name, ""), str):
            raise InvalidInputError(f"{name} is not a string.")
    visitor = serving.get_visitor(service, deployment, query)
    item_filter = {"filterArn": job.get("filterArn"), "filterValues": _filter_values(query)}
    allowed = serving.filter_items(service, deployment, visitor, item_filter)
    if deployment.recipe.recipe_type != "PERSONALIZED_RANKING":
        scored_items = serving.recommend(service, deployment, visitor, job["numResults"], allowed)
    elif _are_strings(query.get("itemList")):
        items = [item for item in query["itemList"] if allowed is None or item in allowed]
        scored_items = serving.rank(service, deployment, visitor, items)
    else:
        raise InvalidInputError("itemList is missing or not a list of strings.")
    output: dict[str, Any] = {"recommendedItems": [scored.item_id for scored in scored_items]}
    if deployment.recipe.scores:
        output["scores"] = [scored.score for scored in scored_items]
    return output


def _filter_values(query: dict[str, Any]) -> dict[str, str]:
    values = query.get("filterValues", {})
    if not isinstance(values, dict) or not _are_strings(list(values.values())):
        raise InvalidInputError("filterValues must be an object of strings.")
    return values


def _are_strings(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)
