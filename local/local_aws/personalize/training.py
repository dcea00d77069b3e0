"""Train solution versions: select the interactions, fit the model and compute its offline metrics."""

import math
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from local_aws.personalize.action_model import ActionModel
from local_aws.personalize.data.dataset_group import to_items
from local_aws.personalize.data.interactions import Columns
from local_aws.personalize.errors import JobFailedError
from local_aws.personalize.events_config import event_parameters, metric_weights, relative_weights
from local_aws.personalize.feature_transformation import transform
from local_aws.personalize.hpo import candidates
from local_aws.personalize.item_limit import limit_items
from local_aws.personalize.item_utilities import objective_utilities
from local_aws.personalize.offline_metrics import SolutionMetrics, newest_types
from local_aws.personalize.recipes import RECIPES
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import SOLUTION, SOLUTION_VERSION
from local_aws.personalize.semantic_model import SemanticModel
from local_aws.personalize.service import Service
from local_aws.personalize.statuses import (
    ACTIVE,
    CREATE_STOPPED,
    CREATE_STOPPING,
    DELETE_IN_PROGRESS,
    DELETE_PENDING,
    DELETED,
)
from local_aws.personalize.training_process import TrainedModel, TrainingJob, fit, train_in_subprocess
from local_aws.personalize.trends import ACCURACY, prediction_accuracy, trend_seconds
from local_aws.recommender import Event, Interactions, Items, Settings

METRIC_DIGITS = 4
_STOPPED = (CREATE_STOPPING, CREATE_STOPPED, DELETE_PENDING, DELETE_IN_PROGRESS, DELETED)
_HOLD_SECONDS = 0.05  # between two checks whether a fault still holds a training


@dataclass(frozen=True)
class EventFilter:
    """Which events a solution is trained on: `thresholds` by event type in lower case, or None for every type."""

    thresholds: Mapping[str, float | None] | None = None

    @classmethod
    def from_version(cls, version: Mapping[str, Any]) -> "EventFilter":
        """Read eventType, eventValueThreshold and eventsConfig of a solution version.

        Events that weigh nothing are not used. A use case of a domain may be trained on one event type.
        """
        recipe = RECIPES.get(version.get("recipeArn", ""))
        if recipe and recipe.event_type:
            return cls({recipe.event_type.lower(): None})
        config = version.get("solutionConfig") or {}
        if listed := event_parameters(config):
            used = [event for event in listed if event.get("weight") != 0]
            return cls({event["eventType"].lower(): event.get("eventValueThreshold") for event in used})
        if event_type := version.get("eventType"):
            threshold = config.get("eventValueThreshold")
            return cls({event_type.lower(): float(threshold) if threshold else None})
        return cls()

    def keeps(self, event_type: str | None, value: float | None) -> bool:
        """Return whether an event of this type and value is used."""
        if self.thresholds is None:
            return True
        if (event_type or "").lower() not in self.thresholds:
            return False
        threshold = self.thresholds[(event_type or "").lower()]
        return threshold is None or (value is not None and value >= threshold)

    def filter_history(self, history: Sequence[Event]) -> list[Event]:
        """Return the events that are used."""
        return [event for event in history if self.keeps(event.event_type, event.event_value)]

    def filter_columns(self, columns: Columns) -> Interactions:
        """Return the interactions to train on: events that are used, of known users, with an item.

        Events of anonymous sessions are left out.
        """
        rows = [
            row
            for row, (user, item) in enumerate(zip(columns.users, columns.items, strict=True))
            if user is not None and item is not None and self.keeps(columns.types[row], columns.values[row])
        ]
        return Interactions(
            user_ids=cast(list[str], [columns.users[row] for row in rows]),
            item_ids=cast(list[str], [columns.items[row] for row in rows]),
            timestamps=[columns.times[row] for row in rows],
            event_types=[columns.types[row] for row in rows],
            event_values=[columns.values[row] for row in rows],
        )


def train_version(service: Service, version: Resource) -> dict[str, Any]:
    """Fit, evaluate and store the model of a solution version, and return its trainingHours and metrics.

    Raises:
        JobFailedError: The data are not sufficient, or a fault was set.
    """
    with service.lock:
        solution = service.store.get(version["solutionArn"], SOLUTION)
    return train(service, version, solution)


def train(service: Service, version: Resource, solution: Resource) -> dict[str, Any]:
    """Train a version with the settings of its solution. A recommender is both.

    Raises:
        JobFailedError: The data are not sufficient, or a fault was set.
    """
    started = time.monotonic()
    with service.lock:
        catalogue_version = service.data(solution["datasetGroupArn"]).items.version
        items = training_items(service, solution)
    service.use_key(solution["datasetGroupArn"], "kms:Decrypt")
    _wait_while_held(service, solution, version)
    if reason := service.faults.take_failure("failNextTraining", solution["name"]):
        raise JobFailedError(reason)
    if version.get("trainingMode") == "UPDATE":
        trained = _update(service, version, items)
    elif RECIPES[version["recipeArn"]].recipe_type == "PERSONALIZED_ACTIONS":
        trained = _fit_actions(service, version)
    elif RECIPES[version["recipeArn"]].semantic:
        trained = _fit_semantics(service, version, items)
    else:
        trained = _fit(service, version, items)
    service.models.put(version.arn, trained.model)
    hours = (time.monotonic() - started) / 3600
    rounded = {name: round(value, METRIC_DIGITS) for name, value in trained.metrics.items()}
    members = {"trainingHours": hours, "metrics": rounded, "catalogueVersion": catalogue_version}
    if version.get("performHPO"):
        members["tunedHPOParams"] = {"algorithmHyperParameters": dict(trained.hyperparameters)}
    return members


