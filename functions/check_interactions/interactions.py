"""Counts the interactions that Personalize accepted, from the metric that put_events emits."""

from datetime import datetime, timedelta
from typing import Any

NAMESPACE = "AnimalRecommender"
METRIC = "EventsAccepted"

# How long CloudWatch keeps data points of each period, finest first; a coarser one may count its own length too much.
_PERIODS = ((timedelta(days=15), 60), (timedelta(days=63), 300), (timedelta(days=455), 3600))

_CLOCK_SKEW = timedelta(minutes=1)  # between here and what put_events stamps


def count_since(cloudwatch: Any, put_events_service: str, since: datetime, now: datetime) -> int:
    """Answer how many events were accepted from `since` to `now`; at most 455 days back, as CloudWatch remembers.

    `put_events_service` is the metric's dimension `service`: the deployed name of the function put_events.
    """
    since = max(since, now - _PERIODS[-1][0])
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[_query(put_events_service, _period(now - since))], StartTime=since, EndTime=now + _CLOCK_SKEW
    )
    return round(sum(value for page in pages for result in page["MetricDataResults"] for value in result["Values"]))


def _period(age: timedelta) -> int:
    return next(seconds for kept, seconds in _PERIODS if age <= kept)


def _query(put_events_service: str, period: int) -> dict[str, Any]:
    dimensions = [{"Name": "service", "Value": put_events_service}]
    metric = {"Namespace": NAMESPACE, "MetricName": METRIC, "Dimensions": dimensions}
    return {"Id": "accepted", "MetricStat": {"Metric": metric, "Period": period, "Stat": "Sum"}}
