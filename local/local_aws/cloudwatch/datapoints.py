"""What CloudWatch was given, gathered by minute as alarms ask for it."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from moto.cloudwatch.models import CloudWatchBackend, Dimension, MetricAggregatedDatum, MetricDatum

MINUTE = 60


@dataclass(frozen=True)
class Metric:
    """A metric's name; dimensions as (name, value)."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Iterable[Dimension]) -> "Metric":
        """Return the name of moto's own parts."""
        return cls(namespace, name, frozenset((str(one.name), str(one.value)) for one in dimensions))


@dataclass
class Samples:
    """What was measured in some time. Percentiles know single values only, not statistics that a caller had made."""

    count: float = 0.0
    total: float = 0.0
    least: float = math.inf
    most: float = -math.inf
    values: list[float] = field(default_factory=list)

    def note(self, datum: MetricDatum | MetricAggregatedDatum) -> None:
        """Take one more into account."""
        if isinstance(datum, MetricDatum):
            self.values.append(datum.value)
            self._merge(1, datum.value, datum.value, datum.value)
        else:
            self._merge(datum.sample_count, datum.sum, datum.min, datum.max)

    def add(self, other: "Samples", *, with_values: bool) -> None:
        """Take others into account; their single values, which may be many, only for a percentile."""
        if with_values:
            self.values += other.values
        self._merge(other.count, other.total, other.least, other.most)

    def statistic(self, name: str) -> float | None:
        """Return Sum, SampleCount, Minimum, Maximum, Average or a percentile such as p99; None of nothing."""
        if not self.count:
            return None
        if name.startswith("p"):
            return _percentile(self.values, float(name[1:]))
        known = {"Sum": self.total, "SampleCount": self.count, "Minimum": self.least, "Maximum": self.most}
        return known.get(name, self.total / self.count)

    def _merge(self, count: float, total: float, least: float, most: float) -> None:
        self.count += count
        self.total += total
        self.least, self.most = min(self.least, least), max(self.most, most)


class Readings:
    """All metrics of one account and region; each datum is read once, since moto only ever appends."""

    def __init__(self, backend: CloudWatchBackend) -> None:
        self._backend = backend
        self._read = 0
        self._minutes: dict[Metric, dict[int, Samples]] = defaultdict(lambda: defaultdict(Samples))

    def read_on(self) -> None:
        """Take into account what has come since the last time."""
        new = self._backend.metric_data[self._read :]
        self._read += len(new)
        for datum in new:
            metric = Metric.of(datum.namespace, datum.name, datum.dimensions)
            self._minutes[metric][int(_seconds(datum.timestamp) // MINUTE)].note(datum)  # type: ignore[arg-type]

    def statistic(self, name: str, metric: Metric, first: int, after: int) -> float | None:
        """Return a statistic of a metric from minute `first` until before minute `after`, both counted since 1970."""
        found = Samples()
        for minute, samples in self._minutes.get(metric, {}).items():
            if first <= minute < after:
                found.add(samples, with_values=name.startswith("p"))
        return found.statistic(name)


def _seconds(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _percentile(values: list[float], percent: float) -> float | None:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else None
