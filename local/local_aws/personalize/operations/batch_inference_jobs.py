"""Batch inference jobs: recommendations or rankings for the users of a JSON Lines file, written to another file."""

import json
from collections.abc import Iterator
from typing import Any

from local_aws.personalize import serving
from local_aws.personalize.campaigns import Deployment, load_deployment
from local_aws.personalize.data.s3_files import read_files, write_file
from local_aws.personalize.errors import InvalidInputError, JobFailedError, NotSupportedError, ServiceError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import BATCH_INFERENCE_JOB, FILTER, SOLUTION_VERSION
from local_aws.personalize.service import Service
from local_aws.personalize.strict_json import parse_json

_DEFAULT_RESULTS = 25


@operation("CreateBatchInferenceJob")
def create_batch_inference_job(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateBatchInferenceJob. The solution version must be ACTIVE."""
    if request.get("batchInferenceJobMode") == "THEME_GENERATION":
        raise NotSupportedError("THEME_GENERATION is not available in the local Amazon Personalize yet.")
    version = service.require_active(service.store.get(request["solutionVersionArn"], SOLUTION_VERSION))
    if filter_arn := request.get("filterArn"):
        service.require_active(service.store.get(filter_arn, FILTER))
    count = request.get("numResults", _DEFAULT_RESULTS)
    if not 1 <= count <= serving.MAXIMUM_RESULTS:
        raise InvalidInputError(f"numResults must be between 1 and {serving.MAXIMUM_RESULTS}, not {count}.")
    job = service.create(
        BATCH_INFERENCE_JOB,
        request,
        work=lambda job: _run(service, job),
        numResults=count,
        batchInferenceJobMode="BATCH_INFERENCE",
        solutionArn=version["solutionArn"],
    )
    return {"batchInferenceJobArn": job.arn}


def _run(service: Service, job: Resource) -> None:
    s3 = service.s3_for(job)
    source, destination = job["jobInput"]["s3DataSource"]["path"], job["jobOutput"]["s3DataDestination"]["path"]
    deployment = load_deployment(service, job["solutionVersionArn"], job.get("batchInferenceJobConfig") or {})
    for key, content in read_files(s3, source):
        lines = (json.dumps(result) + "\n" for result in _results(service, deployment, job, key, content))
        write_file(s3, destination, f"{key.rsplit('/', 1)[-1]}.out", "".join(lines).encode())


def _results(
    service: Service, deployment: Deployment, job: Resource, key: str, content: bytes
) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            query = parse_json(line)
        except ValueError:
            query = None
        if not isinstance(query, dict):
            raise JobFailedError(f"{key}: line {number} is not a JSON object")
        try:
            yield {"input": query, "output": _infer(service, deployment, job, query), "error": None}
        except ServiceError as error:
            yield {"input": query, "output": None, "error": error.message}


def _infer(service: Service, deployment: Deployment, job: Resource, query: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(query.get("userId"), str):
        raise InvalidInputError("userId is missing or not a string.")
    visitor = serving.get_visitor(service, deployment, query["userId"])
    item_filter = {"filterArn": job.get("filterArn"), "filterValues": _filter_values(query)}
    allowed = serving.filter_items(service, deployment, visitor, item_filter)
    if deployment.recipe.recipe_type != "PERSONALIZED_RANKING":
        scored_items = serving.recommend(service, deployment, visitor, job["numResults"], allowed)
    elif _are_strings(query.get("itemList")):
        items = [item for item in query["itemList"] if allowed is None or item in allowed]
        scored_items = deployment.model.rank(deployment.events.filter_history(visitor.history), items)
    else:
        raise InvalidInputError("itemList is missing or not a list of strings.")
    return {
        "recommendedItems": [scored.item_id for scored in scored_items],
        "scores": [scored.score for scored in scored_items],
    }


def _filter_values(query: dict[str, Any]) -> dict[str, str]:
    values = query.get("filterValues", {})
    if not isinstance(values, dict) or not _are_strings(list(values.values())):
        raise InvalidInputError("filterValues must be an object of strings.")
    return values


def _are_strings(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)
