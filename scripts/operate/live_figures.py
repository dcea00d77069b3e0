"""What visitors did with the lists of each model version: how many were looked at, and how many led to an outcome.

Lists are recorded for visitors of experiments only. A list counts for the version that was served when it was shown,
and an outcome for the list whose recommendation's id its event has. So these are rates of lists; an experiment
compares visitors, and the two are never combined (docs/does-it-help.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from animal_recommender.experiments.statistics import Tally, rate_interval
from scripts.common.terminal import running
from scripts.operate.deployed_models import DeployedModel
from scripts.operate.deployment import Deployment
from scripts.operate.query import connect_athena

QUERY, DAYS = "attribution", "7"
ALPHA = 0.05
BEFORE = "earlier"
"""The version of lists that were shown before the oldest promotion that the ledger knows."""


class ShownLists(NamedTuple):
    """Lists of one model in one hour: how many were shown, and how many of them led to each outcome."""

    model: str
    hour: datetime
    exposures: int
    viewed: int
    favored: int
    applied: int

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Exposures, and lists with a view, a favorite and an application."""
        return self.exposures, self.viewed, self.favored, self.applied


def read_shown_lists(deployment: Deployment) -> list[ShownLists]:
    """Return the lists of the last 30 days by model and hour; none if the deployment records none.

    Raises:
        TaskError: The query fails.
    """
    if deployment.names.get("experiments", "{}") == "{}":
        return []
    athena = connect_athena(deployment)
    with running("Counting what visitors did with the lists") as progress:
        rows = athena.read_rows(athena.run(athena.list_queries()[QUERY], [DAYS], progress))
        next(rows, None)
        return [_read(row) for row in rows]


def _read(row: Sequence[str]) -> ShownLists:
    _, model, hour, *counts = row
    exposures, viewed, favored, applied = map(int, counts)
    return ShownLists(model, datetime.fromisoformat(hour), exposures, viewed, favored, applied)


def sum_by_version(model: DeployedModel, lists: Iterable[ShownLists]) -> Mapping[str, tuple[int, ...]]:
    """Return the counts of a model's lists by version ARN, the newest version last.

    An hour in which the version changed counts for the version that was served at its beginning.
    """
    promotions = model.list_promotions()
    sums: dict[str, tuple[int, ...]] = {}
    for one in sorted((one for one in lists if one.model == model.name), key=lambda one: one.hour):
        version = next((arn for when, arn in reversed(promotions) if when <= one.hour), BEFORE)
        sums[version] = tuple(map(sum, zip(sums.get(version, (0, 0, 0, 0)), one.counts, strict=True)))
    return sums


def describe_versions(sums: Mapping[str, tuple[int, ...]]) -> list[tuple[str, str]]:
    """Return the figures of each version: pairs of its last part and the rates with their intervals."""
    return [(version.rpartition("/")[2], _describe(counts)) for version, counts in sums.items()]


def _describe(counts: tuple[int, ...]) -> str:
    exposures, *outcomes = counts
    names = ("clicked", "favorite", "applied")
    rates = [f"{name} {_rate(exposures, hits)}" for name, hits in zip(names, outcomes, strict=True)]
    return f"{exposures:,} lists: {', '.join(rates)}"


def _rate(exposures: int, hits: int) -> str:
    interval = rate_interval(Tally(exposures, hits), ALPHA)
    return f"{interval.estimate:.2%} ({interval.lower:.2%} to {interval.upper:.2%})"
