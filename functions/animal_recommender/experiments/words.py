"""The sentences in which the mail, `make experiment` and the console state a verdict."""

from __future__ import annotations

from collections.abc import Iterator

from animal_recommender.experiments.statistics import Interval
from animal_recommender.experiments.verdict import Comparison, Conclusion, Verdict


def describe(verdict: Verdict) -> list[str]:
    """Return the verdict in sentences, the most important first."""
    if verdict.reasons:
        return ["Nothing can be concluded: the figures are broken.", *verdict.reasons]
    return [*(sentence for one in verdict.comparisons for sentence in _sentences(verdict, one)), *verdict.doubts]


def _sentences(verdict: Verdict, one: Comparison) -> Iterator[str]:
    control, outcome = verdict.experiment.control, verdict.experiment.primary_outcome
    since = f" (known since {one.since})" if one.since else ""
    lift = f"{verdict.experiment.hoped_for_lift:.0%}"
    yield {
        Conclusion.BETTER: f"{one.arm} is better than {control}{since}: more of its visitors have {outcome}.",
        Conclusion.WORSE: f"{one.arm} is worse than {control}{since}: fewer of its visitors have {outcome}.",
        Conclusion.NO_DIFFERENCE: f"{one.arm} and {control} do not differ by the {lift} that was hoped "
        f"for{since}. If there is a difference, it is smaller.",
    }.get(one.conclusion, f"Not enough data yet to tell {one.arm} from {control}. {_progress(one, lift)}")
    yield f"The difference is {describe_points(one.difference)}."


def _progress(one: Comparison, lift: str) -> str:
    if one.needed is None:
        return "How many visitors are needed is known after the first outcome."
    if one.needed == 0:
        return f"A difference of {lift} would probably be known by now, so if there is one, it is likely smaller."
    return f"About {one.needed:,} more visitors of both find a difference of {lift}, if there is one."


def describe_points(difference: Interval) -> str:
    """Return a difference of rates in words, in percentage points."""
    return (
        f"{100 * difference.estimate:+.2f} percentage points, between {100 * difference.lower:+.2f} and "
        f"{100 * difference.upper:+.2f} with a certainty of 95 % at all looks together"
    )
