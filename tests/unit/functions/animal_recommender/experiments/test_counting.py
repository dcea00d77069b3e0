from collections.abc import Sequence
from datetime import timedelta

from animal_recommender.experiments.counting import first_day, read_counts
from animal_recommender.experiments.counts import Answers, Counts, DayCount
from tests.support.experiment_counts import OUTCOME, day, experiment

ROWS = {
    "experiment_outcomes": [
        ["model", "2026-11-01", "", "", "10"],
        ["model", "2026-11-01", OUTCOME, "2026-11-03", "2"],
    ],
    "experiment_answers": [["model", "12", "1"]],
}


def test_given_rows_of_the_queries_when_read_then_they_are_counts() -> None:
    asked: dict[str, Sequence[str]] = {}

    def ask(query: str, parameters: Sequence[str]) -> list[list[str]]:
        asked[query] = parameters
        return ROWS[query]

    assert read_counts(experiment(), day(5), ask, lost=3) == Counts(
        (DayCount("model", day(0), 10), DayCount("model", day(0), 2, OUTCOME, day(2))), {"model": Answers(12, 1)}, 3
    )
    assert asked == {
        "experiment_outcomes": ["shelf", "2026-11-01", "2026-11-01"],
        "experiment_answers": ["shelf", "2026-11-01"],
    }


def test_given_an_experiment_without_a_first_day_when_read_then_the_last_90_days_are() -> None:
    always = experiment(start_date=None, end_date=day(20))
    assert first_day(always, day(10)) == day(10) - timedelta(90)
    assert first_day(always, day(100)) == day(20) - timedelta(90)
    assert first_day(experiment(), day(10)) == day(0)
