"""Automatic training. It is on by default. It trains within an hour, then every N days, and only if there is new data.

Source: developer guide, "Configuring automatic training". A manual training within the hour replaces the first one.
"""

import re
from collections.abc import Mapping
from typing import Any

from local_aws.personalize import solution_versions
from local_aws.personalize.recipes import RECIPES
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import SOLUTION, SOLUTION_VERSION
from local_aws.personalize.service import Service
from local_aws.personalize.statuses import ACTIVE


def schedule_training(service: Service, solution: Resource) -> None:
    """Schedule the first automatic training an hour from now. It replaces an earlier schedule of the solution."""
    solution.fields["trainingSchedule"] = schedule = solution.get("trainingSchedule", 0) + 1
    solution.fields.setdefault("trainedInteractions", 0)
    versions_before = len(service.store.all(SOLUTION_VERSION, solutionArn=solution.arn))
    hour = service.settings.day_seconds / 24
    service.light_workers.submit(lambda: _run_first(service, solution.arn, schedule, versions_before), hour)


def _run_first(service: Service, solution_arn: str, schedule: int, versions_before: int) -> None:
    with service.lock:
        skip = len(service.store.all(SOLUTION_VERSION, solutionArn=solution_arn)) > versions_before
    _run(service, solution_arn, schedule, skip=skip)


def _run(service: Service, solution_arn: str, schedule: int, *, skip: bool = False) -> None:
    with service.lock:
        solution = service.store.find(solution_arn, SOLUTION)
        if solution is None or solution["trainingSchedule"] != schedule or not solution["performAutoTraining"]:
            return
        if not skip and service.status(solution) == ACTIVE:
            _train_if_new_data(service, solution)
        delay = training_days(solution["solutionConfig"]) * service.settings.day_seconds
    service.light_workers.submit(lambda: _run(service, solution_arn, schedule), delay)


def _train_if_new_data(service: Service, solution: Resource) -> None:
    data = service.data(solution["datasetGroupArn"])
    interactions = len(data.interactions) + len(data.action_interactions)
    if RECIPES[solution["recipeArn"]].semantic:
        interactions += data.items.version
    if interactions != solution["trainedInteractions"]:
        solution.fields["trainedInteractions"] = interactions
        solution_versions.start_training(service, solution, {}, mode="FULL", training_type="AUTOMATIC")


def training_days(config: Mapping[str, Any]) -> int:
    """Return the days from one automatic training to the next, from the configuration of a solution."""
    expression = config.get("autoTrainingConfig", {}).get("schedulingExpression", "rate(7 days)")
    return int(re.findall(r"\d+", expression)[0])
