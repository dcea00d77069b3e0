"""What visitors of experiments did with the lists of each model in the last 30 days, as metrics for the dashboard."""

from collections.abc import Iterable, Mapping, Sequence

from aws_lambda_powertools.metrics import MetricUnit

from animal_recommender.observability import Metrics

QUERY, DAYS = "attribution", "7"
RATES = ("ListClickRate", "ListFavoriteRate", "ListApplicationRate")


def sum_by_model(rows: Iterable[Sequence[str]]) -> Mapping[str, list[int]]:
    """Return for each model how many lists were shown, clicked, and led to a favorite and an application."""
    sums: dict[str, list[int]] = {}
    for _, model, _, *counts in rows:
        sums[model] = [a + int(b) for a, b in zip(sums.get(model, [0] * len(counts)), counts, strict=True)]
    return sums


def emit(sums: Mapping[str, Sequence[int]]) -> None:
    """Emit the number of lists and the rates in percent, with the dimension `model`."""
    for model, (shown, *outcomes) in sums.items():
        metrics = Metrics(model=model)
        metrics.add_metric("ListsShown", MetricUnit.Count, shown)
        for name, number in zip(RATES, outcomes, strict=True):
            metrics.add_metric(name, MetricUnit.Percent, 100 * number / shown)
        metrics.flush_metrics()
