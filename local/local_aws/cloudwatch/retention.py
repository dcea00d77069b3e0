"""CloudWatch: how long and how finely metric data and the history of alarms are kept."""

import copy
from datetime import datetime
from typing import Any

from moto.cloudwatch.models import Alarm, CloudWatchBackend, MetricDatumBase

from local_aws.cloudwatch.datapoints import MetricData
from local_aws.moto_patches.patching import correction, wrap_method

_KEPT_HISTORY = 1_000


@correction
def aggregate_metric_data() -> None:
    """Keep metric data by minute for 15 days, and round the start of a request down to a minute, as CloudWatch does.

    Cause: moto/cloudwatch/models.py keeps an object for each value for ever, and walks through all for each request.
    """

    @wrap_method(CloudWatchBackend, "__init__")
    def initialize(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.metric_data = MetricData()

    @wrap_method(CloudWatchBackend, "get_metric_statistics")
    def get_metric_statistics(
        original: Any,
        self: Any,
        namespace: str,
        name: str,
        start_time: datetime,
        end_time: datetime,
        *args: Any,
        **kw: Any,
    ) -> Any:
        start = _minute(start_time)
        data = self.metric_data.between(start, end_time, {(namespace, name)})
        return original(_with_data(self, data), namespace, name, start, end_time, *args, **kw)

    @wrap_method(CloudWatchBackend, "get_metric_data")
    def get_metric_data(
        original: Any, self: Any, queries: list[dict[str, Any]], start_time: datetime, end_time: datetime, **kw: Any
    ) -> Any:
        start = _minute(start_time)
        metrics = [query["MetricStat"]["Metric"] for query in queries if "MetricStat" in query]
        names = {(metric["Namespace"], metric["MetricName"]) for metric in metrics}
        if any(query.get("Expression", "").startswith("SELECT") for query in queries):
            names = set()
        data = self.metric_data.between(start, end_time, names)
        return original(_with_data(self, data), queries, start, end_time, **kw)

    _list_newest_metrics()


def _list_newest_metrics() -> None:
    @wrap_method(CloudWatchBackend, "get_filtered_metrics")
    def get_filtered_metrics(original: Any, self: Any, *args: Any, **kw: Any) -> Any:
        return original(_with_data(self, self.metric_data.newest()), *args, **kw)


def _with_data(backend: Any, data: list[MetricDatumBase]) -> Any:
    """Return the backend as moto's methods expect it: with a list of data."""
    view = copy.copy(backend)
    view.metric_data = data
    return view


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


@correction
def bound_alarm_history() -> None:
    """Keep the newest 1,000 states of an alarm; CloudWatch keeps those of 30 days.

    Cause: moto/cloudwatch/models.py keeps all.
    """

    @wrap_method(Alarm, "update_state")
    def update_state(original: Any, self: Alarm, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        del self.history[:-_KEPT_HISTORY]