def _wait_while_held(service: Service, solution: Resource, version: Resource) -> None:
    while service.faults.holds("holdTrainings", solution["name"]):
        if service.status(version) in _STOPPED:
            raise JobFailedError("The training was stopped.")
        time.sleep(_HOLD_SECONDS)


def training_items(service: Service, solution: Resource) -> Items | None:
    """Return the item catalogue without the columns that the solution excludes, or None without an Items dataset."""
    schema = service.schema_of(solution["datasetGroupArn"], "Items")
    if schema is None:
        return None
    excluded = unused_columns(service, solution).get("Items", frozenset())
    return to_items(service.data(solution["datasetGroupArn"]).items.snapshot(), schema, excluded)


def unused_columns(service: Service, solution: Resource) -> dict[str, frozenset[str]]:
    """Return the columns that the trainingDataConfig of a solution excludes, or does not include, by dataset type."""
    config = (solution.get("solutionConfig") or {}).get("trainingDataConfig", {})
    excluded = {kind: frozenset(names) for kind, names in config.get("excludedDatasetColumns", {}).items()}
    for kind, included in config.get("includedDatasetColumns", {}).items():
        schema = service.schema_of(solution["datasetGroupArn"], kind)
        names = {field.name for field in schema.fields} if schema else set()
        excluded[kind] = excluded.get(kind, frozenset()) | (names - set(included))
    return excluded


def _fit(service: Service, version: Resource, items: Items | None) -> TrainedModel:
    recipe, config = RECIPES[version["recipeArn"]], version.get("solutionConfig") or {}
    interactions = _interactions(service, version, config)
    tried = candidates(recipe, config) if version.get("performHPO") else ()
    interactions, items = limit_items(interactions, items, recipe.maximum_items)
    settings = _settings(version, interactions.event_types or ())
    metrics, segments = _metrics(service, version, interactions), recipe.recipe_type == "USER_SEGMENTATION"
    job = TrainingJob(interactions, items, settings, tried, metrics, segments)
    if service.settings.training_process:
        trained = train_in_subprocess(job, lambda: service.status(version) in _STOPPED)
    else:
        trained = fit(job)
    if recipe.trends:
        seconds = trend_seconds(config.get("featureTransformationParameters", {}))
        trained.metrics[ACCURACY] = prediction_accuracy(interactions, seconds)
    return trained


def _interactions(service: Service, version: Resource, config: Mapping[str, Any]) -> Interactions:
    columns = service.data(version["datasetGroupArn"]).interactions.columns()
    used = EventFilter.from_version(version.fields).filter_columns(columns)
    unused = unused_columns(service, version).get("Interactions", ())
    if "EVENT_TYPE" in unused:
        used = replace(used, event_types=None)
    if "EVENT_VALUE" in unused:
        used = replace(used, event_values=None)
    return transform(used, config.get("featureTransformationParameters", {}))


def _metrics(service: Service, version: Resource, interactions: Interactions) -> SolutionMetrics | None:
    """Return what is measured for a solution with an objective or an events configuration, else None."""
    config = version.get("solutionConfig") or {}
    objective = config.get("optimizationObjective") or {}
    if weights := metric_weights(config):
        return SolutionMetrics(weights=weights, types=newest_types(interactions))
    if not objective.get("itemAttribute"):
        return None
    records = service.data(version["datasetGroupArn"]).items.snapshot()
    rewards = {item: record.get(objective["itemAttribute"]) for item, record in records.items()}
    numbers = {item: float(reward) for item, reward in rewards.items() if reward is not None}
    return SolutionMetrics(rewards=numbers, added=objective_utilities(records, config))


def _fit_actions(service: Service, version: Resource) -> TrainedModel:
    data = service.data(version["datasetGroupArn"])
    model = ActionModel.fit(data.action_interactions.between(-math.inf, math.inf))
    return TrainedModel(model.to_bytes(), {"coverage": len(model.shares) / max(len(data.actions), 1)}, {})


def _fit_semantics(service: Service, version: Resource, items: Items | None) -> TrainedModel:
    interactions = _interactions(service, version, version.get("solutionConfig") or {})
    interactions, items = limit_items(interactions, items, RECIPES[version["recipeArn"]].maximum_items)
    if items is None or not len(items.item_ids):
        raise JobFailedError("There are no items to train with.")
    model = SemanticModel.fit(items, Counter(interactions.item_ids))
    described = sum(map(bool, model.words))
    return TrainedModel(model.to_bytes(), {"coverage": described / len(items.item_ids)}, {})


def _update(service: Service, version: Resource, items: Items | None) -> TrainedModel:
    with service.lock:
        previous = newest_active_version(service, version["solutionArn"])
    if previous is None:
        raise JobFailedError("There is no ACTIVE solution version to update.")
    model = service.models.get(previous.arn)
    updated = (model.with_items(items) if items else model).to_bytes()
    tuned = previous.get("tunedHPOParams", {}).get("algorithmHyperParameters", {})
    return TrainedModel(updated, previous["metrics"], tuned)


def newest_active_version(service: Service, solution_arn: str) -> Resource | None:
    """Return the solution's newest ACTIVE version, or None."""
    versions = service.store.all(SOLUTION_VERSION, solutionArn=solution_arn)
    return next((version for version in reversed(versions) if service.status(version) == ACTIVE), None)


def _settings(version: Resource, event_types: Sequence[str | None]) -> Settings:
    config = version.get("solutionConfig") or {}
    recipe = RECIPES[version["recipeArn"]]
    return Settings(
        recipe=recipe.trains_as or "user-personalization",
        hyperparameters=recipe.default_hyperparameters() | config.get("algorithmHyperParameters", {}),
        event_type_weights=relative_weights(config, event_types),
    )
