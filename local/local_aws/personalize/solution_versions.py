"""Start a training, manually or automatically, and update campaigns when it is done."""

from collections.abc import Mapping
from typing import Any

from local_aws.personalize.campaigns import sync_campaigns
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import SOLUTION_VERSION
from local_aws.personalize.service import Service, short_id
from local_aws.personalize.training import train_version

_INHERITED = ("performHPO", "performAutoML", "performIncrementalUpdate", "recipeArn", "eventType", "datasetGroupArn")


def start_training(
    service: Service, solution: Resource, request: Mapping[str, Any], *, mode: str, training_type: str
) -> Resource:
    """Create a version of `solution` and train it in the background. Hold the service's lock."""
    inherited = {name: solution[name] for name in _INHERITED if name in solution.fields}
    version = service.create(
        SOLUTION_VERSION,
        dict(request) | inherited,
        identity=f"{solution['name']}/{short_id()}",
        work=lambda version: train_version(service, version),
        on_success=lambda version: sync_campaigns(service, solution.arn),
        solutionArn=solution.arn,
        solutionConfig=solution["solutionConfig"],
        trainingMode=mode,
        trainingType=training_type,
    )
    solution.fields["latestSolutionVersion"] = version
    return version
