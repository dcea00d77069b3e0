"""Levers: settings that a reader can change to change the cost. Each is changed alone, the others stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from scripts.deploy.cost.components import ASKED_BY, Load, monthly
from scripts.deploy.cost.prices import Prices
from scripts.deploy.cost.settings import Settings

_WEEKLY = 30 / 7
_FEWER_DAYS = 90
_ONE_DAY = 24
_WIDER_WINDOW = 5
_LESS_MEMORY = 0.5


@dataclass(frozen=True)
class Lever:
    """A change of the tfvars: its text, and the settings after it."""

    what: str
    settings: Settings


def levers(settings: Settings) -> Iterator[Lever]:
    """Yield the levers that change these settings."""
    for what, change in _CHANGES.items():
        changed = change(settings)
        if changed != settings:
            yield Lever(what, changed)


def effects(lever: Lever, settings: Settings, loads: Sequence[Load], prices: Prices) -> list[float]:
    """Return the US dollars a month that the lever adds (or saves: negative) at each load."""
    return [
        sum(monthly(lever.settings, load, prices).values()) - sum(monthly(settings, load, prices).values())
        for load in loads
    ]


def _minimum_tps(settings: Settings, tps: float) -> Settings:
    models = {name: replace(model, minimum_tps=tps) for name, model in settings.models.items()}
    return replace(settings, models=models)


def _without(model: str, settings: Settings) -> Settings:
    left = {name: it for name, it in settings.models.items() if name != model}
    functions = {name: it for name, it in settings.functions.items() if name != ASKED_BY[model]}
    return replace(settings, models=left, functions=functions) if len(left) < len(settings.models) else settings


def _other_generation(settings: Settings) -> Settings:
    models = {name: replace(model, v2=not model.v2) for name, model in settings.models.items()}
    return replace(settings, models=models)


def _half_memory(settings: Settings) -> Settings:
    functions = {name: replace(it, memory=it.memory * _LESS_MEMORY) for name, it in settings.functions.items()}
    return replace(settings, functions=functions)


def _nothing_warm(settings: Settings) -> Settings:
    return replace(settings, functions={name: replace(it, provisioned=0) for name, it in settings.functions.items()})


def _no_snapshots(settings: Settings) -> Settings:
    functions = {name: replace(it, snap_start=False) for name, it in settings.functions.items()}
    return replace(settings, functions=functions)


_CHANGES: dict[str, Callable[[Settings], Settings]] = {
    "minimum_provisioned_tps = 1 for all models": lambda s: _minimum_tps(s, 1),
    **{f"no {model}": partial(_without, model) for model in ASKED_BY if model != "recommender"},
    "recipes of the other generation (-v2 or not)": _other_generation,
    "retraining weekly": lambda s: replace(s, runs_per_month=min(s.runs_per_month, _WEEKLY)),
    f"history_ttl_days = {_FEWER_DAYS}": lambda s: replace(s, history_ttl_days=min(s.history_ttl_days, _FEWER_DAYS)),
    "no point_in_time_recovery": lambda s: replace(s, point_in_time_recovery=False),
    f"retention_days.raw_events = {_FEWER_DAYS}": lambda s: replace(
        s, raw_events_days=min(s.raw_events_days, _FEWER_DAYS)
    ),
    f"stream.retention_hours = {_ONE_DAY}": lambda s: replace(s, stream_retention_hours=_ONE_DAY),
    f"batching_window_seconds = {_WIDER_WINDOW}, batch_size = 500": lambda s: replace(
        s,
        batching_window_seconds=max(s.batching_window_seconds, _WIDER_WINDOW),
        batch_size=max(s.batch_size, 500),
    ),
    "half the memory for all functions": _half_memory,
    "no provisioned_concurrency": _nothing_warm,
    "no snap_start": _no_snapshots,
    "arm64": lambda s: replace(s, architecture="arm64"),
    "log_retention_days = 14": lambda s: replace(s, log_retention_days=min(s.log_retention_days, 14)),
    "no alarms": lambda s: replace(s, alarms=False),
}
