"""Automatic training: on by default, first within an hour, then every N days, and only if there is new data.

Source: developer guide, "Configuring automatic training". A manual training within the hour replaces the first.
"""

import re
from collections.abc import Mapping
from typing import Any

from local_aws.personalize import solution_versions
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import SOLUTION, SOLUTION_VERSION
from local_aws.personalize.service import Service
from local_aws.personalize.statuses import ACTIVE


def schedule_training(service: Service, solution: Resource) -> None:
    """Have the first automatic training, if it is still wanted then, start an hour from now."""
    solution.fields["trainingTurn"] = turn = solution.get("trainingTurn", 0) + 1
    solution.fields.setdefault("trainedOn", 0)
    versions_before = len(service.store.all(SOLUTION_VERSION, solutionArn=solution.arn))
    hour = service.settings.day_seconds / 24
    service.light.submit(lambda: _first_turn(service, solution.arn, turn, versions_before), hour)


def _first_turn(service: Service, solution_arn: str, turn: int, versions_before: int) -> None:
    with service.lock:
        skip = len(service.store.all(SOLUTION_VERSION, solutionArn=solution_arn)) > versions_before
    _take_turn(service, solution_arn, turn, skip=skip)


def _take_turn(service: Service, solution_arn: str, turn: int, *, skip: bool = False) -> None:
    with service.lock:
        solution = service.store.find(solution_arn, SOLUTION)
        if solution is None or solution["trainingTurn"] != turn or not solution["performAutoTraining"]:
            return
        if not skip and service.status(solution) == ACTIVE:
            _train_on_new_data(service, solution)
        delay = training_days(solution["solutionConfig"]) * service.settings.day_seconds
    service.light.submit(lambda: _take_turn(service, solution_arn, turn), delay)


def _train_on_new_data(service: Service, solution: Resource) -> None:
    interactions = len(service.data(solution["datasetGroupArn"]).interactions)
    if interactions != solution["trainedOn"]:
        solution.fields["trainedOn"] = interactions
        solution_versions.start_training(service, solution, {}, mode="FULL", training_type="AUTOMATIC")


def training_days(config: Mapping[str, Any]) -> int:
    """Days from one automatic training to the next, by a solution's configuration."""
    expression = config.get("autoTrainingConfig", {}).get("schedulingExpression", "rate(7 days)")
    return int(re.search(r"\d+", expression)[0])
