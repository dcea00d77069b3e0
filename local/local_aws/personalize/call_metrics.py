"""The CloudWatch metrics of a call: how many succeeded or failed, and how long it took.

Source: "CloudWatch metrics for Amazon Personalize", developer guide
(https://docs.aws.amazon.com/personalize/latest/dg/cloudwatch-metrics.html). The control plane's metrics are left out.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local_aws.personalize.service import Service

# Operation -> its metrics of successful calls and of their latency.
_NAMES = {
    "GetPersonalizedRanking": ("GetPersonalizedRanking", "GetPersonalizedRankingLatency"),
    "GetRecommendations": ("GetRecommendations", "GetRecommendationsLatency"),
    "PutEvents": ("PutEventsRequests", "PutEventLatency"),
}
MEASURED_OPERATIONS = frozenset(_NAMES)


def call_metrics(
    service: "Service", operation: str, request: Mapping[str, Any], status: int, milliseconds: float
) -> list[dict[str, Any]]:
    """Return the members of PutMetricData for a call of a measured operation.

    There are none if the request names no campaign or recommender, or no tracker that exists.
    """
    dimensions = _dimensions(service, operation, request)
    if not dimensions:
        return []
    if status >= 400:
        kind = "4xxErrors" if status < 500 else "5xxErrors"
        return [{"MetricName": f"{operation}{kind}", "Value": 1.0, "Unit": "Count", "Dimensions": dimensions}]
    successes, latency = _NAMES[operation]
    return [
        {"MetricName": successes, "Value": 1.0, "Unit": "Count", "Dimensions": dimensions},
        {"MetricName": latency, "Value": milliseconds, "Unit": "Milliseconds", "Dimensions": dimensions},
    ]


def _dimensions(service: "Service", operation: str, request: Mapping[str, Any]) -> list[dict[str, str]]:
    if operation == "PutEvents":
        arns = _tracker_arns(service, request.get("trackingId"))
    else:
        arns = {"CampaignArn": request.get("campaignArn"), "RecommenderArn": request.get("recommenderArn")}
    return [{"Name": name, "Value": arn} for name, arn in arns.items() if isinstance(arn, str)]


def _tracker_arns(service: "Service", tracking_id: Any) -> dict[str, Any]:
    tracker = service.trackers.get(tracking_id) if isinstance(tracking_id, str) else None
    if tracker is None:
        return {}
    dataset = service.dataset(tracker["datasetGroupArn"], "Interactions")
    return {
        "DatasetGroupArn": tracker["datasetGroupArn"],
        "DatasetArn": dataset.arn if dataset else None,
        "EventTrackerArn": tracker.arn,
    }
