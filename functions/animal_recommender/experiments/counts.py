"""What the queries count for an experiment: visitors by arm and day of first exposure, and what they did later."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple, TypeVar

from animal_recommender.experiments.statistics import Pair, Tally

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class DayCount:
    """Visitors of an arm whose first exposure was on `day`.

    Without an `outcome` these are all of them, with one those who first had it (an event type) on `outcome_day`.
    Days are UTC. A visitor counts for the arm of the first exposure (intention to treat), and once for each outcome.
    """

    arm: str
    day: date
    visitors: int
    outcome: str | None = None
    outcome_day: date | None = None


class Answers(NamedTuple):
    """How many answers an arm gave in which the experiment was, and how many of them were no answers of the arm.

    `degraded` are those for which the model or the list of the arm did not answer in time, so that visitors saw another
    one.
    """

    given: int
    degraded: int


@dataclass(frozen=True)
class Counts:
    """All that is counted for one experiment.

    `answers` is by arm. `lost` is how many exposures could not be recorded.
    """

    days: tuple[DayCount, ...]
    answers: Mapping[str, Answers]
    lost: int = 0

    def visitors_on(self, day: date) -> dict[str, int]:
        """Return the visitors by arm whose first exposure was on a day."""
        return _sum_by_arm(count for count in self.days if count.outcome is None and count.day == day)

    def tallies(self, arm: str, outcome: str, until: date) -> dict[date, Tally]:
        """Return the tally of an arm by day of first exposure, as it was known at the end of the day `until`."""
        visitors = _sum_by_day(count for count in self._grouped.get((arm, None), ()) if count.day <= until)
        outcomes = _sum_by_day(count for count in self._grouped.get((arm, outcome), ()) if _is_past(count, until))
        return {day: Tally(number, outcomes.get(day, 0)) for day, number in visitors.items()}

    @cached_property
    def _grouped(self) -> dict[tuple[str, str | None], list[DayCount]]:
        """The counts by arm and outcome, because a verdict reads them for each of its days."""
        grouped: dict[tuple[str, str | None], list[DayCount]] = {}
        for count in self.days:
            grouped.setdefault((count.arm, count.outcome), []).append(count)
        return grouped

    def pairs(self, control: str, arm: str, outcome: str, until: date) -> list[Pair]:
        """Return the days of two arms, as they were known at the end of the day `until`."""
        one, other = self.tallies(control, outcome, until), self.tallies(arm, outcome, until)
        nobody = Tally(0, 0)
        return [Pair(one.get(day, nobody), other.get(day, nobody)) for day in sorted({*one, *other})]

    def list_days(self, until: date) -> list[date]:
        """Return every day from the first exposure to `until`; none if there is no exposure by then."""
        first = min((count.day for count in self.days), default=until + timedelta(1))
        return [first + timedelta(number) for number in range((until - first).days + 1)]


def _is_past(count: DayCount, until: date) -> bool:
    return count.outcome_day is not None and count.outcome_day <= until


def _sum_by_arm(counts: Iterable[DayCount]) -> dict[str, int]:
    return _sum((count.arm, count.visitors) for count in counts)


def _sum_by_day(counts: Iterable[DayCount]) -> dict[date, int]:
    return _sum((count.day, count.visitors) for count in counts)


def _sum(numbers: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    sums: dict[Key, int] = {}
    for key, number in numbers:
        sums[key] = sums.get(key, 0) + number
    return sums
