"""Metric attributions. They are stored and described, but no reports are written."""

import re
from typing import Any

from local_aws.personalize.errors import (
    InvalidInputError,
    LimitExceededError,
    ResourceAlreadyExistsError,
    ResourceInUseError,
    ResourceNotFoundError,
)
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.resource_store import paginate
from local_aws.personalize.resource_types import DATASET_GROUP, METRIC_ATTRIBUTION
from local_aws.personalize.service import Service
from local_aws.personalize.statuses import ACTIVE, CREATE_IN_PROGRESS, CREATE_PENDING

_MAX_METRICS = 10
_EXPRESSION = re.compile(r"SUM\((Items|Interactions)\.[A-Za-z_]\w*\)|SAMPLECOUNT\(\)", re.IGNORECASE)


@operation("CreateMetricAttribution")
def create_metric_attribution(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateMetricAttribution: a dataset group can have one."""
    group = service.require_active(service.store.get(request["datasetGroupArn"], DATASET_GROUP))
    if existing := service.store.all(METRIC_ATTRIBUTION, datasetGroupArn=group.arn):
        message = f"The dataset group {group.arn} has the metric attribution {existing[0].arn}."
        raise ResourceAlreadyExistsError(message)
    _check_metrics(request["metrics"])
    return {"metricAttributionArn": service.create(METRIC_ATTRIBUTION, request).arn}


@operation("UpdateMetricAttribution")
def update_metric_attribution(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle UpdateMetricAttribution: add and remove metrics, or change the destination of the reports."""
    if "metricAttributionArn" not in request:
        raise InvalidInputError("metricAttributionArn is required.")
    attribution = service.store.get(request["metricAttributionArn"], METRIC_ATTRIBUTION)
    if service.status(attribution) != ACTIVE:
        raise ResourceInUseError(f"The metric attribution {attribution.arn} is not ACTIVE.")
    metrics = {metric["metricName"]: metric for metric in attribution["metrics"]}
    for name in request.get("removeMetrics", ()):
        if metrics.pop(name, None) is None:
            raise ResourceNotFoundError(f"The metric attribution has no metric {name}.")
    for metric in request.get("addMetrics", ()):
        if metric["metricName"] in metrics:
            raise ResourceAlreadyExistsError(f"The metric attribution has a metric {metric['metricName']}.")
        metrics[metric["metricName"]] = metric
    _check_metrics(list(metrics.values()))
    attribution.fields["metrics"] = list(metrics.values())
    if "metricsOutputConfig" in request:
        attribution.fields["metricsOutputConfig"] = request["metricsOutputConfig"]
    steps = (CREATE_PENDING, CREATE_IN_PROGRESS, ACTIVE)
    attribution.timeline = attribution.timeline.then(service.now(), service.settings.step_seconds, *steps)
    return {"metricAttributionArn": attribution.arn}


@operation("ListMetricAttributionMetrics")
def list_metric_attribution_metrics(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle ListMetricAttributionMetrics."""
    if "metricAttributionArn" not in request:
        raise InvalidInputError("metricAttributionArn is required.")
    attribution = service.store.find(request["metricAttributionArn"], METRIC_ATTRIBUTION)
    if attribution is None:
        raise InvalidInputError(ResourceNotFoundError.of(request["metricAttributionArn"]).message)
    page, token = paginate(attribution["metrics"], "ListMetricAttributionMetrics", request)
    return {"metrics": page} | ({"nextToken": token} if token else {})


def _check_metrics(metrics: list[dict[str, str]]) -> None:
    if len(metrics) > _MAX_METRICS:
        raise LimitExceededError(f"A metric attribution has at most {_MAX_METRICS} metrics.")
    if len({metric["metricName"] for metric in metrics}) != len(metrics):
        raise InvalidInputError("Two metrics have the same name.")
    for metric in metrics:
        if not _EXPRESSION.fullmatch(metric["expression"]):
            raise InvalidInputError(
                f"The expression {metric['expression']} is neither SUM(Dataset.COLUMN) nor SAMPLECOUNT()."
            )
