"""The gate: three rules on the offline metrics of a version.

The metrics of two versions were measured on different days and thus on different data. A small difference between
them means nothing; the rule on regression is a guard against breakage, not a ranking.
"""

from animal_recommender.retraining.run_state import DeployedVersion, Metrics, Model, Rule, metric_label

COVERAGE = "coverage"

_DIGITS = 9  # so that 0.2 less 20% is 0.16, and not a bit more


def judge(model: Model, metrics: Metrics, deployed: DeployedVersion) -> list[Rule]:
    """Apply the model's rules to the metrics of a new version."""
    return [_threshold(model, metrics), _coverage(model, metrics), _regression(model, metrics, deployed)]


def _threshold(model: Model, metrics: Metrics) -> Rule:
    metric, required = model["metric"], model["threshold"]
    value = metrics.get(metric)
    passed = value is not None and value > required
    text = f"{metric_label(metric)} {_number(value)}, must be above {_number(required)}"
    return {"rule": "threshold", "metric": metric, "value": value, "required": required, "passed": passed, "text": text}


def _coverage(model: Model, metrics: Metrics) -> Rule:
    value, required = metrics.get(COVERAGE), model["minimumCoverage"]
    passed = value is not None and value >= required
    text = f"coverage {_number(value)}, must be at least {_number(required)}"
    return {
        "rule": "coverage",
        "metric": COVERAGE,
        "value": value,
        "required": required,
        "passed": passed,
        "text": text,
    }


def _regression(model: Model, metrics: Metrics, deployed: DeployedVersion) -> Rule:
    metric, tolerance = model["metric"], model["regressionTolerance"]
    value, before = metrics.get(metric), (deployed["metrics"] or {}).get(metric)
    if before is None:
        text = f"{metric_label(metric)} {_number(value)}; the deployed version has none to compare with"
        return {"rule": "regression", "metric": metric, "value": value, "required": None, "passed": True, "text": text}
    required = round(before * (1 - tolerance), _DIGITS)
    passed = value is not None and value >= required
    text = (
        f"{metric_label(metric)} {_number(value)}, must be at least {_number(required)} "
        f"(the deployed version's {_number(before)} less {tolerance:.0%})"
    )
    return {
        "rule": "regression",
        "metric": metric,
        "value": value,
        "required": required,
        "passed": passed,
        "text": text,
    }


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4f}"
