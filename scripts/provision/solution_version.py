"""Train the first version of a solution (`create`). Other scripts use this module to stop trainings.

`create` trains at most once: it keeps a version that is ACTIVE, waits for a training that is under way, and starts
another one after a failure. The retraining state machine trains all later versions.

Environment: SOLUTION_ARN. Optional: SOLUTION_VERSION_NAME (default: an id of the service) and TRAINING_MODE (FULL or
UPDATE, default: the service's).
"""

import itertools
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import boto3
from botocore.exceptions import ClientError

from animal_recommender.retraining.resource_status import ACTIVE, CREATING, STOPPING
from scripts.common.personalize import (
    IN_USE,
    LIMIT_EXCEEDED,
    RETRYING,
    Poll,
    code,
    failure,
    find,
    find_newest_active_version,
    list_solution_versions,
)
from scripts.common.task import TaskError
from scripts.provision import inputs
from scripts.provision.command import run_action

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.literals import TrainingModeType
    from types_boto3_personalize.type_defs import (
        CreateSolutionVersionRequestTypeDef,
        SolutionVersionSummaryTypeDef,
        SolutionVersionTypeDef,
    )


def create(
    personalize: "PersonalizeClient",
    solution_arn: str,
    poll: Poll,
    name: str | None = None,
    mode: "TrainingModeType | None" = None,
) -> str:
    """Train a version of the solution if none is ACTIVE; return the ARN of the ACTIVE version.

    Raises:
        TaskError: The training failed. The message has the service's failureReason.
    """
    active = find_newest_active_version(personalize, solution_arn)
    if active:
        poll.report(f"{active} is {ACTIVE}")
        return active
    version_arn = _find_training(personalize, solution_arn, poll) or _start_training(
        personalize, solution_arn, poll, name, mode
    )
    version = _wait_until_settled(personalize, version_arn, poll)
    if version is None:
        raise TaskError(f"solution version {version_arn} has been deleted")
    if version["status"] != ACTIVE:
        raise failure(f"solution version {version_arn}", version)
    poll.report(f"{version_arn} is trained in {version.get('trainingHours', 0):g} training hours")
    return version_arn


def stop_trainings(personalize: "PersonalizeClient", solution_arn: str, poll: Poll) -> None:
    """Stop every training of the solution and wait until it has ended. Do nothing if there is no such solution."""
    for version in _list_trainings(personalize, solution_arn):
        if version["status"] in CREATING:
            _stop(personalize, version["solutionVersionArn"], poll)
    for version in _list_trainings(personalize, solution_arn):
        _wait_until_settled(personalize, version["solutionVersionArn"], poll)
    poll.report(f"no training of {solution_arn} is under way")


def _list_trainings(personalize: "PersonalizeClient", solution_arn: str) -> "list[SolutionVersionSummaryTypeDef]":
    versions = list_solution_versions(personalize, solution_arn)
    return [version for version in versions if version["status"] in CREATING | {STOPPING}]


def _find_training(personalize: "PersonalizeClient", solution_arn: str, poll: Poll) -> str | None:
    """Return the ARN of a training to wait for, or None if a new one can start.

    A training that is being stopped is waited for here: a new one cannot start before it has ended.
    """
    for version in _list_trainings(personalize, solution_arn):
        if version["status"] in CREATING:
            return version["solutionVersionArn"]
        _wait_until_settled(personalize, version["solutionVersionArn"], poll)
    return None


def _start_training(
    personalize: "PersonalizeClient", solution_arn: str, poll: Poll, name: str | None, mode: "TrainingModeType | None"
) -> str:
    """Start a training; return its ARN. If a failed version has the name already, a number is added to it."""
    request: CreateSolutionVersionRequestTypeDef = {"solutionArn": solution_arn}
    if mode:
        request["trainingMode"] = mode
    if name is None:
        return _request_training(personalize, request, poll)
    for name_to_try in itertools.chain([name], (f"{name}-{number}" for number in range(2, 100))):
        try:
            return _request_training(personalize, {**request, "name": name_to_try}, poll)
        except ClientError as refusal:
            if code(refusal) != "ResourceAlreadyExistsException":
                raise
    raise TaskError(f"the names {name} to {name}-99 are all taken by versions that are not ACTIVE; choose another")


def _request_training(
    personalize: "PersonalizeClient", request: "CreateSolutionVersionRequestTypeDef", poll: Poll
) -> str:
    response = poll.retry_while_refused(
        "starting a training", lambda: personalize.create_solution_version(**request), {IN_USE, LIMIT_EXCEEDED}
    )
    return response["solutionVersionArn"]


def _wait_until_settled(
    personalize: "PersonalizeClient", version_arn: str, poll: Poll
) -> "SolutionVersionTypeDef | None":
    def describe() -> "SolutionVersionTypeDef | None":
        return find(lambda: personalize.describe_solution_version(solutionVersionArn=version_arn)["solutionVersion"])

    return poll.wait_until_settled(f"solution version {version_arn.rpartition('/')[2]}", describe)


def _stop(personalize: "PersonalizeClient", version_arn: str, poll: Poll) -> None:
    """Ask the service to stop a training. It refuses if the training has just ended: then nothing is left to do."""
    poll.report(f"stopping {version_arn}")
    try:
        personalize.stop_solution_version_creation(solutionVersionArn=version_arn)
    except ClientError as refusal:
        if code(refusal) not in ("ResourceInUseException", "InvalidInputException", "ResourceNotFoundException"):
            raise


@dataclass(frozen=True, kw_only=True)
class CreateInputs(inputs.PollInputs):
    """The environment of `create`."""

    solution_arn: str
    solution_version_name: str | None = field(default=None, metadata={"parse": str})
    training_mode: Literal["FULL", "UPDATE"] | None = field(
        default=None, metadata={"parse": inputs.one_of("FULL", "UPDATE")}
    )


def _run_create() -> None:
    given = inputs.read(CreateInputs)
    personalize = boto3.client("personalize", config=RETRYING)
    create(personalize, given.solution_arn, given.poll(), given.solution_version_name, given.training_mode)


if __name__ == "__main__":
    sys.exit(run_action("solution_version", __doc__, {"create": _run_create}))
