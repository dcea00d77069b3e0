"""Asks the named queries for the counts of an experiment. Who can run a named query says how (`Ask`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from animal_recommender.experiments.counts import Answers, Counts, DayCount
from animal_recommender.experiments.definition import Experiment

OUTCOMES, ANSWERS = "experiment_outcomes", "experiment_answers"
LOST_METRIC = "ExposuresNotSent"
"""Counted by the functions that show lists, with the dimension `service`: the deployed name of the function."""

_LONGEST = timedelta(days=90)  # that is read of an experiment without a first day

Ask = Callable[[str, Sequence[str]], Iterable[Sequence[str]]]
"""Runs the named query with these parameters; the rows have text, empty for null, and no header."""


def first_day(experiment: Experiment, today: date) -> date:
    """Return the first day that is read."""
    return experiment.start_date or min(today, experiment.end_date) - _LONGEST


def read_counts(experiment: Experiment, today: date, ask: Ask, lost: int) -> Counts:
    """Return the counts of an experiment. `lost` is how many exposures its function could not record since its start.

    Raises:
        ValueError: A row has another form.
    """
    day = first_day(experiment, today).isoformat()
    return Counts(
        days=tuple(_day_count(row) for row in ask(OUTCOMES, [experiment.name, day, day])),
        answers={
            arm: Answers(int(given), int(degraded)) for arm, given, degraded in ask(ANSWERS, [experiment.name, day])
        },
        lost=lost,
    )


def _day_count(row: Sequence[str]) -> DayCount:
    arm, day, outcome, outcome_day, visitors = row
    return DayCount(
        arm=arm,
        day=date.fromisoformat(day),
        visitors=int(visitors),
        outcome=outcome or None,
        outcome_day=date.fromisoformat(outcome_day) if outcome_day else None,
    )
