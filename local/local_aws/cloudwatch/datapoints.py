"""Metric data by minute, for the evaluation of alarms."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from moto.cloudwatch.models import CloudWatchBackend, Dimension, MetricAggregatedDatum, MetricDatum

MINUTE = 60


@dataclass(frozen=True)
class Metric:
    """The identity of a metric; dimensions as (name, value)."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Iterable[Dimension]) -> "Metric":
        """Return the identity of a metric of moto."""
        return cls(namespace, name, frozenset((str(one.name), str(one.value)) for one in dimensions))


@dataclass
class StatisticSet:
    """The data of some minutes. Percentiles count only single values, not statistic sets of a caller."""

    count: float = 0.0
    total: float = 0.0
    minimum: float = math.inf
    maximum: float = -math.inf
    values: list[float] = field(default_factory=list)

    def add_datum(self, datum: MetricDatum | MetricAggregatedDatum) -> None:
        """Add one datum."""
        if isinstance(datum, MetricDatum):
            self.values.append(datum.value)
            self._merge(1, datum.value, datum.value, datum.value)
        else:
            self._merge(datum.sample_count, datum.sum, datum.min, datum.max)

    def add(self, other: "StatisticSet", *, with_values: bool) -> None:
        """Add another set; its single values, which may be many, only for a percentile."""
        if with_values:
            self.values += other.values
        self._merge(other.count, other.total, other.minimum, other.maximum)

    def statistic(self, name: str) -> float | None:
        """Return Sum, SampleCount, Minimum, Maximum, Average or a percentile such as p99; None without data."""
        if not self.count:
            return None
        if name.startswith("p"):
            return _percentile(self.values, float(name[1:]))
        known = {"Sum": self.total, "SampleCount": self.count, "Minimum": self.minimum, "Maximum": self.maximum}
        return known.get(name, self.total / self.count)

    def _merge(self, count: float, total: float, minimum: float, maximum: float) -> None:
        self.count += count
        self.total += total
        self.minimum, self.maximum = min(self.minimum, minimum), max(self.maximum, maximum)


class MetricHistory:
    """All metrics of one account and region; each datum is read once, because moto only appends."""

    def __init__(self, backend: CloudWatchBackend) -> None:
        self._backend = backend
        self._read = 0
        self._minutes: dict[Metric, dict[int, StatisticSet]] = defaultdict(lambda: defaultdict(StatisticSet))

    def read_new(self) -> None:
        """Add the data that is new since the last call."""
        new = self._backend.metric_data[self._read :]
        self._read += len(new)
        for datum in new:
            metric = Metric.of(datum.namespace, datum.name, datum.dimensions)
            self._minutes[metric][int(_seconds(datum.timestamp) // MINUTE)].add_datum(datum)  # type: ignore[arg-type]

    def statistic(self, name: str, metric: Metric, first: int, after: int) -> float | None:
        """Return a statistic of a metric from minute `first` to before minute `after`, in epoch minutes."""
        found = StatisticSet()
        for minute, samples in self._minutes.get(metric, {}).items():
            if first <= minute < after:
                found.add(samples, with_values=name.startswith("p"))
        return found.statistic(name)


def _seconds(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _percentile(values: list[float], percent: float) -> float | None:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else None
