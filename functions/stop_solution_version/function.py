"""The function stop_solution_version: stops the trainings of a run."""

from typing import TYPE_CHECKING, TypedDict

from animal_recommender.observability import Handler, instrument, logger
from animal_recommender.retraining.resource_status import CREATING
from animal_recommender.retraining.solution_versions import find_named, list_versions, version_name

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_personalize import PersonalizeClient


class StopInput(TypedDict):
    """The run whose trainings are to be stopped. The state machine or EventBridge's rule for ended runs gives it."""

    executionName: str
    solutionArns: list[str]


class StoppedVersions(TypedDict):
    """ARNs of the versions whose training was stopped, empty if none was in progress."""

    solutionVersionArns: list[str]


def make_handler(*, personalize: "PersonalizeClient") -> Handler[StopInput, StoppedVersions]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: StopInput, context: "LambdaContext") -> StoppedVersions:
        """Stop the trainings that an execution started and that are still in progress. Idempotent."""
        name = version_name(event["executionName"])
        arns = [_find_in_training(personalize, solution, name) for solution in event["solutionArns"]]
        stopped = [arn for arn in arns if arn]
        for arn in stopped:
            personalize.stop_solution_version_creation(solutionVersionArn=arn)
            logger.warning("training stopped", extra={"version": arn, "run": event["executionName"]})
        return {"solutionVersionArns": stopped}

    return handle


def _find_in_training(personalize: "PersonalizeClient", solution_arn: str, name: str) -> str | None:
    versions = list_versions(personalize, solution_arn)
    return find_named(personalize, [version for version in versions if version["status"] in CREATING], name)
