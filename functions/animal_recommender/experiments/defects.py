"""What makes an experiment's figures useless, or doubtful. It is looked for before any difference is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from animal_recommender.experiments.counts import Counts
from animal_recommender.experiments.definition import Experiment
from animal_recommender.experiments.statistics import mismatch_evidence

MISMATCH_ALPHA = 0.001
"""The probability with which an experiment with right shares is ever reported to have wrong ones."""

LOST_DOUBTFUL, LOST_BROKEN = 0.01, 0.05  # of all exposures
DEGRADED_BROKEN, DEGRADED_ANSWERS = 0.1, 100  # of an arm's answers; below this number of answers nothing is said
USUAL_VISITORS = 20  # a day, from which a day without any is a fault
OUTCOME_VISITORS = 1000  # without any outcome, from which the outcome is missing


class Shares(NamedTuple):
    """Shares by arm that held on each day between the days `since` and `seen`, on which somebody looked at them.

    On these two days, and on those between them and another look, other shares may have held too.
    """

    since: date
    seen: date
    shares: Mapping[str, float]


def find_defects(
    experiment: Experiment, counts: Counts, until: date, history: Sequence[Shares] | None = None
) -> tuple[str, ...]:
    """Return in words why nothing can be concluded; empty if something can.

    `history` has the earlier and present shares, oldest first; None if those of the definition held all the time. On
    days that it does not have, the shares are not tested.
    """
    return (
        *_mismatch(experiment, counts, until, history),
        *_missing_days(counts, until),
        *_missing_outcome(experiment, counts, until),
        *_lost(counts, LOST_BROKEN),
        *_degraded(counts),
    )


def find_doubts(counts: Counts) -> tuple[str, ...]:
    """Return in words what weakens a conclusion but does not forbid it."""
    return tuple(_lost(counts, LOST_DOUBTFUL))


def _mismatch(experiment: Experiment, counts: Counts, until: date, history: Sequence[Shares] | None) -> Iterator[str]:
    if history is None:
        history = [Shares(date.min, date.max, experiment.shares)]
    periods = [(_visitors(counts, days), shares) for days, shares in _periods(counts.list_days(until), history)]
    if mismatch_evidence(periods) >= -math.log(MISMATCH_ALPHA):
        yield (
            f"The visitors do not come to the arms by the shares: {_describe_split(periods)}. With right shares that "
            f"happens in fewer than 1 of {1 / MISMATCH_ALPHA:,.0f} experiments. Some visitors of an arm are not "
            "recorded, or the arm changes who comes."
        )


def _periods(days: Sequence[date], history: Sequence[Shares]) -> Iterator[tuple[list[date], Mapping[str, float]]]:
    """Yield the days on which nothing but the shares beside them held."""
    for since, seen, shares in history:
        yield [day for day in days if since < day < seen], shares


def _visitors(counts: Counts, days: Sequence[date]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for day in days:
        for arm, visitors in counts.visitors_on(day).items():
            sums[arm] = sums.get(arm, 0) + visitors
    return sums


def _describe_split(periods: Sequence[tuple[Mapping[str, int], Mapping[str, float]]]) -> str:
    arms = sorted({arm for counts, shares in periods for arm in (*counts, *shares)})
    return ", ".join(
        f"{arm} has {_seen(periods, arm):,} and should have {_expected(periods, arm):,.0f}" for arm in arms
    )


def _seen(periods: Sequence[tuple[Mapping[str, int], Mapping[str, float]]], arm: str) -> int:
    return sum(counts.get(arm, 0) for counts, _ in periods)


def _expected(periods: Sequence[tuple[Mapping[str, int], Mapping[str, float]]], arm: str) -> float:
    return sum(sum(counts.values()) * shares.get(arm, 0.0) / sum(shares.values()) for counts, shares in periods)


def _missing_days(counts: Counts, until: date) -> Iterator[str]:
    days = counts.list_days(until)
    visitors = [sum(counts.visitors_on(day).values()) for day in days]
    empty = [
        day for day, number in zip(days[:-1], visitors, strict=False) if not number
    ]  # the newest may be on its way
    if empty and sum(visitors) >= USUAL_VISITORS * len(days):
        shown = ", ".join(str(day) for day in empty[:3]) + (" and later" if len(empty) > 3 else "")
        yield f"No exposure was recorded on {shown}, though there were {sum(visitors):,} on the other days."


def _missing_outcome(experiment: Experiment, counts: Counts, until: date) -> Iterator[str]:
    known = [counts.tallies(arm, experiment.primary_outcome, until).values() for arm in experiment.shares]
    visitors = sum(tally.visitors for tallies in known for tally in tallies)
    if visitors >= OUTCOME_VISITORS and not any(tally.outcomes for tallies in known for tally in tallies):
        yield (
            f"Not one of {visitors:,} visitors has the outcome {experiment.primary_outcome}. Is the event sent, and "
            "with the same userId or sessionId as the request?"
        )


def _lost(counts: Counts, limit: float) -> Iterator[str]:
    exposures = counts.lost + sum(answers.given for answers in counts.answers.values())
    if exposures and counts.lost / exposures > limit:
        yield (
            f"{counts.lost:,} of {exposures:,} exposures could not be recorded ({counts.lost / exposures:.1%}; up to "
            f"{LOST_DOUBTFUL:.0%} is harmless)."
        )


def _degraded(counts: Counts) -> Iterator[str]:
    for arm, (given, degraded) in sorted(counts.answers.items()):
        if given >= DEGRADED_ANSWERS and degraded / given > DEGRADED_BROKEN:
            yield (
                f"The arm {arm} did not work: {degraded:,} of its {given:,} answers ({degraded / given:.0%}) showed "
                "something else, because it did not answer."
            )
