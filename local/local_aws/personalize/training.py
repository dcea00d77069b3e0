"""Training: which interactions count for a solution, the model fitted to them, and its offline metrics."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.personalize.data.dataset_group import catalogue
from local_aws.personalize.data.interactions import Columns
from local_aws.personalize.errors import JobFailedError
from local_aws.personalize.recipes import RECIPES
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import SOLUTION, SOLUTION_VERSION
from local_aws.personalize.service import Service
from local_aws.personalize.statuses import ACTIVE, CREATE_IN_PROGRESS, CREATE_PENDING
from local_aws.personalize.training_process import TrainingJob, fit, train_in_process
from local_aws.recommender import Event, Interactions, Items, Settings

_HOLD_SECONDS = 0.05  # how often a training that is held on demand looks whether it may go on


@dataclass(frozen=True)
class EventFilter:
    """Which events a solution learns from: `thresholds` by event type in lower case; None: every type."""

    thresholds: Mapping[str, float | None] | None = None

    @classmethod
    def of(cls, version: Mapping[str, Any]) -> "EventFilter":
        """From a solution version's eventType, eventValueThreshold and eventsConfig."""
        config = version.get("solutionConfig") or {}
        if listed := config.get("eventsConfig", {}).get("eventParametersList"):
            return cls({event.get("eventType", "").lower(): event.get("eventValueThreshold") for event in listed})
        if event_type := version.get("eventType"):
            threshold = config.get("eventValueThreshold")
            return cls({event_type.lower(): float(threshold) if threshold else None})
        return cls()

    def keeps(self, event_type: str | None, value: float | None) -> bool:
        """Whether an event of this type and value counts."""
        if self.thresholds is None:
            return True
        if (event_type or "").lower() not in self.thresholds:
            return False
        threshold = self.thresholds[(event_type or "").lower()]
        return threshold is None or (value is not None and value >= threshold)

    def of_history(self, history: Sequence[Event]) -> list[Event]:
        """The events that count."""
        return [event for event in history if self.keeps(event.event_type, event.event_value)]

    def of_columns(self, columns: Columns) -> Interactions:
        """The interactions to train on: of known users (no anonymous session) with items, of events that count."""
        rows = [
            row
            for row, (user, item) in enumerate(zip(columns.users, columns.items, strict=True))
            if user is not None and item is not None and self.keeps(columns.types[row], columns.values[row])
        ]
        return Interactions(
            user_ids=[columns.users[row] for row in rows],
            item_ids=[columns.items[row] for row in rows],
            timestamps=[columns.times[row] for row in rows],
            event_types=[columns.types[row] for row in rows],
            event_values=[columns.values[row] for row in rows],
        )


def train_version(service: Service, version: Resource) -> dict[str, Any]:
    """Fit, measure and keep the model of a solution version; returns its trainingHours and metrics.

    Raises JobFailedError with the reason where the data does not allow it, or a fault asked for it.
    """
    started = time.monotonic()
    with service.lock:
        solution = service.store.get(version["solutionArn"], SOLUTION)
        catalogue_version = service.data(solution["datasetGroupArn"]).items.version
        records = item_records(service, solution)
    service.use_key(solution["datasetGroupArn"], "kms:Decrypt")
    _stay_held(service, solution, version)
    if reason := service.faults.take_failure("failNextTraining", solution["name"]):
        raise JobFailedError(reason)
    if version["trainingMode"] == "UPDATE":
        model, metrics = _update(service, version, records)
    else:
        model, metrics = _fit(service, version, records)
    service.models.put(version.arn, model)
    hours = (time.monotonic() - started) / 3600
    return {"trainingHours": hours, "metrics": metrics, "catalogueVersion": catalogue_version}


def _stay_held(service: Service, solution: Resource, version: Resource) -> None:
    while service.faults.holds("holdTrainings", solution["name"]):
        if service.status(version) not in (CREATE_PENDING, CREATE_IN_PROGRESS):
            raise JobFailedError("The training was stopped.")
        time.sleep(_HOLD_SECONDS)


def item_records(service: Service, solution: Resource) -> Items | None:
    """The item catalogue as the solution may see it, or None without an Items dataset."""
    schema = service.schema_of(solution["datasetGroupArn"], "Items")
    if schema is None:
        return None
    config = (solution.get("solutionConfig") or {}).get("trainingDataConfig", {})
    excluded = frozenset(config.get("excludedDatasetColumns", {}).get("Items", ()))
    return catalogue(service.data(solution["datasetGroupArn"]).items.snapshot(), schema, excluded)


def _fit(service: Service, version: Resource, items: Items | None) -> tuple[bytes, dict[str, float]]:
    columns = service.data(version["datasetGroupArn"]).interactions.columns()
    job = TrainingJob(EventFilter.of(version.fields).of_columns(columns), items, _settings(version))
    if service.settings.training_process:
        fitted = train_in_process(job, lambda: service.status(version) not in SOLUTION_VERSION.statuses[:2])
    else:
        fitted = fit(job)
    return fitted.model, fitted.metrics


def _update(service: Service, version: Resource, items: Items | None) -> tuple[bytes, dict[str, float]]:
    with service.lock:
        former = newest_active_version(service, version["solutionArn"])
    if former is None:
        raise JobFailedError("There is no ACTIVE solution version to update.")
    model = service.models.get(former.arn)
    return (model.with_items(items) if items else model).to_bytes(), former["metrics"]


def newest_active_version(service: Service, solution_arn: str) -> Resource | None:
    """The solution's newest ACTIVE version."""
    versions = service.store.all(SOLUTION_VERSION, solutionArn=solution_arn)
    return next((version for version in reversed(versions) if service.status(version) == ACTIVE), None)


def _settings(version: Resource) -> Settings:
    config = version.get("solutionConfig") or {}
    listed = config.get("eventsConfig", {}).get("eventParametersList", ())
    weights = {event["eventType"]: event["weight"] for event in listed if "weight" in event and "eventType" in event}
    recipe = RECIPES[version["recipeArn"]]
    return Settings(
        recipe=recipe.trains_as or "user-personalization",
        hyperparameters=dict(recipe.hyperparameters) | config.get("algorithmHyperParameters", {}),
        event_type_weights=weights or None,
    )
