"""Lambda handler of stop_solution_version."""

from typing import Any, TypedDict

from animal_recommender.clients import client
from animal_recommender.observability import logger, observed
from animal_recommender.retraining.resource_status import CREATING
from animal_recommender.retraining.solution_versions import find_named, list_versions, version_name


class StopInput(TypedDict):
    """Whose training to stop: from the state machine, or from the EventBridge rule on a run that broke off."""

    executionName: str
    solutionArns: list[str]


class Stopped(TypedDict):
    """ARNs of the versions whose training was stopped; empty if none was under way."""

    solutionVersionArns: list[str]


@observed
def handler(event: StopInput, context: Any) -> Stopped:
    """Stop the trainings that an execution started and that are still under way. Safe to repeat."""
    personalize, name = client("personalize"), version_name(event["executionName"])
    found = [_in_training(personalize, solution, name) for solution in event["solutionArns"]]
    for arn in filter(None, found):
        personalize.stop_solution_version_creation(solutionVersionArn=arn)
        logger.warning("training stopped", extra={"version": arn, "run": event["executionName"]})
    return {"solutionVersionArns": [arn for arn in found if arn]}


def _in_training(personalize: Any, solution_arn: str, name: str) -> str | None:
    versions = list_versions(personalize, solution_arn)
    return find_named(personalize, [version for version in versions if version["status"] in CREATING], name)
