"""Statistics of metric data."""

from datetime import UTC, datetime
from typing import Any

import pytest
from moto.cloudwatch.models import CloudWatchBackend

from local_aws.cloudwatch.datapoints import Metric, MetricHistory

NOW = 1_700_000_060.0  # twenty seconds into a minute
FUNCTION = [{"Name": "FunctionName", "Value": "f"}]


@pytest.fixture
def backend() -> CloudWatchBackend:
    return CloudWatchBackend("us-east-1", "123456789012")


def measure(backend: CloudWatchBackend, ago: float, **what: Any) -> None:
    time = datetime.fromtimestamp(NOW - ago, UTC).replace(tzinfo=None)
    backend.put_metric_data("n", [{"MetricName": "m", "Dimensions": FUNCTION, "Timestamp": time, **what}])


@pytest.mark.parametrize(
    ("statistic", "value"),
    [("Sum", 10), ("SampleCount", 4), ("Minimum", 1), ("Maximum", 4), ("Average", 2.5), ("p50", 3), ("p99", 4)],
)
def test_every_statistic(backend: CloudWatchBackend, statistic: str, value: float) -> None:
    measure(backend, 0, Values=[4.0, 1.0, 3.0, 2.0])
    readings = MetricHistory(backend)
    readings.read_new()
    minute = int(NOW // 60)
    metric = Metric("n", "m", frozenset({("FunctionName", "f")}))
    assert readings.statistic(statistic, metric, minute, minute + 1) == value
