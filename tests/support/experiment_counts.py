"""Experiments and their counts, as the queries would answer them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from animal_recommender.experiments.counts import Answers, Counts, DayCount
from animal_recommender.experiments.definition import Arm, Experiment

FIRST = date(2026, 11, 1)
OUTCOME = "Application"


def experiment(shares: Mapping[str, float] | None = None, **fields: Any) -> Experiment:
    """An experiment on `recommend` whose control is the arm `popular`."""
    arms = tuple(Arm(name, share, name) for name, share in (shares or {"model": 0.5, "popular": 0.5}).items())
    return Experiment(
        name="shelf", function="recommend", arms=arms, control="popular", traffic=1.0, species=frozenset(),
        shelters=frozenset(), primary_outcome=OUTCOME, secondary_outcomes=(), start_date=FIRST,
        end_date=FIRST + timedelta(60), hoped_for_lift=0.2, act=False,
    )._replace(**fields)  # fmt: skip


def day(number: int) -> date:
    """The day with a number, 0 for the first one."""
    return FIRST + timedelta(number)


def equal_days(
    arms: Mapping[str, tuple[int, int]], days: int, outcome: str = OUTCOME, first: int = 0
) -> list[DayCount]:
    """Days on which each arm has so many visitors and so many of them the outcome, on the same day."""
    rows = []
    for number in range(first, first + days):
        for arm, (visitors, outcomes) in arms.items():
            rows.append(DayCount(arm, day(number), visitors))
            rows.append(DayCount(arm, day(number), outcomes, outcome, day(number)))
    return rows


def counts(arms: Mapping[str, tuple[int, int]], days: int, **fields: Any) -> Counts:
    """Counts of equal days; every visitor got one answer."""
    answers = {arm: Answers(days * visitors, 0) for arm, (visitors, _) in arms.items()}
    return Counts(**{"days": tuple(equal_days(arms, days)), "answers": answers, **fields})
