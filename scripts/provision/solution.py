"""Create or update a model's solution (`create`), delete those of its earlier recipes (`retire`), or all (`delete`).

The recipe of a solution can never be changed. So another recipe means another solution, whose name is that of the model
and a digest of the recipe. It is created and trained while the old one serves, and the old one is retired once the
campaign serves the new one. Automatic training is off from the start: the state machine gates every training.

Environment of all: DATASET_GROUP_ARN. Also of `create`: SOLUTION_NAME, RECIPE_ARN and, optional, HYPERPARAMETERS (JSON
object), EXCLUDED_COLUMNS (JSON list of columns of the items that are not trained on) and EVENTS (JSON list of event
parameters as CreateSolution takes them). Also of `retire` and `delete`: SOLUTION_PREFIX (the part of the solutions'
names before the digest). Also of `retire`: KEEP_SOLUTION_NAME.
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import boto3

from animal_recommender.retraining.resource_status import ACTIVE
from scripts.common.personalize import RETRYING, Poll, failure, find
from scripts.common.task import TaskError
from scripts.provision import inputs, solution_version
from scripts.provision.command import run_action

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import (
        CreateSolutionRequestTypeDef,
        EventParametersTypeDef,
        SolutionConfigUnionTypeDef,
        SolutionTypeDef,
    )


@dataclass(frozen=True)
class Wanted:
    """What a solution should be."""

    name: str
    dataset_group_arn: str
    recipe_arn: str
    hyperparameters: dict[str, str] = field(default_factory=dict)
    excluded_columns: tuple[str, ...] = ()
    events: "tuple[EventParametersTypeDef, ...]" = ()

    @property
    def arn(self) -> str:
        """The solution's ARN, in the account and the region of the dataset group."""
        return f"{self.dataset_group_arn.partition(':dataset-group/')[0]}:solution/{self.name}"

    def request(self) -> "CreateSolutionRequestTypeDef":
        """Return the parameters of CreateSolution."""
        request: CreateSolutionRequestTypeDef = {
            "name": self.name,
            "datasetGroupArn": self.dataset_group_arn,
            "recipeArn": self.recipe_arn,
            "performAutoTraining": False,
        }
        config: SolutionConfigUnionTypeDef = {}
        if self.hyperparameters:
            config["algorithmHyperParameters"] = self.hyperparameters
        if self.excluded_columns:
            config["trainingDataConfig"] = {"excludedDatasetColumns": {"Items": list(self.excluded_columns)}}
        if self.events:
            config["eventsConfig"] = {"eventParametersList": list(self.events)}
        if config:
            request["solutionConfig"] = config
        return request


def create(personalize: "PersonalizeClient", wanted: Wanted, poll: Poll) -> None:
    """Create the solution if there is none, or give it the wanted events; wait until it is ACTIVE.

    Raises:
        TaskError: The creation or the update failed. (The service gives no reason for the creation of solutions.)
    """
    solution = _wait_until_settled(personalize, wanted.arn, poll)
    if solution is not None and solution["status"] != ACTIVE:
        poll.report(f"deleting what is left of an earlier attempt: {failure('solution', solution)}")
        _delete(personalize, wanted.arn, poll)
        solution = None
    if solution is None:
        poll.retry_while_refused(
            f"creating {_label(wanted.arn)}", lambda: personalize.create_solution(**wanted.request())
        )
        solution = _wait_until_settled(personalize, wanted.arn, poll)
    if solution is None or solution["status"] != ACTIVE:
        raise failure(f"solution {wanted.arn}", solution or {"status": "gone"})
    if _by_type(_events_of(solution)) != _by_type(wanted.events):
        _update_events(personalize, wanted, poll)


def _update_events(personalize: "PersonalizeClient", wanted: Wanted, poll: Poll) -> None:
    """Give the solution the wanted events. Versions that are trained from now on learn from them."""
    poll.retry_while_refused(
        f"updating the events of {_label(wanted.arn)}",
        lambda: personalize.update_solution(
            solutionArn=wanted.arn,
            performAutoTraining=False,
            solutionUpdateConfig={"eventsConfig": {"eventParametersList": wanted.events}},
        ),
    )
    solution = _wait_until_settled(personalize, wanted.arn, poll)
    update = (solution or {}).get("latestSolutionUpdate", {})
    if update.get("status") != ACTIVE:
        raise failure(f"the update of {wanted.arn}", {"status": "missing", **update})


def _events_of(solution: "SolutionTypeDef") -> "Sequence[EventParametersTypeDef]":
    """Return the events of the latest update. One of something else names none: then those of the configuration."""
    updated = solution.get("latestSolutionUpdate", {}).get("solutionUpdateConfig", {})
    config = updated if "eventsConfig" in updated else solution.get("solutionConfig", {})
    return config.get("eventsConfig", {}).get("eventParametersList", ())


def _by_type(events: "Sequence[EventParametersTypeDef]") -> "dict[str, EventParametersTypeDef]":
    return {event["eventType"]: event for event in events}


