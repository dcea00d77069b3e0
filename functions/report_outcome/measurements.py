"""What a run puts into CloudWatch.

Counts carry the dimension `service` alone, for alarms; what describes one model carries `model` as well.
"""

from aws_lambda_powertools.metrics import MetricUnit

from animal_recommender.observability import Metrics, count
from report_outcome.outcome import Outcome

_COUNTS = {
    "promoted": "ModelPromoted",
    "rejected": "ModelRejected",
    "failed": "ModelFailed",
    "skipped": "ModelSkipped",
}


def measure(outcome: Outcome) -> None:
    """Emit the outcome, the training hours and the offline metrics of a model."""
    for result, name in _COUNTS.items():
        count(name, float(result == outcome["outcome"]))
    hours = outcome["trainingHours"] or 0.0
    count("TrainingHours", hours)
    _measure_model(outcome, hours)


def _measure_model(outcome: Outcome, hours: float) -> None:
    of_model = Metrics(model=outcome["name"])
    of_model.add_metric(_COUNTS[outcome["outcome"]], MetricUnit.Count, 1)
    of_model.add_metric("TrainingHours", MetricUnit.Count, hours)
    for name, value in outcome["metrics"].items():
        of_model.add_metric(name, MetricUnit.NoUnit, value)
    of_model.flush_metrics()
