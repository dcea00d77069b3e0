"""Makes a model's solution (`create`), removes those of its earlier recipes (`retire`), or all that it has (`delete`).

A solution's recipe can never be changed. So another recipe is another solution: its name is the model's and a digest of
the recipe. It is made and trained while the old one serves, and the old one is retired once the campaign has moved on.
Automatic training is off from the first moment: every training is one that the retraining state machine gates.
"""

import argparse
import json
import re
import sys
from dataclasses import dataclass, field
from typing import Any

from scripts.common.personalize import (
    ACTIVE,
    Poll,
    Resource,
    TaskError,
    add_poll_arguments,
    client,
    failure,
    found,
    listed,
    poll,
    run,
)
from scripts.provision import solution_version


@dataclass(frozen=True)
class Wanted:
    """What a solution should be."""

    name: str
    dataset_group_arn: str
    recipe_arn: str
    hyperparameters: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """The solution's ARN: of the dataset group's account and region."""
        return f"{self.dataset_group_arn.partition(':dataset-group/')[0]}:solution/{self.name}"

    def request(self) -> Resource:
        """The parameters of CreateSolution."""
        config = {"solutionConfig": {"algorithmHyperParameters": self.hyperparameters}} if self.hyperparameters else {}
        return {
            "name": self.name,
            "datasetGroupArn": self.dataset_group_arn,
            "recipeArn": self.recipe_arn,
            "performAutoTraining": False,
            **config,
        }


def create(personalize: Any, wanted: Wanted, poll: Poll) -> None:
    """Leaves the solution ACTIVE, made if there is none. Raises TaskError with the failureReason of one that failed."""
    solution = _settled(personalize, wanted.arn, poll)
    if solution is not None and solution["status"] != ACTIVE:
        poll.report(f"removing what is left of an earlier attempt: {failure('solution', solution)}")
        _delete(personalize, wanted.arn, poll)
        solution = None
    if solution is None:
        poll.accepted(f"creating {_label(wanted.arn)}", lambda: personalize.create_solution(**wanted.request()))
        solution = _settled(personalize, wanted.arn, poll) or {"status": "gone"}
    if solution["status"] != ACTIVE:
        raise failure(f"solution {wanted.arn}", solution)


def retire(personalize: Any, dataset_group_arn: str, stem: str, poll: Poll, keep: str | None = None) -> None:
    """Ends the trainings of the model's solutions, all but the one named `keep`, and deletes them with their versions.

    They are those named `stem` and a digest. Raises TaskError, before anything is deleted, if one still serves.
    """
    doomed = [arn for arn in _solutions(personalize, dataset_group_arn, stem) if _name(arn) != keep]
    for arn in doomed:
        _refuse_if_serving(personalize, arn)
    for arn in doomed:
        solution_version.stop_trainings(personalize, arn, poll)
        _delete(personalize, arn, poll)


def _solutions(personalize: Any, dataset_group_arn: str, stem: str) -> list[str]:
    """ARNs of the solutions in the group that are named `stem` and a digest; none if there is no group."""
    pages = personalize.get_paginator("list_solutions").paginate(datasetGroupArn=dataset_group_arn)
    ours = re.compile(rf"{re.escape(stem)}-[0-9a-f]{{8}}")
    arns = [one["solutionArn"] for one in listed(pages, "solutions")]
    return [arn for arn in arns if ours.fullmatch(_name(arn))]


def _refuse_if_serving(personalize: Any, solution_arn: str) -> None:
    pages = personalize.get_paginator("list_campaigns").paginate(solutionArn=solution_arn)
    serving = [campaign["name"] for page in pages for campaign in page["campaigns"]]
    if serving:
        raise TaskError(
            f"campaign {', '.join(serving)} serves {solution_arn}, which therefore cannot go: move or delete the "
            "campaign, then run this again"
        )


def _delete(personalize: Any, solution_arn: str, poll: Poll) -> None:
    """Deletes a solution that nothing holds any more, and waits until it is gone."""
    label = _label(solution_arn)

    def ask() -> Resource:
        return found(lambda: personalize.delete_solution(solutionArn=solution_arn)) or {}

    poll.accepted(f"deleting {label}", ask)
    poll.until(label, lambda: _describe(personalize, solution_arn), lambda solution: solution is None)


def _settled(personalize: Any, solution_arn: str, poll: Poll) -> Resource | None:
    return poll.settled(_label(solution_arn), lambda: _describe(personalize, solution_arn))


def _describe(personalize: Any, solution_arn: str) -> Resource | None:
    return found(lambda: personalize.describe_solution(solutionArn=solution_arn)["solution"])


def _name(solution_arn: str) -> str:
    return solution_arn.rpartition("/")[2]


def _label(solution_arn: str) -> str:
    return f"solution {_name(solution_arn)}"


def main() -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    creating = actions.add_parser("create", help="create, and wait until ACTIVE")
    creating.add_argument("--name", required=True)
    creating.add_argument("--recipe-arn", required=True)
    creating.add_argument("--hyperparameters", type=json.loads, default={}, metavar="JSON")
    retiring = actions.add_parser("retire", help="delete the solutions of earlier recipes")
    retiring.add_argument("--keep", required=True, metavar="NAME")
    deleting = actions.add_parser("delete", help="delete every solution of the model, and wait until gone")
    for action in (retiring, deleting):
        action.add_argument("--stem", required=True, help="the model's part of its solutions' names")
    for action in (creating, retiring, deleting):
        action.add_argument("--dataset-group-arn", required=True)
        add_poll_arguments(action)
    arguments = parser.parse_args()
    return run(lambda: _act(arguments))


def _act(arguments: argparse.Namespace) -> None:
    group = arguments.dataset_group_arn
    if arguments.action == "create":
        wanted = Wanted(arguments.name, group, arguments.recipe_arn, arguments.hyperparameters)
        create(client(), wanted, poll(arguments))
    else:
        retire(client(), group, arguments.stem, poll(arguments), getattr(arguments, "keep", None))


if __name__ == "__main__":
    sys.exit(main())
