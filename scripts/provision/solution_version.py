"""Trains a solution's first version (`create`); and, for those that delete it, ends its trainings.

`create` trains at most once: a version that is ACTIVE is good, one under way is waited for, one that failed is made
anew. Later versions are the retraining state machine's.
"""

import argparse
import itertools
import sys
from typing import Any

from botocore.exceptions import ClientError

from scripts.common.personalize import (
    ACTIVE,
    CREATING,
    STOPPING,
    Poll,
    Resource,
    TaskError,
    add_poll_arguments,
    client,
    code,
    failure,
    found,
    newest_active_version,
    poll,
    run,
    solution_versions,
)


def create(personalize: Any, solution_arn: str, poll: Poll, name: str | None = None, mode: str | None = None) -> str:
    """Returns the ARN of an ACTIVE version of the solution, training one if there is none.

    `mode` is FULL or UPDATE, None leaves it to the service. Raises TaskError with the failureReason of a failed one.
    """
    active = newest_active_version(personalize, solution_arn)
    if active:
        poll.report(f"{active} is {ACTIVE}")
        return active
    version_arn = _under_way(personalize, solution_arn, poll) or _start(personalize, solution_arn, poll, name, mode)
    version = _settled(personalize, version_arn, poll)
    if version is None:
        raise TaskError(f"solution version {version_arn} has been deleted")
    if version["status"] != ACTIVE:
        raise failure(f"solution version {version_arn}", version)
    poll.report(f"{version_arn} is trained in {version.get('trainingHours', 0):g} training hours")
    return version_arn


def stop_trainings(personalize: Any, solution_arn: str, poll: Poll) -> None:
    """Ends every training of the solution and waits for it; good too if there is none, or no such solution."""
    for version in _trainings(personalize, solution_arn):
        if version["status"] in CREATING:
            _ask_to_stop(personalize, version["solutionVersionArn"], poll)
    for version in _trainings(personalize, solution_arn):
        _settled(personalize, version["solutionVersionArn"], poll)
    poll.report(f"nothing trains on {solution_arn}")


def _trainings(personalize: Any, solution_arn: str) -> list[Resource]:
    versions = solution_versions(personalize, solution_arn)
    return [version for version in versions if version["status"] in (*CREATING, STOPPING)]


def _under_way(personalize: Any, solution_arn: str, poll: Poll) -> str | None:
    """A training to wait for. One that is being stopped is waited for here: its end makes room for a new one."""
    for version in _trainings(personalize, solution_arn):
        if version["status"] in CREATING:
            return version["solutionVersionArn"]
        _settled(personalize, version["solutionVersionArn"], poll)
    return None


def _start(personalize: Any, solution_arn: str, poll: Poll, name: str | None, mode: str | None) -> str:
    """Starts a training; a name that an earlier, failed version holds gets a number."""
    wanted: dict[str, str] = {"solutionArn": solution_arn} | ({"trainingMode": mode} if mode else {})
    if name is None:
        return _accepted(personalize, wanted, poll)
    for name_to_try in itertools.chain([name], (f"{name}-{number}" for number in range(2, 100))):
        try:
            return _accepted(personalize, wanted | {"name": name_to_try}, poll)
        except ClientError as refusal:
            if code(refusal) != "ResourceAlreadyExistsException":
                raise
    raise TaskError(f"the names {name} to {name}-99 are all taken by versions that are not ACTIVE; choose another")


def _accepted(personalize: Any, wanted: dict[str, str], poll: Poll) -> str:
    answer = poll.accepted("starting a training", lambda: personalize.create_solution_version(**wanted))
    return answer["solutionVersionArn"]


def _settled(personalize: Any, version_arn: str, poll: Poll) -> Resource | None:
    def describe() -> Resource | None:
        return found(lambda: personalize.describe_solution_version(solutionVersionArn=version_arn)["solutionVersion"])

    return poll.settled(f"solution version {version_arn.rpartition('/')[2]}", describe)


def _ask_to_stop(personalize: Any, version_arn: str, poll: Poll) -> None:
    """A training that ended before the call could reach it refuses to stop: then there is nothing left to do."""
    poll.report(f"stopping {version_arn}")
    try:
        personalize.stop_solution_version_creation(solutionVersionArn=version_arn)
    except ClientError as refusal:
        if code(refusal) not in ("ResourceInUseException", "InvalidInputException", "ResourceNotFoundException"):
            raise


def main() -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    creating = actions.add_parser("create", help="make sure that an ACTIVE version exists")
    creating.add_argument("--name", help="name of a new version (default: the service's own id)")
    creating.add_argument("--training-mode", choices=["FULL", "UPDATE"], help="of a new version")
    creating.add_argument("--solution-arn", required=True)
    add_poll_arguments(creating)
    given = parser.parse_args()
    return run(lambda: _create(given))


def _create(given: argparse.Namespace) -> None:
    create(client(), given.solution_arn, poll(given), given.name, given.training_mode)


if __name__ == "__main__":
    sys.exit(main())
