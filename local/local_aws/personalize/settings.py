"""The settings of the local Amazon Personalize."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from local_aws.personalize.worker_pool import WorkerPool


@dataclass(frozen=True)
class Quotas:
    """The default service quotas (developer guide, "Amazon Personalize endpoints and quotas")."""

    dataset_groups: int = 500
    schemas: int = 500
    solutions_per_group: int = 10
    campaigns_per_group: int = 5
    recommenders: int = 15
    filters_per_group: int = 10
    filter_fields_per_group: int = 10
    pending_import_jobs: int = 5
    pending_solution_versions: int = 20
    tags_per_resource: int = 50
    minimum_import_interactions: int = 1000
    history_events: int = 200


@dataclass(frozen=True)
class PersonalizeSettings:
    """How fast the local service is, and where it stores its models.

    Attributes:
        step_seconds: How long a resource stays in each transitional status (CREATE PENDING, DELETE IN_PROGRESS, ...).
            With 0 these statuses are skipped. The time of real work (imports, trainings) is added.
        day_seconds: Length of a day for automatic training, so that a test can observe "every 7 days".
        item_update_seconds: How long a campaign serves before it includes items that were added after its training. In
            the real service it is two hours.
        event_interactions_dataset: Whether an event tracker comes with the dataset EVENT_INTERACTIONS, which no program
            made and which must be deleted before the dataset group. The real service has it in some accounts.
        job_workers: How many imports, trainings and other jobs run at a time.
        training_process: Whether each training runs in a process of its own.
        model_dir: Where trained models are stored. By default it is a temporary directory.
        clock: Returns epoch seconds.
        workers: Makes a pool for that many tasks at a time. Tests with a manual clock replace both
            (local_aws.testing.manual_clock).
    """

    step_seconds: float = 0.2
    day_seconds: float = 86_400.0
    item_update_seconds: float = 1.0
    event_interactions_dataset: bool = False
    job_workers: int = 2
    training_process: bool = True
    model_dir: Path | None = None
    quotas: Quotas = field(default_factory=Quotas)
    clock: Callable[[], float] = time.time
    workers: Callable[[int], WorkerPool] = WorkerPool

    @classmethod
    def from_environment(cls) -> "PersonalizeSettings":
        """Read LOCAL_PERSONALIZE_STEP_SECONDS, ..._DAY_SECONDS, ..._ITEM_UPDATE_SECONDS and ..._EVENT_DATASET.

        Raises:
            ValueError: A value is not a number.
        """
        return cls(
            step_seconds=_read_seconds("STEP_SECONDS", cls.step_seconds),
            day_seconds=_read_seconds("DAY_SECONDS", cls.day_seconds),
            item_update_seconds=_read_seconds("ITEM_UPDATE_SECONDS", cls.item_update_seconds),
            event_interactions_dataset=os.environ.get("LOCAL_PERSONALIZE_EVENT_DATASET") == "true",
        )


def _read_seconds(name: str, default: float) -> float:
    text = os.environ.get(f"LOCAL_PERSONALIZE_{name}")
    return float(text) if text else default
