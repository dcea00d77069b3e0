"""Metric data by minute, as CloudWatch keeps it: for 15 days ("Metrics retention", CloudWatch user guide)."""

import math
import threading
import time
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from moto.cloudwatch.models import CloudWatchBackend, Dimension, MetricAggregatedDatum, MetricDatum, MetricDatumBase

from local_aws.retention import limits

MINUTE = 60
_KEPT_MINUTES = 15 * 24 * 60
_LARGEST_DELAY_MINUTES = 120  # a timestamp may be so far in the future


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

    def merge(self, count: float, total: float, minimum: float, maximum: float) -> None:
        """Add another set."""
        self.count += count
        self.total += total
        self.minimum, self.maximum = min(self.minimum, minimum), max(self.maximum, maximum)

    def statistic(self, name: str) -> float | None:
        """Return Sum, SampleCount, Minimum, Maximum, Average or a percentile such as p99; None without data."""
        if not self.count:
            return None
        if name.startswith("p"):
            return _percentile(self.values, float(name[1:]))
        known = {"Sum": self.total, "SampleCount": self.count, "Minimum": self.minimum, "Maximum": self.maximum}
        return known.get(name, self.total / self.count)


class Series:
    """The data of one metric in one unit: 40 bytes for each minute, and the newest single values."""

    def __init__(self, dimensions: list[Dimension]) -> None:
        self.dimensions = [{"Name": str(one.name), "Value": str(one.value)} for one in dimensions]
        self._minutes = array("q")
        # For each minute: number, sum, minimum, maximum.
        self._columns = tuple(array("d") for _ in range(4))
        self._values: dict[int, array[float]] = {}
        self._value_count = 0

    @property
    def is_empty(self) -> bool:
        """Whether no minute has data."""
        return not self._minutes

    @property
    def newest(self) -> int:
        """The last minute with data."""
        return self._minutes[-1]

    def add(self, minute: int, count: float, total: float, minimum: float, maximum: float) -> None:
        """Add a statistic set."""
        index = self._index(minute)
        counts, totals, minimums, maximums = self._columns
        counts[index] += count
        totals[index] += total
        minimums[index] = min(minimums[index], minimum)
        maximums[index] = max(maximums[index], maximum)

    def add_value(self, minute: int, value: float) -> None:
        """Add a single value."""
        self.add(minute, 1, value, value, value)
        while self._value_count >= limits().metric_values and self._values.keys() - {minute}:
            self._value_count -= len(self._values.pop(min(self._values.keys() - {minute})))
        if self._value_count < limits().metric_values:
            self._values.setdefault(minute, array("d")).append(value)
            self._value_count += 1

    def remove_before(self, minute: int) -> None:
        """Remove the data before a minute."""
        if self._minutes and self._minutes[0] < minute:
            index = bisect_left(self._minutes, minute)
            del self._minutes[:index]
            for column in self._columns:
                del column[:index]

    def sets(self, first: int, after: int) -> Iterator[tuple[int, float, float, float, float]]:
        """Yield minute, number, sum, minimum and maximum from minute `first` to before minute `after`."""
        start, end = bisect_left(self._minutes, first), bisect_left(self._minutes, after)
        yield from zip(self._minutes[start:end], *(column[start:end] for column in self._columns), strict=True)

    def values(self, first: int, after: int) -> Iterator[float]:
        """Yield the single values of these minutes that are still kept."""
        for minute, values in self._values.items():
            if first <= minute < after:
                yield from values

    def _index(self, minute: int) -> int:
        """Return the row of a minute, which is added if it is missing."""
        index = bisect_left(self._minutes, minute)
        if index == len(self._minutes) or self._minutes[index] != minute:
            self._minutes.insert(index, minute)
            for column, empty in zip(self._columns, (0.0, 0.0, math.inf, -math.inf), strict=True):
                column.insert(index, empty)
        return index


class MetricData:
    """All metrics of one account and region; thread safe. Takes the place of moto's list of all data."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._metrics: dict[Metric, dict[str | None, Series]] = {}
        self._newest = 0

    def append(self, datum: MetricDatumBase) -> None:
        """Add one datum of moto."""
        metric = Metric.of(datum.namespace, datum.name, datum.dimensions)
        minute = int(_seconds(datum.timestamp) // MINUTE)
        with self._lock:
            units = self._metrics.setdefault(metric, {})
            series = units.get(datum.unit) or units.setdefault(datum.unit, Series(datum.dimensions))
            if isinstance(datum, MetricDatum):
                series.add_value(minute, datum.value)
            elif isinstance(datum, MetricAggregatedDatum):
                series.add(minute, datum.sample_count, datum.sum, datum.min, datum.max)
            self._remove_old(minute)

    def statistic(self, name: str, metric: Metric, first: int, after: int) -> float | None:
        """Return a statistic of a metric from minute `first` to before minute `after`, in epoch minutes."""
        found = StatisticSet()
        with self._lock:
            for series in self._metrics.get(metric, {}).values():
                for _, *figures in series.sets(first, after):
                    found.merge(*figures)
                if name.startswith("p"):
                    found.values += series.values(first, after)
        return found.statistic(name)

    def between(self, start: datetime, end: datetime, names: Collection[tuple[str, str]]) -> list[MetricDatumBase]:
        """Return a datum for each minute of the metrics with these namespaces and names; of all without names."""
        first, after = int(_seconds(start) // MINUTE), math.ceil(_seconds(end) / MINUTE)
        with self._lock:
            return [
                _datum(metric, unit, series, figures)
                for metric, unit, series in self._series()
                if not names or (metric.namespace, metric.name) in names
                for figures in series.sets(first, after)
            ]

    def newest(self) -> list[MetricDatumBase]:
        """Return one datum of each metric."""
        with self._lock:
            return [
                _datum(metric, unit, series, figures)
                for metric, unit, series in self._series()
                for figures in series.sets(series.newest, series.newest + 1)
            ]

    def _series(self) -> Iterator[tuple[Metric, str | None, Series]]:
        for metric, units in self._metrics.items():
            for unit, series in units.items():
                yield metric, unit, series

    def _remove_old(self, minute: int) -> None:
        """Remove what is older than 15 days; does so once for each new minute."""
        minute = min(minute, int(time.time() // MINUTE) + _LARGEST_DELAY_MINUTES)
        if minute <= self._newest:
            return
        self._newest = minute
        for metric, unit, series in list(self._series()):
            series.remove_before(minute - _KEPT_MINUTES)
            if series.is_empty:
                del self._metrics[metric][unit]
        self._metrics = {metric: units for metric, units in self._metrics.items() if units}


def metric_data(backend: CloudWatchBackend) -> MetricData:
    """Return the data of a backend, which a correction made a `MetricData`."""
    return cast("MetricData", backend.metric_data)


def _datum(
    metric: Metric, unit: str | None, series: Series, figures: tuple[int, float, float, float, float]
) -> MetricDatumBase:
    minute, count, total, minimum, maximum = figures
    return MetricAggregatedDatum(
        namespace=metric.namespace,
        name=metric.name,
        min_stat=minimum,
        max_stat=maximum,
        sample_count=count,
        sum_stat=total,
        dimensions=series.dimensions,
        timestamp=datetime.fromtimestamp(minute * MINUTE, UTC).replace(tzinfo=None),
        unit=unit,
    )


def _seconds(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _percentile(values: list[float], percent: float) -> float | None:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else None
