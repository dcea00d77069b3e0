"""Batch segment jobs: the users with the greatest affinity for each item or attribute of a JSON Lines file."""

from typing import Any

from local_aws.personalize.batch_files import answer_lines
from local_aws.personalize.campaigns import load_deployment
from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.filters import parse_filter
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.recipes import RECIPES
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import BATCH_SEGMENT_JOB, FILTER, SOLUTION_VERSION
from local_aws.personalize.segments import find_segments
from local_aws.personalize.service import Service

_DEFAULT_RESULTS = 25
_MAXIMUM_RESULTS = 5_000_000


@operation("CreateBatchSegmentJob")
def create_batch_segment_job(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateBatchSegmentJob. The solution version must be ACTIVE, and of one of the affinity recipes."""
    version = service.require_active(service.store.get(request["solutionVersionArn"], SOLUTION_VERSION))
    recipe = RECIPES[version["recipeArn"]]
    if recipe.recipe_type != "USER_SEGMENTATION":
        raise InvalidInputError(f"The recipe {recipe.name} does not support batch segment jobs.")
    if filter_arn := request.get("filterArn"):
        selected = service.require_active(service.store.get(filter_arn, FILTER))
        if parse_filter(selected["filterExpression"]).entity != "UserID":
            raise InvalidInputError(f"The filter {filter_arn} does not select UserID.")
    count = request.get("numResults", _DEFAULT_RESULTS)
    if not 1 <= count <= _MAXIMUM_RESULTS:
        raise InvalidInputError(f"numResults must be between 1 and {_MAXIMUM_RESULTS}, not {count}.")
    more = {"numResults": count, "solutionArn": version["solutionArn"]}
    job = service.create(BATCH_SEGMENT_JOB, request | more, work=lambda job: _run(service, job))
    return {"batchSegmentJobArn": job.arn}


def _run(service: Service, job: Resource) -> None:
    deployment = load_deployment(service, job["solutionVersionArn"], {})
    answer_lines(service, job, lambda queries: find_segments(service, deployment, job, queries))
