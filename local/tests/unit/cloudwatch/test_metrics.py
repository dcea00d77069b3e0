"""Log lines that are metrics."""

import json

import pytest

from local_aws.cloudwatch.metrics import embedded_metrics

LINE = {
    "_aws": {
        "Timestamp": 1700000000000,
        "CloudWatchMetrics": [
            {
                "Namespace": "AnimalRecommender",
                "Dimensions": [["service"], ["service", "kind"]],
                "Metrics": [{"Name": "Requests", "Unit": "Count"}, {"Name": "Latency", "Unit": "Milliseconds"}],
            }
        ],
    },
    "service": "recommend",
    "kind": "bare",
    "Requests": [1.0],
    "Latency": [3.5, 4.5],
}


def test_every_metric_is_stored_for_every_dimension_set() -> None:
    found = list(embedded_metrics(LINE))
    assert [(space, m["MetricName"], len(m["Dimensions"])) for space, m in found] == [
        ("AnimalRecommender", "Requests", 1),
        ("AnimalRecommender", "Latency", 1),
        ("AnimalRecommender", "Requests", 2),
        ("AnimalRecommender", "Latency", 2),
    ]
    assert found[1][1]["Values"] == [3.5, 4.5]
    assert found[1][1]["Unit"] == "Milliseconds"
    assert found[0][1]["Timestamp"].isoformat() == "2023-11-14T22:13:20"


@pytest.mark.parametrize(
    "broken", ['{"_aws": {}}', '{"_aws": {"Timestamp": 1, "CloudWatchMetrics": [{"Metrics": [1]}]}}']
)
def test_what_is_no_metric_is_told_by_an_error(broken: str) -> None:
    with pytest.raises((KeyError, TypeError)):
        list(embedded_metrics(json.loads(broken)))
