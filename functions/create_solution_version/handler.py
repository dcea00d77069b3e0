"""Lambda handler of create_solution_version."""

from datetime import datetime, timedelta
from typing import Any, TypedDict

from animal_recommender.clients import client
from animal_recommender.observability import logger, observed
from animal_recommender.retraining.run_state import Model, Run
from animal_recommender.retraining.solution_versions import created_since, find_named, list_versions, version_name

_CLOCK_SKEW = timedelta(minutes=5)  # between Step Functions, which dates the run, and Personalize


class CreateInput(TypedDict):
    """What to train, for which run."""

    model: Model
    run: Run


class Created(TypedDict):
    """The version in training."""

    solutionVersionArn: str
    name: str


@observed
def handler(event: CreateInput, context: Any) -> Created:
    """Start the training of this run and answer its version.

    Safe to repeat: the version has the execution's name, so a repeated call finds what the first one started.
    """
    return create(client("personalize"), event["model"], event["run"])


def create(personalize: Any, model: Model, run: Run) -> Created:
    """As the handler. Raises what CreateSolutionVersion raises, e.g. LimitExceededException."""
    name = version_name(run["name"])
    arn = _find(personalize, model, run, name)
    if arn is None:
        arn = personalize.create_solution_version(
            name=name, solutionArn=model["solutionArn"], trainingMode=model["trainingMode"]
        )["solutionVersionArn"]
        logger.info("training started", extra={"model": model["name"], "version": arn})
    return {"solutionVersionArn": arn, "name": name}


def _find(personalize: Any, model: Model, run: Run, name: str) -> str | None:
    begun = datetime.fromisoformat(run["startedAt"]) - _CLOCK_SKEW
    return find_named(personalize, created_since(list_versions(personalize, model["solutionArn"]), begun), name)
