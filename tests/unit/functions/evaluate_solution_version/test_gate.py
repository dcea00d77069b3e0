"""The gate: each rule at its limits."""

from typing import Any

import pytest

from evaluate_solution_version.gate import apply_rules
from tests.unit.functions.retraining import NDCG, model

DEPLOYED: Any = {"solutionVersionArn": "old", "metrics": {NDCG: 0.2, "coverage": 0.5}}
NOTHING: Any = {"solutionVersionArn": "old", "metrics": None}
POPULARITY: Any = {"metrics": {NDCG: 0.18, "coverage": 0.02}, "problem": None}


def unmet(model: Any, metrics: dict[str, float], deployed: Any = DEPLOYED, popularity: Any = None) -> list[str]:
    rules = apply_rules(model, metrics, deployed, popularity)
    assert rules[0]["metric"] == NDCG
    return [rule["rule"] for rule in rules if not rule["passed"]]


@pytest.mark.parametrize(
    ("metrics", "named"),
    [
        ({NDCG: 0.3, "coverage": 0.5}, []),
        ({NDCG: 0.16, "coverage": 0.05}, []),  # at the very limits
        ({NDCG: 0.1599, "coverage": 0.5}, ["regression"]),
        ({NDCG: 0.3, "coverage": 0.0499}, ["coverage"]),
        ({NDCG: 0.01, "coverage": 0.5}, ["regression", "threshold"]),  # the threshold must be exceeded
        ({NDCG: 0.3}, ["coverage"]),
        ({"coverage": 0.5}, ["regression", "threshold"]),
        ({}, ["regression", "threshold", "coverage"]),
    ],
)
def test_given_metrics_when_checked_then_each_unmet_rule_is_named(metrics: dict[str, float], named: list[str]) -> None:
    assert unmet(model(), metrics) == named


@pytest.mark.parametrize(
    ("metrics", "named"),
    [({}, []), ({"coverage": 0.5}, []), ({NDCG: 0.01, "coverage": 0.04}, ["regression", "threshold", "coverage"])],
)
def test_given_a_trending_model_when_checked_then_it_may_lack_metrics_and_those_that_it_has_count(
    metrics: dict[str, float], named: list[str]
) -> None:
    assert unmet(model(kind="trending"), metrics) == named


@pytest.mark.parametrize(("value", "named"), [(0.18, []), (0.1799, ["popularity"])])
def test_given_a_popularity_version_when_checked_then_the_metric_must_be_at_least_its_own(
    value: float, named: list[str]
) -> None:
    assert unmet(model(), {NDCG: value, "coverage": 0.5}, popularity=POPULARITY) == named


def test_given_a_popularity_version_when_checked_then_the_text_says_that_the_data_are_the_same() -> None:
    rule = apply_rules(model(), {NDCG: 0.3, "coverage": 0.5}, DEPLOYED, POPULARITY)[1]

    assert rule["text"] == "NDCG@5 0.3000, must be at least 0.1800 (Popularity-Count's, trained on the same data)"


def test_given_no_popularity_version_when_checked_then_the_rule_is_met_and_says_why() -> None:
    missing: Any = {"metrics": {}, "problem": "it is CREATE STOPPED"}

    rule = apply_rules(model(), {NDCG: 0.3, "coverage": 0.5}, DEPLOYED, missing)[1]

    assert (rule["rule"], rule["passed"], rule["required"]) == ("popularity", True, None)
    assert rule["text"] == "NDCG@5 0.3000; not compared with Popularity-Count: it is CREATE STOPPED"


def test_given_no_absolute_threshold_when_checked_then_a_low_metric_passes_that_did_not_fall() -> None:
    low: Any = {"solutionVersionArn": "old", "metrics": {NDCG: 0.003}}

    rules = apply_rules(model(threshold=None), {NDCG: 0.003, "coverage": 0.5}, low, None)

    assert [(rule["rule"], rule["passed"]) for rule in rules] == [("regression", True), ("coverage", True)]


@pytest.mark.parametrize("metrics", [None, {}, {"coverage": 0.4}])
def test_given_a_deployed_version_without_the_metric_when_checked_then_there_is_no_regression(
    metrics: Any,
) -> None:
    regression, *_ = apply_rules(
        model(), {NDCG: 0.3, "coverage": 0.5}, {"solutionVersionArn": "old", "metrics": metrics}, None
    )

    assert regression["passed"]
    assert regression["required"] is None
    assert regression["text"] == "NDCG@5 0.3000; the deployed version has no such metric to compare with"


def test_given_a_version_without_the_metric_and_nothing_to_compare_with_when_checked_then_it_is_not_accepted() -> None:
    assert unmet(model(threshold=None), {"coverage": 0.5}, NOTHING) == ["regression"]
