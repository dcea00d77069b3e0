"""`python -m bench.experiments [A_A] [POWERED] [UNEQUAL]`: count wrong verdicts on experiments, and what they cost.

Without a difference (A/A): of A_A experiments, judged daily for 30 days, how many ever get a wrong verdict; beside it a
usual test looked at daily, and at the end only. The same of UNEQUAL experiments with a small arm. With a lift of 10 %
and of 20 %: of POWERED experiments, how many find it with as many visitors as are said to be needed, and how many
visitors that took, compared with a usual test that looks once. The verdicts are those of
`animal_recommender.experiments`. Without a difference, outcomes come up to a week after the exposure; with one, on the
same day, because a later outcome delays both kinds of tests alike.
"""

import sys
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from animal_recommender.experiments.counts import Counts, DayCount
from animal_recommender.experiments.definition import Arm, Experiment
from animal_recommender.experiments.statistics import fixed_information, planned_information
from animal_recommender.experiments.verdict import ALPHA, Conclusion, Verdict, judge
from bench import figures

DAYS, FIRST, OUTCOME = 30, date(2026, 1, 1), "Application"
DELAYS = (0.5, 0.15, 0.1, 0.08, 0.07, 0.06, 0.04)  # on which day after the first exposure an outcome comes
RATES, VISITORS = (0.005, 0.02, 0.1), (50, 300, 2000)  # of an arm and day
LIFTS, POWERED_RATE = (0.1, 0.2), 0.05
ARMS = ("control", "other")
SHARES, HOPED_FOR = (0.01, 0.02, 0.05), (0.1, 0.3, 1.0)  # of a small arm, with few outcomes: UNEQUAL_RATES
UNEQUAL_RATES, UNEQUAL_VISITORS = (0.005, 0.03), 2000  # of both arms and a day
DEFAULTS = ("2000", "500", "1800")


class Outcome(NamedTuple):
    """What became of one experiment: its verdict, the day of it (1 is the first), and what usual tests say."""

    conclusion: Conclusion
    day: int | None
    usual_daily: bool
    usual_once: bool


def experiment(lift: float, days: int, share: float = 0.5) -> Experiment:
    """Make an experiment of two arms; `share` is that of the one that is not the control."""
    return Experiment(
        name="bench",
        function="recommend",
        arms=tuple(Arm(name, part, name) for name, part in zip(ARMS, (1 - share, share), strict=True)),
        control=ARMS[0],
        traffic=1.0,
        species=frozenset(),
        shelters=frozenset(),
        primary_outcome=OUTCOME,
        secondary_outcomes=(),
        start_date=FIRST,
        end_date=FIRST + timedelta(days - 1),
        hoped_for_lift=lift,
        act=False,
    )


def simulate(
    random: Generator,
    visitors: float,
    rates: Sequence[float],
    days: int,
    delays: Sequence[float] = DELAYS,
    share: float = 0.5,
) -> Counts:
    """Make the counts of two arms: as many visitors as the shares happen to send, outcomes in the week after.

    `visitors` come on a day and arm on average.
    """
    rows: list[DayCount] = []
    for number in range(days):
        both = random.poisson(2 * visitors)
        split = random.binomial(both, 1 - share)
        for arm, size, rate in zip(ARMS, (split, both - split), rates, strict=True):
            rows += _arm_day(arm, number, int(size), random.multinomial(random.binomial(size, rate), delays))
    return Counts(tuple(rows), {})


def _arm_day(arm: str, number: int, size: int, outcomes: Sequence[int]) -> Iterable[DayCount]:
    day = FIRST + timedelta(number)
    yield DayCount(arm, day, size)
    for delay, visitors in enumerate(outcomes):
        if visitors:
            yield DayCount(arm, day, int(visitors), OUTCOME, day + timedelta(delay))


def evaluate(counts: Counts, days: int, lift: float, share: float = 0.5) -> Outcome:
    """Judge an experiment at the end of its last day, which tells the verdict of every day before."""
    verdict = judge(experiment(lift, days, share), counts, FIRST + timedelta(days - 1))
    usual = [abs(_usual_statistic(counts, day)) > NormalDist().inv_cdf(1 - ALPHA / 2) for day in range(days)]
    return Outcome(verdict.conclusion, _verdict_day(verdict), any(usual), usual[-1])


def _verdict_day(verdict: Verdict) -> int | None:
    since = verdict.comparisons[0].since
    return None if since is None else (since - FIRST).days + 1


def _usual_statistic(counts: Counts, day: int) -> float:
    """Return the difference in standard errors, by the usual test of two proportions."""
    until = FIRST + timedelta(day)
    (n, hits), (m, others) = (
        (sum(t.visitors for t in tallies), sum(t.outcomes for t in tallies))
        for tallies in (counts.tallies(arm, OUTCOME, until).values() for arm in ARMS)
    )
    pooled = (hits + others) / max(n + m, 1)
    error = (pooled * (1 - pooled) * (1 / max(n, 1) + 1 / max(m, 1))) ** 0.5
    return (others / max(m, 1) - hits / max(n, 1)) / error if error else 0.0


