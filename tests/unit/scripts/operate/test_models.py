"""The chart of a model's metric."""

from rich.console import Console

from animal_recommender.retraining import ledger
from scripts.operate.models import draw_chart

NDCG = "normalized_discounted_cumulative_gain_at_5"


def entry(value: float | None, result: str) -> ledger.Outcome:
    return {
        "outcome": result,
        "solutionVersionArn": "arn",
        "metrics": {} if value is None else {NDCG: value},
        "trainingHours": None,
        "when": "2026-05-20T12:00:00+00:00",
        "run": "run",
        "reason": "",
    }


def test_given_outcomes_when_charted_then_bars_are_in_proportion_and_a_failure_has_none() -> None:
    console = Console(width=120)

    with console.capture() as drawn:
        console.print(draw_chart([entry(0.1, "rejected"), entry(0.2, "promoted"), entry(None, "failed")]))

    assert [line.count("█") for line in drawn.get().splitlines()] == [15, 30, 0]
