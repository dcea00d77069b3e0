"""The function create_solution_version: starts a training."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from animal_recommender.observability import Handler, instrument, logger
from animal_recommender.retraining.run_state import Run, TrainingMode
from animal_recommender.retraining.solution_versions import created_since, find_named, list_versions, version_name

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_personalize import PersonalizeClient

_CLOCK_SKEW = timedelta(minutes=5)  # between Step Functions, which dates the run, and Personalize


class CreateInput(TypedDict):
    """The solution to train, and the run."""

    solutionArn: str
    trainingMode: TrainingMode
    run: Run


class CreatedVersion(TypedDict):
    """The version in training."""

    solutionVersionArn: str
    name: str


def make_handler(*, personalize: "PersonalizeClient") -> Handler[CreateInput, CreatedVersion]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: CreateInput, context: "LambdaContext") -> CreatedVersion:
        """Start the training of this run and return its version.

        Idempotent: the version is named after the execution, so a second call finds what the first one started. So do
        the calls for two models that are compared with the same Popularity-Count solution.
        What CreateSolutionVersion raises is raised, e.g. LimitExceededException.
        """
        solution, run = event["solutionArn"], event["run"]
        name = version_name(run["name"])
        arn = _find(personalize, solution, run, name)
        if arn is None:
            arn = personalize.create_solution_version(
                name=name, solutionArn=solution, trainingMode=event["trainingMode"]
            )["solutionVersionArn"]
            logger.info("training started", extra={"solution": solution, "version": arn})
        return {"solutionVersionArn": arn, "name": name}

    return handle


def _find(personalize: "PersonalizeClient", solution_arn: str, run: Run, name: str) -> str | None:
    begun = datetime.fromisoformat(run["startedAt"]) - _CLOCK_SKEW
    return find_named(personalize, created_since(list_versions(personalize, solution_arn), begun), name)
