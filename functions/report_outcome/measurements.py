"""The metrics of a run.

Counts have only the dimension `service`, for alarms. Metrics of one model also have the dimension `model`.
"""

from aws_lambda_powertools.metrics import MetricUnit

from animal_recommender.observability import Metrics, add_count_metric
from report_outcome.outcome import Outcome

_COUNTS = {
    "promoted": "ModelPromoted",
    "rejected": "ModelRejected",
    "failed": "ModelFailed",
    "skipped": "ModelSkipped",
}


def emit_metrics(outcome: Outcome) -> None:
    """Emit the outcome, the training hours and the offline metrics of a model."""
    for result, name in _COUNTS.items():
        add_count_metric(name, float(result == outcome["outcome"]))
    hours = outcome["trainingHours"] or 0.0
    add_count_metric("TrainingHours", hours)
    _emit_model_metrics(outcome, hours)


def _emit_model_metrics(outcome: Outcome, hours: float) -> None:
    model_metrics = Metrics(model=outcome["name"])
    model_metrics.add_metric(_COUNTS[outcome["outcome"]], MetricUnit.Count, 1)
    model_metrics.add_metric("TrainingHours", MetricUnit.Count, hours)
    if outcome["standing"] is not None:
        model_metrics.add_metric("DaysNotNewest", MetricUnit.NoUnit, outcome["standing"]["daysNotNewest"])
    for name, value in outcome["metrics"].items():
        model_metrics.add_metric(name, MetricUnit.NoUnit, value)
    model_metrics.flush_metrics()
