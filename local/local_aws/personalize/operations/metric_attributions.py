"""The operations of metric attributions."""

from typing import Any

from local_aws.personalize.attribution import EXPRESSION
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


@operation("CreateMetricAttribution")
def create_metric_attribution(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateMetricAttribution: a dataset group can have one."""
    group = service.require_active(service.store.get(request["datasetGroupArn"], DATASET_GROUP))
    if existing := service.store.all(METRIC_ATTRIBUTION, datasetGroupArn=group.arn):
        message = f"The dataset group {group.arn} has the metric attribution {existing[0].arn}."
        raise ResourceAlreadyExistsError(message)
    _check_metrics(service, group.arn, request["metrics"])
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
    _check_metrics(service, attribution["datasetGroupArn"], list(metrics.values()))
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


def _check_metrics(service: Service, group_arn: str, metrics: list[dict[str, str]]) -> None:
    if len(metrics) > _MAX_METRICS:
        raise LimitExceededError(f"A metric attribution has at most {_MAX_METRICS} metrics.")
    if len({metric["metricName"] for metric in metrics}) != len(metrics):
        raise InvalidInputError("Two metrics have the same name.")
    for metric in metrics:
        expression = EXPRESSION.fullmatch(metric["expression"])
        if expression is None:
            raise InvalidInputError(
                f"The expression {metric['expression']} is neither SUM(Dataset.COLUMN) nor SAMPLECOUNT()."
            )
        if expression["sum"]:
            _check_column(service, group_arn, expression["dataset"].capitalize(), expression["column"])
    interactions = service.schema_of(group_arn, "Interactions")
    if interactions and not interactions.field("EVENT_TYPE"):
        raise InvalidInputError("A metric attribution needs the column EVENT_TYPE in the Interactions dataset.")


def _check_column(service: Service, group_arn: str, dataset_type: str, column: str) -> None:
    """Check that a column can be summed, if there is such a dataset already."""
    schema = service.schema_of(group_arn, dataset_type)
    found = next((field for field in schema.fields if field.name.upper() == column.upper()), None) if schema else None
    if schema and (found is None or found.type in ("string", "boolean")):
        raise InvalidInputError(f"SUM needs a numerical column, and {column} of the {dataset_type} dataset is none.")
