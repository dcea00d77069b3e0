"""evaluate_solution_version: the gate and its numbers."""

from typing import Any

import pytest

from evaluate_solution_version.gate import judge
from evaluate_solution_version.handler import evaluate
from tests.unit.functions.retraining.fakes import FakePersonalize, model

NDCG = "normalized_discounted_cumulative_gain_at_5"
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
def test_given_metrics_when_judged_then_each_unmet_rule_is_named(metrics: dict[str, float], unmet: list[str]) -> None:
    rules = judge(model(), metrics, DEPLOYED)

    assert [rule["rule"] for rule in rules if not rule["passed"]] == unmet


@pytest.mark.parametrize("metrics", [None, {}, {"coverage": 0.4}])
def test_given_a_deployed_version_without_the_metric_when_judged_then_there_is_no_regression(metrics: Any) -> None:
    *_, regression = judge(model(), {NDCG: 0.3, "coverage": 0.5}, {"solutionVersionArn": "old", "metrics": metrics})

    assert regression["passed"]
    assert regression["required"] is None
    assert regression["text"] == "NDCG@5 0.3000; the deployed version has none to compare with"


def test_given_a_better_version_when_evaluated_then_it_is_promoted_with_all_numbers(
    personalize: FakePersonalize,
) -> None:
    personalize.metrics = {"new": {NDCG: 0.3, "coverage": 0.5}, "old": DEPLOYED["metrics"]}
    personalize.campaign = {"solutionVersionArn": "old"}

    evaluation = evaluate(personalize, model(), "new")

    assert (evaluation["decision"], evaluation["reason"]) == ("promote", "every rule of the gate is met")
    assert (evaluation["metrics"], evaluation["deployed"]) == (personalize.metrics["new"], DEPLOYED)
    assert [(rule["value"], rule["required"]) for rule in evaluation["rules"]] == [
        (0.3, 0.01),
        (0.5, 0.05),
        (0.3, pytest.approx(0.16)),
    ]


def test_given_a_worse_version_when_evaluated_then_the_reason_has_the_numbers(personalize: FakePersonalize) -> None:
    personalize.metrics = {"new": {NDCG: 0.1, "coverage": 0.5}, "old": DEPLOYED["metrics"]}
    personalize.campaign = {"solutionVersionArn": "old"}

    evaluation = evaluate(personalize, model(), "new")

    assert evaluation["decision"] == "reject"
    assert evaluation["reason"] == "NDCG@5 0.1000, must be at least 0.1600 (the deployed version's 0.2000 less 20%)"


def test_given_a_deployed_version_that_is_gone_when_evaluated_then_only_the_thresholds_decide(
    personalize: FakePersonalize,
) -> None:
    personalize.metrics = {"new": {NDCG: 0.02, "coverage": 0.5}}
    personalize.campaign = {"solutionVersionArn": "gone"}

    evaluation = evaluate(personalize, model(), "new")

    assert (evaluation["decision"], evaluation["deployed"]["metrics"]) == ("promote", None)
