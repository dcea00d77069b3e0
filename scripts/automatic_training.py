"""Switches a solution's automatic training off, so that every training is one the retraining state machine gates.

`AWS::Personalize::Solution` cannot set performAutoTraining, and the service's default is on, every 7 days: such
trainings would be billed and deployed by nobody.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # Terraform runs this file by path, from any directory

from scripts.personalize import ACTIVE, Poll, Resource, TaskError, add_poll_arguments, client, failure, found, poll, run


def switch_off(personalize: Any, solution_arn: str, poll: Poll) -> None:
    """Leaves the solution with automatic training off, whatever is under way on it. Raises TaskError if it stays on."""
    solution = _settled(personalize, solution_arn, poll)
    if solution["performAutoTraining"]:
        poll.accepted(
            "switching automatic training off",
            lambda: personalize.update_solution(solutionArn=solution_arn, performAutoTraining=False),
        )
        solution = _settled(personalize, solution_arn, poll)
    if solution["performAutoTraining"]:
        raise TaskError(f"automatic training of {solution_arn} is still on: {_why(solution)}")
    poll.report(f"automatic training of {solution_arn} is off")


def _settled(personalize: Any, solution_arn: str, poll: Poll) -> Resource:
    """The solution, once neither its creation nor an update of it is under way."""

    def describe() -> Resource | None:
        return found(lambda: personalize.describe_solution(solutionArn=solution_arn)["solution"])

    label = f"solution {solution_arn.rpartition('/')[2]}"
    solution = poll.settled_with_update(label, describe, "latestSolutionUpdate")
    if solution is None:
        raise TaskError(f"there is no solution {solution_arn}")
    if solution["status"] != ACTIVE:
        raise failure(f"solution {solution_arn}", solution)
    return solution


def _why(solution: Resource) -> str:
    update = solution.get("latestSolutionUpdate", {})
    return update.get("failureReason") or f"the update is {update.get('status', 'missing')}"


def main() -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["off"])
    parser.add_argument("--solution-arn", required=True)
    add_poll_arguments(parser)
    arguments = parser.parse_args()
    return run(lambda: switch_off(client(), arguments.solution_arn, poll(arguments)))


if __name__ == "__main__":
    sys.exit(main())
