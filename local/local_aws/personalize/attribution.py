"""Metric attribution: what the events that follow recommendations are worth, by the source of the recommendation.

Sources: developer guide, "Measuring the impact of recommendations" and its pages: events of PutEvents and of
incremental imports go to CloudWatch if they are less than 14 days old; an import with publishAttributionMetricsToS3
writes a CSV file. The names of the metrics and dimensions in CloudWatch are those that AWS's notebook reads.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local_aws.personalize.data import DatasetGroupData
from local_aws.personalize.data.interactions import Columns, StreamedEvent
from local_aws.personalize.data.s3_files import write_file
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import METRIC_ATTRIBUTION
from local_aws.personalize.service import Service
from local_aws.personalize.statuses import ACTIVE

EXPRESSION = re.compile(
    r"(?P<sum>SUM)\((?P<dataset>Items|Interactions)\.(?P<column>[A-Za-z_]\w*)\)|SAMPLECOUNT\(\)", re.I
)
SOURCE_COLUMN = "EVENT_ATTRIBUTION_SOURCE"
_UNKNOWN_SOURCE = "SOURCE_NAME_UNDEFINED"
_INTERVAL = 900
_NEWEST_DAYS = 14
_DAY = 86_400
_COLUMNS = ("METRIC_NAME", "EVENT_TYPE", "VALUE", "MATH_FUNCTION", SOURCE_COLUMN, "TIMESTAMP")


@dataclass(frozen=True)
class AttributedEvent:
    """An event with what a metric attribution reads: `columns` are those of the interaction, `time` epoch seconds."""

    event_type: str
    item_id: str | None
    time: float
    source: str
    columns: Mapping[str, Any]


def streamed(data: DatasetGroupData, event: StreamedEvent) -> AttributedEvent:
    """Return a streamed event with the source of its recommendation."""
    columns = {"EVENT_VALUE": event.event_value} | event.extra
    return AttributedEvent(event.event_type, event.item_id, event.timestamp, _source(data, event.extra), columns)


def imported(data: DatasetGroupData, rows: Columns) -> Iterator[AttributedEvent]:
    """Yield imported interactions with the sources of their recommendations."""
    for row in range(len(rows)):
        extra = rows.extra(row)
        columns = {"EVENT_VALUE": rows.values[row]} | extra
        yield AttributedEvent(rows.types[row] or "", rows.items[row], rows.times[row], _source(data, extra), columns)


def send_to_cloudwatch(service: Service, group_arn: str, events: Iterable[AttributedEvent]) -> None:
    """Send what events are worth to CloudWatch, in the background and as the role of the group's metric attribution."""
    attribution = find_attribution(service, group_arn)
    if attribution is None:
        return
    oldest = service.now() - _NEWEST_DAYS * _DAY
    recent = [event for event in events if event.time > oldest]
    metrics = [
        {
            "MetricName": metric["metricName"].upper(),
            "Value": value,
            "Timestamp": datetime.fromtimestamp(event.time, UTC),
            "Dimensions": [
                {"Name": "EventAttributionSource", "Value": event.source},
                {"Name": "DatasetGroupArn", "Value": group_arn},
            ],
        }
        for metric, event, value in _values(service.data(group_arn), attribution, recent)
    ]
    if metrics:
        role = attribution["metricsOutputConfig"]["roleArn"]
        service.light_workers.submit(lambda: service.send_metrics(role, attribution.arn, metrics))


def write_report(service: Service, group_arn: str, job: Resource, events: Iterable[AttributedEvent]) -> None:
    """Write what imported events are worth in intervals of 15 minutes to the destination of the metric attribution.

    Raises:
        JobFailedError: The role or the bucket do not allow it.
    """
    attribution = find_attribution(service, group_arn)
    destination = attribution["metricsOutputConfig"].get("s3DataDestination") if attribution else None
    if attribution is None or destination is None:
        return
    report = _report(_values(service.data(group_arn), attribution, events))
    config = attribution["metricsOutputConfig"]
    s3 = service.s3_as(config["roleArn"], attribution.arn)
    time = datetime.fromtimestamp(service.now(), UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    name = f"AggregatedAttributionMetrics - {job['importMode']} - {time}.csv"
    write_file(s3, destination["path"], name, report, destination.get("kmsKeyArn"))


def find_attribution(service: Service, group_arn: str) -> Resource | None:
    """Return the ACTIVE metric attribution of a dataset group, or None."""
    found = service.store.all(METRIC_ATTRIBUTION, datasetGroupArn=group_arn)
    return next((one for one in found if service.status(one) == ACTIVE), None)


def _values(
    data: DatasetGroupData, attribution: Resource, events: Iterable[AttributedEvent]
) -> Iterator[tuple[dict[str, str], AttributedEvent, float]]:
    """Yield each metric with each event of its type, and what the event adds to it."""
    for event in events:
        for metric in attribution["metrics"]:
            if metric["eventType"].lower() == event.event_type.lower():
                value = _value(data, EXPRESSION.fullmatch(metric["expression"]), event)
                if value is not None:
                    yield metric, event, value


def _value(data: DatasetGroupData, expression: re.Match[str] | None, event: AttributedEvent) -> float | None:
    if expression is None or not expression["sum"]:
        return 1.0
    columns: Mapping[str, Any] = event.columns
    if expression["dataset"].lower() == "items":
        columns = (data.items.get(event.item_id) if event.item_id else None) or {}
    value = {name.upper(): one for name, one in columns.items()}.get(expression["column"].upper())
    return float(value) if isinstance(value, (int, float)) else None


def _report(values: Iterable[tuple[dict[str, str], AttributedEvent, float]]) -> bytes:
    totals: dict[tuple[str, str, str, str, int], float] = {}
    for metric, event, value in values:
        function = "sum" if metric["expression"].upper().startswith("SUM") else "samplecount"
        names = metric["metricName"].upper(), metric["eventType"].upper(), function, event.source
        key = (*names, int(event.time) // _INTERVAL * _INTERVAL)
        totals[key] = totals.get(key, 0.0) + value
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    # The newest interval comes first, as in the guide's example.
    for (name, kind, function, source, time), value in sorted(totals.items(), key=lambda pair: (-pair[0][4], pair[0])):
        writer.writerow((name, kind, value, function, source, time))
    return text.getvalue().encode()


def _source(data: DatasetGroupData, columns: Mapping[str, Any]) -> str:
    """Return the source that an event names, else the campaign or recommender of its recommendation (ARN)."""
    if named := columns.get(SOURCE_COLUMN):
        return str(named).upper()
    return data.recommender_of(str(columns.get("RECOMMENDATION_ID"))) or _UNKNOWN_SOURCE
