"""Metric attributions."""

from typing import Any

import pytest

from local_aws.personalize.errors import (
    InvalidInputError,
    LimitExceededError,
    ResourceAlreadyExistsError,
)
from local_aws.testing.in_process import ROLE, InProcessPersonalize


def test_given_a_metric_attribution_when_changed_then_its_metrics_are_listed_and_a_second_one_is_rejected(
    with_data: InProcessPersonalize,
) -> None:
    request: dict[str, Any] = {
        "datasetGroupArn": with_data.arns["group"],
        "metrics": [{"eventType": "view", "metricName": "views", "expression": "SAMPLECOUNT()"}],
        "metricsOutputConfig": {"roleArn": ROLE},
    }
    arn = with_data.call("CreateMetricAttribution", name="a", **request)["metricAttributionArn"]
    with pytest.raises(ResourceAlreadyExistsError):
        with_data.call("CreateMetricAttribution", name="b", **request)
    added = {"eventType": "apply", "metricName": "worth", "expression": "sum(items.PRICE)"}
    with_data.call("UpdateMetricAttribution", metricAttributionArn=arn, addMetrics=[added], removeMetrics=["views"])
    assert with_data.call("ListMetricAttributionMetrics", metricAttributionArn=arn)["metrics"] == [added]
    with pytest.raises(InvalidInputError, match="SAMPLECOUNT"):
        with_data.call(
            "UpdateMetricAttribution",
            metricAttributionArn=arn,
            addMetrics=[added | {"metricName": "m", "expression": "AVG(x)"}],
        )
    many = [added | {"metricName": f"m{number}"} for number in range(10)]
    with pytest.raises(LimitExceededError):
        with_data.call("UpdateMetricAttribution", metricAttributionArn=arn, addMetrics=many)
    with_data.call("DeleteMetricAttribution", metricAttributionArn=arn)
    assert with_data.call("ListMetricAttributions")["metricAttributions"] == []
