"""The gate: three rules about the offline metrics of a version.

The metrics of two versions were measured on different days and so on different data. A small difference between them
means nothing: the regression rule detects a broken version, it does not rank versions.
"""

from animal_recommender.retraining.run_state import DeployedVersion, Metrics, Model, Rule, metric_label

COVERAGE = "coverage"

_DIGITS = 9  # so that 0.2 less 20% is exactly 0.16, in spite of binary fractions


def apply_rules(model: Model, metrics: Metrics, deployed: DeployedVersion) -> list[Rule]:
    """Apply the model's rules to the metrics of a new version."""
    return [_threshold(model, metrics), _coverage(model, metrics), _regression(model, metrics, deployed)]


def _threshold(model: Model, metrics: Metrics) -> Rule:
    metric, required = model["metric"], model["threshold"]
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


def _regression(model: Model, metrics: Metrics, deployed: DeployedVersion) -> Rule:
    metric, tolerance = model["metric"], model["regressionTolerance"]
    value, before = metrics.get(metric), (deployed["metrics"] or {}).get(metric)
    label = f"{metric_label(metric)} {_number(value)}"
    rule: Rule = {
        "rule": "regression",
        "metric": metric,
        "value": value,
        "required": None,
        "passed": True,
        "text": f"{label}; the deployed version has no such metric to compare with",
    }
    if before is None:
        return rule
    required = round(before * (1 - tolerance), _DIGITS)
    deployed_text = f"the deployed version's {_number(before)} less {tolerance:.0%}"
    return {
        **rule,
        "required": required,
        "passed": value is not None and value >= required,
        "text": f"{label}, must be at least {_number(required)} ({deployed_text})",
    }


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4f}"
