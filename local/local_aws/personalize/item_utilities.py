"""What a solution adds to the utility of items: an attribute to optimize for, and the context of a request.

Sources: developer guide, "Optimizing a solution for an additional objective" and "Increasing the relevance of
recommendations with contextual metadata". How much either counts is not documented and chosen here.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

SENSITIVITIES = {"OFF": 0.0, "LOW": 0.3, "MEDIUM": 0.8, "HIGH": 2.0}
"""What one standard deviation of the attribute adds to the log-odds of an item."""

_MAXIMUM_DEVIATIONS = 3.0
_CONTEXT_SMOOTHING = 20.0
_CONTEXT_WEIGHT = 0.5

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
