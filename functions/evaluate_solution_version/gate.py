"""The gate: rules about the offline metrics of a version, relative to other versions if there are any.

The metrics of two versions were measured on different days and so on different data. A small difference between them
means nothing: the regression rule detects a broken version, it does not rank versions.

Popularity-Count recommends the same most popular items to everybody. Its version of the same run was trained on the
same data, and its metrics follow the same protocol (developer guide, "Evaluating a solution version with metrics",
which recommends it as a baseline). A version with a lower metric personalizes nothing that helps.
"""

from collections.abc import Iterator
from typing import Literal, TypedDict

from animal_recommender.retraining.run_state import DeployedVersion, Metrics, Model, Rule, metric_label

COVERAGE = "coverage"

_DIGITS = 9  # so that 0.2 less 20% is exactly 0.16, in spite of binary fractions


class Popularity(TypedDict):
    """The metrics of the Popularity-Count version, or why there are none (`problem`)."""

    metrics: Metrics
    problem: str | None


def apply_rules(model: Model, metrics: Metrics, deployed: DeployedVersion, popularity: Popularity | None) -> list[Rule]:
    """Apply the model's rules to the metrics of a new version. The first rule is about the metric of the model."""
    rules = list(_rules(model, metrics, deployed, popularity))
    return [_pass_without_metric(rule) for rule in rules] if model["kind"] == "trending" else rules


def _pass_without_metric(rule: Rule) -> Rule:
    """Let a rule pass if the version has no such metric: a trend is no prediction of what a user will look at."""
    if rule["value"] is not None:
        return rule
    return {**rule, "passed": True, "text": f"{metric_label(rule['metric'])} unknown, as this recipe may leave it"}


def _rules(model: Model, metrics: Metrics, deployed: DeployedVersion, popularity: Popularity | None) -> Iterator[Rule]:
    yield _regression(model, metrics, deployed)
    if popularity is not None:
        yield _popularity(model, metrics, popularity)
    if model["threshold"] is not None:
        yield _threshold(model["metric"], metrics, model["threshold"])
    yield _coverage(model, metrics)


def _regression(model: Model, metrics: Metrics, deployed: DeployedVersion) -> Rule:
    before, tolerance = (deployed["metrics"] or {}).get(model["metric"]), model["regressionTolerance"]
    if before is None:
        return _without_limit("regression", model, metrics, "the deployed version has no such metric to compare with")
    origin = f"the deployed version's {_number(before)} less {tolerance:.0%}"
    return _at_least("regression", model, metrics, round(before * (1 - tolerance), _DIGITS), origin)


def _popularity(model: Model, metrics: Metrics, popularity: Popularity) -> Rule:
    required = popularity["metrics"].get(model["metric"])
    if required is None:
        problem = popularity["problem"] or "it has no such metric"
        return _without_limit("popularity", model, metrics, f"not compared with Popularity-Count: {problem}")
    return _at_least("popularity", model, metrics, required, "Popularity-Count's, trained on the same data")


def _at_least(
    rule: Literal["regression", "popularity"], model: Model, metrics: Metrics, limit: float, origin: str
) -> Rule:
    metric, value = model["metric"], metrics.get(model["metric"])
    return {
        "rule": rule,
        "metric": metric,
        "value": value,
        "required": limit,
        "passed": value is not None and value >= limit,
        "text": f"{metric_label(metric)} {_number(value)}, must be at least {_number(limit)} ({origin})",
    }


def _without_limit(rule: Literal["regression", "popularity"], model: Model, metrics: Metrics, why: str) -> Rule:
    metric, value = model["metric"], metrics.get(model["metric"])
    return {
        "rule": rule,
        "metric": metric,
        "value": value,
        "required": None,
        "passed": value is not None,
        "text": f"{metric_label(metric)} {_number(value)}; {why}",
    }


def _threshold(metric: str, metrics: Metrics, required: float) -> Rule:
    value = metrics.get(metric)
    return {
        "rule": "threshold",
        "metric": metric,
        "value": value,
        "required": required,
        "passed": value is not None and value > required,
        "text": f"{metric_label(metric)} {_number(value)}, must be above {_number(required)}",
    }


def _coverage(model: Model, metrics: Metrics) -> Rule:
    value, required = metrics.get(COVERAGE), model["minimumCoverage"]
    return {
        "rule": "coverage",
        "metric": COVERAGE,
        "value": value,
        "required": required,
        "passed": value is not None and value >= required,
        "text": f"coverage {_number(value)}, must be at least {_number(required)}",
    }


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4f}"
