"""What can be configured of the local Amazon Personalize."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from local_aws.personalize.worker_pool import WorkerPool

_FROM_ENVIRONMENT = ("step_seconds", "day_seconds", "item_update_seconds")


@dataclass(frozen=True)
class Quotas:
    """Service quotas by their documented defaults (developer guide, "Amazon Personalize endpoints and quotas")."""

    dataset_groups: int = 500
    schemas: int = 500
    solutions_per_group: int = 10
    campaigns_per_group: int = 5
    filters_per_group: int = 10
    filter_fields_per_group: int = 10
    pending_import_jobs: int = 5
    pending_solution_versions: int = 20
    tags_per_resource: int = 50
    minimum_import_interactions: int = 1000
    history_events: int = 200


@dataclass(frozen=True)
class PersonalizeSettings:
    """How fast the local service moves and where it keeps its models.

    `step_seconds`: how long a resource stays in each passing status (CREATE PENDING, DELETE IN_PROGRESS, ...); 0 skips
    them. Work that is real (imports, trainings) takes its own time on top.
    `day_seconds`: length of a day of the automatic-training clock, so that "every 7 days" can be seen in a test.
    `item_update_seconds`: how long a campaign serves before it learns of items added since its training (the real
    service: two hours).
    `heavy_workers`: how many imports, trainings and other jobs run at a time.
    `training_process`: whether each training has a process of its own.
    `model_dir`: where trained models are kept; a temporary directory when None.
    `clock`: epoch seconds; `workers`: makes the queue for that many jobs at a time. Tests that move the clock by hand
    replace both (local_aws.testing.manual_clock).
    """

    step_seconds: float = 0.2
    day_seconds: float = 86_400.0
    item_update_seconds: float = 1.0
    heavy_workers: int = 2
    training_process: bool = True
    model_dir: Path | None = None
    quotas: Quotas = field(default_factory=Quotas)
    clock: Callable[[], float] = time.time
    workers: Callable[[int], WorkerPool] = WorkerPool

    @classmethod
    def from_environment(cls) -> "PersonalizeSettings":
        """Read LOCAL_PERSONALIZE_STEP_SECONDS, ..._DAY_SECONDS and ..._ITEM_UPDATE_SECONDS."""
        named = {name: os.environ.get(f"LOCAL_PERSONALIZE_{name.upper()}") for name in _FROM_ENVIRONMENT}
        return cls(**{name: float(text) for name, text in named.items() if text})
