"""The count of interactions, from CloudWatch."""

from datetime import timedelta

import pytest

from check_interactions.interactions import count_interactions
from tests.unit.functions.fakes import FakeCloudWatch
from tests.unit.functions.retraining import NOW


@pytest.mark.parametrize(("days", "period", "counted"), [(1, 60, 1), (20, 300, 20), (100, 3600, 100), (900, 3600, 455)])
def test_given_an_age_when_counted_then_the_shortest_period_that_cloudwatch_still_has_is_requested(
    days: int, period: int, counted: int
) -> None:
    cloudwatch = FakeCloudWatch([3.0, 4.0], [], [5.0])

    assert count_interactions(cloudwatch, "put-events", NOW - timedelta(days=days), NOW) == 12

    request = cloudwatch.get_metric_data.request
    (query,) = request["MetricDataQueries"]
    assert query["MetricStat"]["Period"] == period
    assert query["MetricStat"]["Metric"]["Dimensions"] == [{"Name": "service", "Value": "put-events"}]
    assert request["EndTime"] - request["StartTime"] == timedelta(days=counted, minutes=1)