def retire(
    personalize: "PersonalizeClient", dataset_group_arn: str, prefix: str, poll: Poll, keep: str | None = None
) -> None:
    """Delete the solutions that are named `prefix` and a digest, with their versions, except the one named `keep`.

    Trainings of these solutions that are under way are stopped first.

    Raises:
        TaskError: A campaign serves one of the solutions. Nothing has been deleted.
    """
    retired = [arn for arn in _list_solutions(personalize, dataset_group_arn, prefix) if _name(arn) != keep]
    for arn in retired:
        _refuse_if_serving(personalize, arn)
    for arn in retired:
        solution_version.stop_trainings(personalize, arn, poll)
        _delete(personalize, arn, poll)


def _list_solutions(personalize: "PersonalizeClient", dataset_group_arn: str, prefix: str) -> list[str]:
    """Return ARNs of the group's solutions that are named `prefix` and a digest; none if there is no such group."""
    # ListSolutions of a group that is gone is an InvalidInputException, which says little.
    if find(lambda: personalize.describe_dataset_group(datasetGroupArn=dataset_group_arn)) is None:
        return []
    pages = personalize.get_paginator("list_solutions").paginate(datasetGroupArn=dataset_group_arn)
    ours = re.compile(rf"{re.escape(prefix)}-[0-9a-f]{{8}}")
    arns = [solution["solutionArn"] for page in pages for solution in page["solutions"]]
    return [arn for arn in arns if ours.fullmatch(_name(arn))]


def _refuse_if_serving(personalize: "PersonalizeClient", solution_arn: str) -> None:
    pages = personalize.get_paginator("list_campaigns").paginate(solutionArn=solution_arn)
    serving = [campaign["name"] for page in pages for campaign in page["campaigns"]]
    if serving:
        raise TaskError(
            f"campaign {', '.join(serving)} serves {solution_arn}, which therefore cannot be deleted: move or delete "
            "the campaign, then run this again"
        )


def _delete(personalize: "PersonalizeClient", solution_arn: str, poll: Poll) -> None:
    """Delete a solution that nothing uses any more, and wait until it is gone."""
    label = _label(solution_arn)
    poll.retry_while_refused(
        f"deleting {label}", lambda: find(lambda: personalize.delete_solution(solutionArn=solution_arn))
    )
    poll.wait_until(label, lambda: _describe(personalize, solution_arn), lambda solution: solution is None)


def _wait_until_settled(personalize: "PersonalizeClient", solution_arn: str, poll: Poll) -> "SolutionTypeDef | None":
    """Return the solution once neither it nor its update will change by itself, or None if there is none."""
    return poll.wait_until_updated(
        _label(solution_arn), lambda: _describe(personalize, solution_arn), "latestSolutionUpdate"
    )


def _describe(personalize: "PersonalizeClient", solution_arn: str) -> "SolutionTypeDef | None":
    return find(lambda: personalize.describe_solution(solutionArn=solution_arn)["solution"])


def _name(solution_arn: str) -> str:
    return solution_arn.rpartition("/")[2]


def _label(solution_arn: str) -> str:
    return f"solution {_name(solution_arn)}"


@dataclass(frozen=True, kw_only=True)
class CreateInputs(inputs.PollInputs):
    """The environment of `create`."""

    dataset_group_arn: str
    solution_name: str
    recipe_arn: str
    hyperparameters: dict[str, str] = field(default_factory=dict, metadata={"parse": inputs.parse_texts})
    excluded_columns: tuple[str, ...] = field(default=(), metadata={"parse": inputs.parse_list})
    events: "tuple[EventParametersTypeDef, ...]" = field(default=(), metadata={"parse": inputs.parse_objects})


@dataclass(frozen=True, kw_only=True)
class DeleteInputs(inputs.PollInputs):
    """The environment of `delete`."""

    dataset_group_arn: str
    solution_prefix: str


@dataclass(frozen=True, kw_only=True)
class RetireInputs(DeleteInputs):
    """The environment of `retire`."""

    keep_solution_name: str


def _run_create() -> None:
    given = inputs.read(CreateInputs)
    wanted = Wanted(
        given.solution_name,
        given.dataset_group_arn,
        given.recipe_arn,
        given.hyperparameters,
        given.excluded_columns,
        given.events,
    )
    create(boto3.client("personalize", config=RETRYING), wanted, given.poll())


def _run_retire() -> None:
    given = inputs.read(RetireInputs)
    retire(
        boto3.client("personalize", config=RETRYING),
        given.dataset_group_arn,
        given.solution_prefix,
        given.poll(),
        given.keep_solution_name,
    )


def _run_delete() -> None:
    given = inputs.read(DeleteInputs)
    retire(boto3.client("personalize", config=RETRYING), given.dataset_group_arn, given.solution_prefix, given.poll())


if __name__ == "__main__":
    sys.exit(run_action("solution", __doc__, {"create": _run_create, "retire": _run_retire, "delete": _run_delete}))
