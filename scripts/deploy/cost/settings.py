"""The settings of an environment that decide on its cost, read from its Terraform variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scripts.common.tfvars import Configuration

# The modules' defaults where the root module's variable is null; a test compares them with the modules.
MODULE_DEFAULTS = {
    "batch_size": 100,
    "batching_window_seconds": 1,
    "raw_events": 730,
    "buffering_seconds": 300,
    "memory_size": 256,
    "schedule_expression": "cron(0 3 * * ? *)",
    "minimum_new_interactions": 1000,
}
BATCH_SCHEDULE = "cron(0 6 ? * MON *)"  # the default of modules/batch
_FOR_BROWSERS = ("create_visitor", "identify_visitor")
_UNITS = {"minute": 30 * 24 * 60, "hour": 30 * 24, "day": 30}  # of a month


@dataclass(frozen=True)
class Model:
    """One model: its recipe's generation, what is provisioned, and its training budget (hours a month or None).

    `compared`: each training of the model has one of Popularity-Count beside it.
    """

    v2: bool
    minimum_tps: float
    minimum_new_interactions: float
    training_hours: float | None
    compared: bool = False


@dataclass(frozen=True)
class Function:
    """Memory in GB, executions kept warm, and whether environments start from a snapshot."""

    memory: float
    provisioned: int
    snap_start: bool = False


@dataclass(frozen=True)
class Settings:
    """All settings that the estimate uses; units are in the names."""

    models: Mapping[str, Model]
    functions: Mapping[str, Function]
    runs_per_month: float
    stream_retention_hours: float
    batch_size: float
    batching_window_seconds: float
    buffering_seconds: float
    history_ttl_days: float
    raw_events_days: float
    log_retention_days: float
    point_in_time_recovery: bool
    architecture: str
    alarms: bool
    site: bool = False
    browsers: bool = False
    batches_per_month: float = 0.0
    functions_with_experiments: int = 0
    experiments: int = 0

    @classmethod
    def read(cls, configuration: Configuration) -> Settings:
        """Return the settings in the variables and the local `functions`."""
        variables = configuration.variables
        mapping, retraining = variables["stream_mapping"], variables.get("retraining") or {}
        new = _value(retraining, "minimum_new_interactions")
        browsers = variables.get("browser_api") is not None
        return cls(
            models={name: _model(model, new) for name, model in variables["models"].items()},
            functions={
                name: _function(it)
                for name, it in configuration.locals["functions"].items()
                if browsers or name not in _FOR_BROWSERS
            },
            runs_per_month=0.0
            if retraining.get("enabled") is False
            else count_runs(_value(retraining, "schedule_expression")),
            stream_retention_hours=variables["stream"]["retention_hours"],
            batch_size=_value(mapping, "batch_size"),
            batching_window_seconds=_value(mapping, "batching_window_seconds"),
            buffering_seconds=_value(variables["firehose"], "buffering_seconds"),
            history_ttl_days=variables["history_ttl_days"],
            raw_events_days=_value(variables["retention_days"], "raw_events"),
            log_retention_days=variables["log_retention_days"],
            point_in_time_recovery=variables["point_in_time_recovery"],
            architecture=variables["lambda_architecture"],
            alarms=(variables.get("alarms") or {}).get("enabled") is not False,
            site=variables.get("site") is not None,
            browsers=browsers,
            batches_per_month=_batches(variables.get("batch")),
            functions_with_experiments=_count_functions(variables.get("experiments") or {}),
            experiments=len(variables.get("experiments") or {}),
        )


def _value(of: Mapping[str, Any], name: str) -> Any:
    """Return the value, or the module's default for null."""
    value = of.get(name)
    return MODULE_DEFAULTS[name] if value is None else value


def _batches(batch: Mapping[str, Any] | None) -> float:
    if batch is None:
        return 0.0
    return count_runs(batch.get("schedule_expression") or BATCH_SCHEDULE)


def _count_functions(experiments: Mapping[str, Mapping[str, Any]]) -> int:
    """Return how many functions have an experiment."""
    return len({one.get("function") or "recommend" for one in experiments.values()})


def _model(model: Mapping[str, Any], new_interactions: float) -> Model:
    own = model.get("minimum_new_interactions")
    return Model(
        v2=model["recipe"].endswith("-v2"),
        minimum_tps=model["minimum_provisioned_tps"],
        minimum_new_interactions=new_interactions if own is None else own,
        training_hours=model.get("monthly_training_hours"),
        compared=(model.get("gate") or {}).get("compare_with_popularity") is True,
    )


def _function(settings: Mapping[str, Any]) -> Function:
    return Function(
        memory=_value(settings, "memory_size") / 1024,
        provisioned=settings.get("provisioned_concurrency") or 0,
        snap_start=settings.get("snap_start") is True,
    )


def count_runs(schedule: str) -> float:
    """Return how often a month an EventBridge schedule starts; one that cannot be parsed counts as daily."""
    rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", schedule)
    if rate:
        return _UNITS[rate[2]] / int(rate[1])
    cron = re.fullmatch(r"cron\((\S+) (\S+) (\S+) \S+ (\S+) \S+\)", schedule)
    if not cron:
        return 30.0
    minutes, hours, days, weekdays = cron.groups()
    on_days = _days(weekdays) * 30 / 7 if weekdays not in ("?", "*") else _times(days, 30)
    return _times(minutes, 60) * _times(hours, 24) * on_days


def _times(field: str, every: int) -> float:
    """Return how many values a cron field selects, of `every` possible ones."""
    if field in ("*", "?"):
        return every
    if "/" in field:
        return every / int(field.partition("/")[2])
    return sum(_span(part) for part in field.split(","))


def _span(part: str) -> int:
    first, _, last = part.partition("-")
    return int(last) - int(first) + 1 if last and first.isdigit() and last.isdigit() else 1


def _days(weekdays: str) -> float:
    """Return how many days of a week a cron field selects, by number or by name (MON-FRI)."""
    names = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
    return _times(re.sub(r"[A-Z]{3}", lambda name: str(names.index(name[0]) + 1), weekdays), 7)
