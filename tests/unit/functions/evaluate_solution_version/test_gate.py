"""The gate: each rule at its limits."""

from typing import Any

import pytest

from evaluate_solution_version.gate import apply_rules
from tests.unit.functions.retraining import NDCG, model

DEPLOYED = {"solutionVersionArn": "old", "metrics": {NDCG: 0.2, "coverage": 0.5}}


@pytest.mark.parametrize(
    ("metrics", "unmet"),
    [
        ({NDCG: 0.3, "coverage": 0.5}, []),
        ({NDCG: 0.16, "coverage": 0.05}, []),  # at the very limits
        ({NDCG: 0.1599, "coverage": 0.5}, ["regression"]),
        ({NDCG: 0.3, "coverage": 0.0499}, ["coverage"]),
        ({NDCG: 0.01, "coverage": 0.5}, ["threshold", "regression"]),  # the threshold must be exceeded
        ({NDCG: 0.3}, ["coverage"]),
        ({"coverage": 0.5}, ["threshold", "regression"]),
        ({}, ["threshold", "coverage", "regression"]),
    ],
)
def test_given_metrics_when_checked_then_each_unmet_rule_is_named(metrics: dict[str, float], unmet: list[str]) -> None:
    rules = apply_rules(model(), metrics, DEPLOYED)

    assert [rule["rule"] for rule in rules if not rule["passed"]] == unmet


@pytest.mark.parametrize("metrics", [None, {}, {"coverage": 0.4}])
def test_given_a_deployed_version_without_the_metric_when_checked_then_there_is_no_regression(
    metrics: Any,
) -> None:
    *_, regression = apply_rules(
        model(), {NDCG: 0.3, "coverage": 0.5}, {"solutionVersionArn": "old", "metrics": metrics}
    )

    assert regression["passed"]
    assert regression["required"] is None
    assert regression["text"] == "NDCG@5 0.3000; the deployed version has no such metric to compare with"
