"""Statistics of metric data."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.cloudwatch.models import CloudWatchBackend

from local_aws.cloudwatch import datapoints
from local_aws.cloudwatch.datapoints import Metric, MetricData, metric_data
from local_aws.retention import Limits

DAY = 24 * 3600
NOW = 1_700_000_060.0  # twenty seconds into a minute
FUNCTION = [{"Name": "FunctionName", "Value": "f"}]


@pytest.fixture
def backend() -> CloudWatchBackend:
    backend: Any = CloudWatchBackend("us-east-1", "123456789012")
    backend.metric_data = MetricData()
    return backend


def measure(backend: CloudWatchBackend, ago: float, **what: Any) -> None:
    backend.put_metric_data("n", [{"MetricName": "m", "Dimensions": FUNCTION, "Timestamp": at(ago), **what}])


def at(ago: float) -> datetime:
    return datetime.fromtimestamp(NOW - ago, UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("statistic", "value"),
    [("Sum", 10), ("SampleCount", 4), ("Minimum", 1), ("Maximum", 4), ("Average", 2.5), ("p50", 3), ("p99", 4)],
)
def test_every_statistic(backend: CloudWatchBackend, statistic: str, value: float) -> None:
    measure(backend, 0, Values=[4.0, 1.0, 3.0, 2.0])
    readings = metric_data(backend)
    minute = int(NOW // 60)
    metric = Metric("n", "m", frozenset({("FunctionName", "f")}))
    assert readings.statistic(statistic, metric, minute, minute + 1) == value


METRIC = Metric("n", "m", frozenset({("FunctionName", "f")}))
MINUTE = int(NOW // 60)


def test_given_values_of_one_minute_then_they_are_kept_as_one_datum(backend: CloudWatchBackend) -> None:
    for value in range(1000):
        measure(backend, value / 100, Value=value)
    (datum,) = metric_data(backend).between(at(20), at(-10), {("n", "m")})
    assert vars(datum).items() >= {"sum": 499_500, "sample_count": 1000, "min": 0, "max": 999}.items()
    assert datum.timestamp == at(20)


def test_given_data_out_of_order_then_each_counts_in_its_minute(backend: CloudWatchBackend) -> None:
    for ago in (0, 300, 120, 300, 60):
        measure(backend, ago, Value=1.0)
    counted = [metric_data(backend).statistic("Sum", METRIC, MINUTE - back, MINUTE - back + 1) for back in range(6)]
    assert counted == [1, 1, 1, None, None, 2]


def test_given_another_unit_then_a_statistic_counts_both(backend: CloudWatchBackend) -> None:
    measure(backend, 0, Value=1.0, Unit="Count")
    measure(backend, 0, Value=2.0, Unit="None")
    assert metric_data(backend).statistic("Sum", METRIC, MINUTE, MINUTE + 1) == 3
    assert len(metric_data(backend).newest()) == 2


def test_given_data_older_than_15_days_then_it_is_removed(backend: CloudWatchBackend) -> None:
    measure(backend, 16 * DAY, Value=1.0)
    measure(backend, 14 * DAY, Value=1.0)
    measure(backend, 0, Value=1.0)
    assert metric_data(backend).statistic("Sum", METRIC, 0, MINUTE + 1) == 2


def test_given_a_metric_without_data_for_15_days_then_it_is_not_listed(backend: CloudWatchBackend) -> None:
    measure(backend, 16 * DAY, Value=1.0, Dimensions=[])
    measure(backend, 0, Value=1.0)
    assert [len(datum.dimensions) for datum in metric_data(backend).newest()] == [1]


def test_given_a_time_far_in_the_future_then_other_data_stays(backend: CloudWatchBackend) -> None:
    far = datetime(9999, 1, 1)
    backend.put_metric_data("n", [{"MetricName": "m", "Dimensions": [], "Timestamp": far, "Value": 1.0}])
    recent = datetime.now(UTC).replace(tzinfo=None)
    backend.put_metric_data("n", [{"MetricName": "m", "Dimensions": [], "Timestamp": recent, "Value": 1.0}])
    assert metric_data(backend).between(recent, recent + timedelta(minutes=1), {("n", "m")})


def test_given_more_values_than_the_limit_then_percentiles_are_of_the_newest_minutes(
    backend: CloudWatchBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datapoints, "limits", lambda: Limits(metric_values=10))
    for ago, value in ((120, 1.0), (60, 2.0), (0, 3.0)):
        measure(backend, ago, Values=[value] * 5)
    data = metric_data(backend)
    assert [data.statistic("p50", METRIC, MINUTE - back, MINUTE - back + 1) for back in range(3)] == [3.0, 2.0, None]
    assert data.statistic("SampleCount", METRIC, MINUTE - 2, MINUTE + 1) == 15
