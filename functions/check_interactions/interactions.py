"""The number of interactions that Personalize accepted, from the metric that put_events emits."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

NAMESPACE = "AnimalRecommender"
METRIC = "EventsAccepted"

# How long CloudWatch keeps data points of each period, shortest period first. The count may include up to one period
# too much.
_PERIODS = ((timedelta(days=15), 60), (timedelta(days=63), 300), (timedelta(days=455), 3600))

_CLOCK_SKEW = timedelta(minutes=1)  # between this function and put_events, which dates the data points


def count_interactions(cloudwatch: "CloudWatchClient", put_events_service: str, since: datetime, now: datetime) -> int:
    """Return how many events were accepted from `since` to `now`. CloudWatch keeps at most 455 days.

    `put_events_service` is the metric's dimension `service`: the deployed name of the function put_events.
    """
    since = max(since, now - _PERIODS[-1][0])
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[_query(put_events_service, _period(now - since))], StartTime=since, EndTime=now + _CLOCK_SKEW
    )
    return round(sum(value for page in pages for result in page["MetricDataResults"] for value in result["Values"]))


def _period(age: timedelta) -> int:
    return next(seconds for kept, seconds in _PERIODS if age <= kept)


def _query(put_events_service: str, period: int) -> "MetricDataQueryTypeDef":
    return {
        "Id": "accepted",
        "MetricStat": {
            "Metric": {
                "Namespace": NAMESPACE,
                "MetricName": METRIC,
                "Dimensions": [{"Name": "service", "Value": put_events_service}],
            },
            "Period": period,
            "Stat": "Sum",
        },
    }