def false_verdicts(number: int, seed: int = 1) -> list[tuple[float, int, list[Outcome]]]:
    """Run A/A experiments: for each rate and size an equal part of them."""
    settings = [(rate, visitors) for rate in RATES for visitors in VISITORS]
    each = -(-number // len(settings))
    random = np.random.default_rng(seed)
    return [
        (rate, visitors, [evaluate(simulate(random, visitors, (rate, rate), DAYS), DAYS, 0.1) for _ in range(each)])
        for rate, visitors in settings
    ]


def false_unequal(number: int, seed: int = 4) -> list[tuple[float, float, list[Outcome]]]:
    """Run A/A experiments with a small arm: for each share and hoped-for lift an equal part, at both rates."""
    settings = [(share, lift) for share in SHARES for lift in HOPED_FOR]
    each = -(-number // len(settings) // len(UNEQUAL_RATES))
    random = np.random.default_rng(seed)

    def run(share: float, lift: float, rate: float) -> Outcome:
        counts = simulate(random, UNEQUAL_VISITORS / 2, (rate, rate), DAYS, share=share)
        return evaluate(counts, DAYS, lift, share)

    return [
        (share, lift, [run(share, lift, rate) for rate in UNEQUAL_RATES for _ in range(each)])
        for share, lift in settings
    ]


def is_false(outcome: Outcome) -> bool:
    """Return whether a verdict on two equal arms is wrong."""
    return outcome.conclusion in (Conclusion.BETTER, Conclusion.WORSE, Conclusion.BROKEN)


class Powered(NamedTuple):
    """How often a lift was found, and with how many visitors of both arms."""

    lift: float
    usual: float  # visitors that a usual test with one look needs for a power of 80 %
    planned: float  # visitors that are said to be needed
    found: float
    found_with_usual: float
    mean: float  # visitors at the verdict, or at the end without one


def find_lift(lift: float, number: int, seed: int = 2) -> Powered:
    """Run experiments with a real lift, as long as they are said to need."""
    rates = (POWERED_RATE, POWERED_RATE * (1 + lift))
    pooled = sum(rates) / 2
    usual, planned = (4 * size * (1 - pooled) / pooled for size in
                      (fixed_information(lift, ALPHA), planned_information(lift, ALPHA)))  # fmt: skip
    daily, random = planned / 2 / DAYS, np.random.default_rng(seed)
    outcomes = [evaluate(simulate(random, daily, rates, DAYS, [1.0]), DAYS, lift) for _ in range(number)]
    better = [one for one in outcomes if one.conclusion is Conclusion.BETTER]
    early = [one for one in better if one.day is not None and one.day * 2 * daily <= usual]
    taken = [2 * daily * (one.day if one in better and one.day else DAYS) for one in outcomes]
    return Powered(lift, usual, planned, len(better) / number, len(early) / number, sum(taken) / number)


def print_false(kind: str, groups: Sequence[tuple[str, list[Outcome]]]) -> bool:
    """Print how many A/A experiments got a wrong verdict; return whether they are few enough in each group."""
    rows = [_false_row(name, outcomes) for name, outcomes in groups]
    every = [outcome for _, outcomes in groups for outcome in outcomes]
    columns = (kind, "experiments", "wrong verdicts", "of them broken", "usual test daily", "at the end")
    figures.table(f"No difference, judged daily for {DAYS} days", columns, [*rows, _false_row("all", every)])
    met = all(sum(map(is_false, outcomes)) <= ALPHA * len(outcomes) for _, outcomes in groups)
    figures.console.print(f"At most {ALPHA:.0%} wrong verdicts: {figures.verdict(met)}")
    return met


def _false_row(name: str, outcomes: Sequence[Outcome]) -> list[str]:
    def share(number: int) -> str:
        return f"{number / len(outcomes):.1%}"

    broken = sum(one.conclusion is Conclusion.BROKEN for one in outcomes)
    usual = [share(sum(one.usual_daily for one in outcomes)), share(sum(one.usual_once for one in outcomes))]
    return [name, f"{len(outcomes):,}", share(sum(map(is_false, outcomes))), share(broken), *usual]


def print_power(results: Iterable[Powered]) -> None:
    """Print how often lifts were found, and what that cost."""
    figures.table(
        f"A real lift, rate {POWERED_RATE:.0%}, judged daily",
        (
            "lift",
            "usual test, one look",
            "said to be needed",
            "found with so many",
            "found with the usual's",
            "on average",
        ),
        [
            (
                f"{one.lift:.0%}",
                f"{one.usual:,.0f}",
                f"{one.planned:,.0f} ({one.planned / one.usual - 1:+.0%})",
                f"{one.found:.1%}",
                f"{one.found_with_usual:.1%}",
                f"{one.mean:,.0f} ({one.mean / one.usual - 1:+.0%})",
            )
            for one in results
        ],
    )


def main(arguments: Sequence[str]) -> int:
    """Print the measurements; return 1 if there are too many wrong verdicts."""
    a_a, powered, unequal = map(int, [*arguments, *DEFAULTS[len(arguments) :]])
    equal = [(f"{rate:.1%}, {visitors:,} a day and arm", group) for rate, visitors, group in false_verdicts(a_a)]
    small = [(f"{share:.0%}, {lift:.0%}", group) for share, lift, group in false_unequal(unequal)]
    met = all([print_false("rate and visitors", equal), print_false("share of the arm, lift hoped for", small)])
    print_power(find_lift(lift, powered) for lift in LIFTS)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
