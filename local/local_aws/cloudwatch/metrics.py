"""Metrics, and CloudWatch's embedded metric format (EMF): log lines that contain metrics.

Format: "Specification: Embedded metric format", CloudWatch user guide. A line in another format is only a log line.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends


def record_embedded_metrics(line: str, account_id: str, region: str) -> None:
    """Store the metrics in a log line, if there are any."""
    if '"_aws"' not in line:
        return
    try:
        document = json.loads(line)
        found = list(embedded_metrics(document))
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    backend = cloudwatch_backends[account_id][region]
    for namespace, metric in found:
        backend.put_metric_data(namespace, [metric])


def put_metrics(account_id: str, region: str, namespace: str, metrics: list[dict[str, Any]]) -> None:
    """Store metrics as PutMetricData would; `metrics` is its MetricData."""
    cloudwatch_backends[account_id][region].put_metric_data(namespace, metrics)


def embedded_metrics(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (namespace, PutMetricData member) for every metric and every dimension set of an EMF document.

    Raises:
        KeyError, TypeError, ValueError: the document is not EMF.
    """
    timestamp = datetime.fromtimestamp(document["_aws"]["Timestamp"] / 1000, UTC).replace(tzinfo=None)
    for directive in document["_aws"]["CloudWatchMetrics"]:
        for dimension_names in directive.get("Dimensions") or [[]]:
            dimensions = [{"Name": name, "Value": str(document[name])} for name in dimension_names]
            for definition in directive["Metrics"]:
                value = document[definition["Name"]]
                yield (
                    directive["Namespace"],
                    {
                        "MetricName": definition["Name"],
                        "Values": [float(item) for item in (value if isinstance(value, list) else [value])],
                        "Unit": definition.get("Unit", "None"),
                        "Dimensions": dimensions,
                        "Timestamp": timestamp,
                    },
                )
