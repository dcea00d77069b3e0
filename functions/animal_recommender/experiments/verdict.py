"""The verdict on an experiment: what can be concluded from its counts, in plain words.

The verdict is the same however often it is asked for, and by whom: it looks at each day as it was known at its end. Of
experiments without any difference at most 5 % ever get a wrong one (`statistics`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from animal_recommender.experiments.counts import Counts
from animal_recommender.experiments.defects import Shares, find_defects, find_doubts
from animal_recommender.experiments.definition import Experiment
from animal_recommender.experiments.statistics import (
    Interval,
    Tally,
    difference_interval,
    planned_information,
    rate_interval,
)

ALPHA = 0.05
"""The probability with which an experiment ever gets a wrong verdict. Its comparisons share it equally."""


class Conclusion(StrEnum):
    """What the figures say of an arm, or of a whole experiment."""

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE = "no relevant difference"
    NOT_ENOUGH = "not enough data yet"
    BROKEN = "broken"


@dataclass(frozen=True)
class Look:
    """The difference of the rates of an arm and the control, as it was known at the end of a day."""

    day: date
    difference: Interval


@dataclass(frozen=True)
class Comparison:
    """An arm against the control.

    `since` is the day with whose end the conclusion was reached, None if there is none yet. `needed` is how many more
    visitors of both arms find the hoped-for effect with a probability of 80 %; None if no rate is known.
    `secondary` has the differences of the other outcomes: they are shown and never judged.
    """

    arm: str
    control_tally: Tally
    tally: Tally
    looks: tuple[Look, ...]
    conclusion: Conclusion
    since: date | None
    needed: int | None
    secondary: Mapping[str, Interval]

    @property
    def difference(self) -> Interval:
        """The newest difference of the rates."""
        return self.looks[-1].difference if self.looks else Interval(0.0, -1.0, 1.0)


@dataclass(frozen=True)
class Verdict:
    """What can be concluded from an experiment at the end of the day `until`.

    `winner` is an arm that is better than the control, None if there is none. `reasons` say why the figures are
    broken, `doubts` what weakens the conclusion. `rates` has the interval of each arm's rate.
    """

    experiment: Experiment
    until: date
    conclusion: Conclusion
    winner: str | None
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]
    comparisons: tuple[Comparison, ...]
    tallies: Mapping[str, Tally]
    rates: Mapping[str, Interval]


def newest_whole_day(today: date) -> date:
    """Return the newest day that is over (UTC): all who judge look at the same days."""
    return today - timedelta(1)


def judge(experiment: Experiment, counts: Counts, day: date, history: Sequence[Shares] | None = None) -> Verdict:
    """Return the verdict on an experiment at the end of a day, which must be over. Nothing after its end date counts.

    A verdict on a part of a day would be withdrawn if the rest of the day is otherwise; see `newest_whole_day`.

    `history` has the shares that it was seen to have, oldest first; None if those of the definition held all the time.
    """
    until = min(day, experiment.end_date)
    others = [arm.name for arm in experiment.arms if arm.name != experiment.control]
    comparisons = tuple(_compare(experiment, counts, arm, until, ALPHA / len(others)) for arm in others)
    reasons = find_defects(experiment, counts, until, history)
    tallies = {arm: _total(counts, arm, experiment.primary_outcome, until) for arm in experiment.shares}
    return Verdict(
        experiment=experiment,
        until=until,
        conclusion=Conclusion.BROKEN if reasons else _combine([one.conclusion for one in comparisons]),
        winner=None if reasons else _find_winner(comparisons),
        reasons=reasons,
        doubts=() if reasons else find_doubts(counts),
        comparisons=comparisons,
        tallies=tallies,
        rates={arm: rate_interval(tally, ALPHA) for arm, tally in tallies.items()},
    )


def _total(counts: Counts, arm: str, outcome: str, until: date) -> Tally:
    return sum(counts.tallies(arm, outcome, until).values(), Tally(0, 0))


def _compare(experiment: Experiment, counts: Counts, arm: str, until: date, alpha: float) -> Comparison:
    looks = tuple(_look(experiment, counts, arm, until, alpha))
    conclusion, since = _newest_conclusion(looks, experiment, counts)
    return Comparison(
        arm=arm,
        control_tally=_total(counts, experiment.control, experiment.primary_outcome, until),
        tally=_total(counts, arm, experiment.primary_outcome, until),
        looks=looks,
        conclusion=conclusion,
        since=since,
        needed=count_needed(experiment, counts, arm, until, alpha),
        secondary={
            outcome: difference_interval(
                counts.pairs(experiment.control, arm, outcome, until), alpha, experiment.hoped_for_lift
            )
            for outcome in experiment.secondary_outcomes
        },
    )


def _look(experiment: Experiment, counts: Counts, arm: str, until: date, alpha: float) -> Iterator[Look]:
    for day in counts.list_days(until):
        pairs = counts.pairs(experiment.control, arm, experiment.primary_outcome, day)
        yield Look(day, difference_interval(pairs, alpha, experiment.hoped_for_lift))


def _newest_conclusion(looks: Sequence[Look], experiment: Experiment, counts: Counts) -> tuple[Conclusion, date | None]:
    """Return the conclusion of the newest look that has one, and since when; a later look without one changes nothing.

    An interval may grow again a little. What it has excluded once stays excluded with the same probability.
    """
    conclusion, since = Conclusion.NOT_ENOUGH, None
    for look in looks:
        control = _total(counts, experiment.control, experiment.primary_outcome, look.day)
        found = _conclude(look.difference, control.rate * experiment.hoped_for_lift)
        if found not in (Conclusion.NOT_ENOUGH, conclusion):
            conclusion, since = found, look.day
    return conclusion, since


def _conclude(difference: Interval, hoped_for: float) -> Conclusion:
    if difference.lower > 0:
        return Conclusion.BETTER
    if difference.upper < 0:
        return Conclusion.WORSE
    if -hoped_for < difference.lower and difference.upper < hoped_for:
        return Conclusion.NO_DIFFERENCE
    return Conclusion.NOT_ENOUGH


def count_needed(experiment: Experiment, counts: Counts, arm: str, until: date, alpha: float) -> int | None:
    """Return how many more visitors the arm and the control need, with their present shares; None without a rate."""
    pairs = counts.pairs(experiment.control, arm, experiment.primary_outcome, until)
    both = sum((pair.control + pair.arm for pair in pairs), Tally(0, 0))
    control, share = experiment.shares[experiment.control], experiment.shares[arm]
    if not 0 < both.rate < 1 or not control * share:
        return None
    effective = planned_information(experiment.hoped_for_lift, alpha) * (1 - both.rate) / both.rate
    missing = max(0.0, effective - sum(pair.weight for pair in pairs))
    return math.ceil(missing * (control + share) ** 2 / (control * share))


def _combine(conclusions: Sequence[Conclusion]) -> Conclusion:
    """Return the conclusion on all arms: one that is better decides, one that may still become so delays."""
    if Conclusion.BETTER in conclusions:
        return Conclusion.BETTER
    if Conclusion.NOT_ENOUGH in conclusions:
        return Conclusion.NOT_ENOUGH
    if Conclusion.NO_DIFFERENCE in conclusions:
        return Conclusion.NO_DIFFERENCE
    return Conclusion.WORSE


def _find_winner(comparisons: Sequence[Comparison]) -> str | None:
    better = [one for one in comparisons if one.conclusion == Conclusion.BETTER]
    return max(better, key=lambda one: one.difference.estimate).arm if better else None
