"""What a solution adds to the utility of items: an attribute to optimize for, the context, and the kind of user.

Sources: developer guide, "Optimizing a solution for an additional objective", "Increasing the relevance of
recommendations with contextual metadata" and "User metadata". How much each counts is not documented and chosen here.
"""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Any

import numpy as np

SENSITIVITIES = {"OFF": 0.0, "LOW": 0.3, "MEDIUM": 0.8, "HIGH": 2.0}
"""What one standard deviation of the attribute adds to the log-odds of an item."""

_MAXIMUM_DEVIATIONS = 3.0
_CONTEXT_SMOOTHING = 20.0
_CONTEXT_WEIGHT = 0.5
_USER_EVENTS = 10.0
"""With so many events of their own, the metadata of users count half."""
_PREFERRED_ITEMS = 200

Utilities = Mapping[str, float]


def objective_utilities(records: Mapping[str, Mapping[str, Any]], config: Mapping[str, Any]) -> Utilities:
    """Return what the optimizationObjective of a solution adds to each item that has the attribute."""
    objective = config.get("optimizationObjective") or {}
    weight = SENSITIVITIES[objective.get("objectiveSensitivity", "OFF")]
    column = objective.get("itemAttribute", "")
    values = {item: float(record[column]) for item, record in records.items() if record.get(column) is not None}
    if not weight or not values:
        return {}
    mean, deviation = float(np.mean(list(values.values()))), float(np.std(list(values.values()))) or 1.0
    limit = _MAXIMUM_DEVIATIONS
    return {item: weight * max(-limit, min(limit, (value - mean) / deviation)) for item, value in values.items()}


class ContextStatistics:
    """How much more often than usual the users interacted with each item in each context."""

    def __init__(self, interactions: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Learn from the item and the other columns of each interaction."""
        self._items: Counter[str] = Counter()
        self._values: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for item, columns in interactions:
            self._items[item] += 1
            for name, value in columns.items():
                self._values[name, str(value)][item] += 1

    def utilities(self, context: Mapping[str, str]) -> Utilities:
        """Return what a context (values by column name) adds to each item that was used in it, or rarely was."""
        total = sum(self._items.values())
        added: dict[str, float] = defaultdict(float)
        for name, value in context.items():
            seen = self._values.get((name, value), Counter())
            share = sum(seen.values()) / max(total, 1)
            for item, count in self._items.items():
                ratio = (seen[item] + _CONTEXT_SMOOTHING * share) / ((count + _CONTEXT_SMOOTHING) * share or 1.0)
                added[item] += _CONTEXT_WEIGHT * math.log(ratio) if share else 0.0
        return added


@dataclass(frozen=True)
class UserStatistics:
    """What users with the same metadata interact with more often than others.

    `edges` are the quartiles of each numerical column. The more events a user has, the less the metadata count.
    """

    statistics: ContextStatistics
    edges: Mapping[str, Sequence[float]]
    columns: frozenset[str]
    _known: dict[frozenset[tuple[str, str]], Utilities] = field(default_factory=dict)

    @classmethod
    def of(
        cls, records: Mapping[str, Mapping[str, Any]], columns: Collection[str], interactions: Iterable[tuple[str, str]]
    ) -> "UserStatistics":
        """Learn from the `columns` of the users' records, and the user and the item of each interaction."""
        edges = {name: found for name in columns if (found := _quartiles(records.values(), name))}
        kinds = {user: _kind(record, columns, edges) for user, record in records.items()}
        return cls(
            ContextStatistics((item, kinds[user]) for user, item in interactions if user in kinds),
            edges,
            frozenset(columns),
        )

    def utilities(self, record: Mapping[str, Any], events: int) -> Utilities:
        """Return what the metadata of a user with so many events add to each item."""
        weight = _USER_EVENTS / (_USER_EVENTS + events)
        return {item: weight * value for item, value in self._preferred(record).items()}

    def _preferred(self, record: Mapping[str, Any]) -> Utilities:
        """Return what the items get that users of the same kind prefer the most. It is computed once for each kind."""
        kind = _kind(record, self.columns, self.edges)
        key = frozenset(kind.items())
        if key not in self._known:
            positive = [(value, item) for item, value in self.statistics.utilities(kind).items() if value > 0]
            self._known[key] = {item: value for value, item in nlargest(_PREFERRED_ITEMS, positive)}
        return self._known[key]


def _quartiles(records: Iterable[Mapping[str, Any]], name: str) -> list[float]:
    values = [record[name] for record in records if isinstance(record.get(name), (int, float))]
    return list(np.quantile(values, (0.25, 0.5, 0.75))) if values else []


def _kind(record: Mapping[str, Any], columns: Iterable[str], edges: Mapping[str, Sequence[float]]) -> dict[str, str]:
    """Return the values of the columns as texts, of a number its quarter."""
    given = {name: record[name] for name in columns if record.get(name) is not None}
    return {name: str(bisect_left(edges[name], value) if name in edges else value) for name, value in given.items()}


def add(*parts: Utilities) -> Utilities:
    """Return the sum of what several add to each item."""
    total: dict[str, float] = defaultdict(float)
    for part in parts:
        for item, value in part.items():
            total[item] += value
    return total
