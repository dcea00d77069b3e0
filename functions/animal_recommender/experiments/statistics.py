"""Statistics that stay valid however often somebody looks: intervals of rates, of their difference, and of shares.

A usual 95 % interval holds for one look at a time fixed in advance. Looked at daily, it misses the truth in many more
than 5 % of experiments. The intervals here cover the truth at all looks together with the probability 1 - alpha:

- `difference_interval`: an asymptotic confidence sequence, the mixture of Robbins (Waudby-Smith, Arbour, Sinha, Kennedy
  and Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences", 2024, Theorem 2.2). As long as
  there are few outcomes, for which no central limit theorem helps: the difference of two exact intervals.
- `rate_interval`: exact for any number of visitors, a conjugate mixture of binomials (Howard, Ramdas, McAuliffe and
  Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences", 2021).
- `mismatch_evidence`: the sequential multinomial test of Lindon and Malek, "Anytime-valid inference for multinomial
  count data", 2022.

Only `math` is used, because the packages of the functions carry no compiled code: docs/decisions/0018.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

ENOUGH_OUTCOMES = 30
"""Outcomes of each arm, and visitors without one, from which the asymptotic sequence is used.

Both arms together would not do: the standard error of a small arm is near 0 until it has outcomes.
`bench/experiments.py` measures that no more experiments than alpha reach a false verdict with it, also with small arms.
"""

MISMATCH_CONCENTRATION = 100.0
"""How strongly the test of the shares expects a small mismatch: the sum of the Dirichlet prior's parameters."""

USUAL_LOOKS = 30.0
"""How often a verdict is taken to be looked at until it is reached: daily for a month."""

_OVERSHOOT = 0.5826  # by which a random walk exceeds a line on average, in steps: -zeta(1/2) / sqrt(2 pi)
_STEPS = 60  # of a bisection: more than the digits of a float
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Tally:
    """How many visitors an arm has, and how many of them had the outcome at least once."""

    visitors: int
    outcomes: int

    @property
    def rate(self) -> float:
        """The share of visitors with the outcome; 0 if there is no visitor."""
        return self.outcomes / self.visitors if self.visitors else 0.0

    def __add__(self, other: Tally) -> Tally:
        """Return both together."""
        return Tally(self.visitors + other.visitors, self.outcomes + other.outcomes)


@dataclass(frozen=True)
class Interval:
    """An estimate, and the limits between which the truth lies. They may lie outside of what is possible."""

    estimate: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Pair:
    """Visitors of the control and of one other arm whose first exposure was on the same day."""

    control: Tally
    arm: Tally

    @property
    def weight(self) -> float:
        """How much the pair says about the difference: n m / (n + m) visitors; 0 if an arm has none."""
        return effective_visitors(self.control.visitors, self.arm.visitors)


def effective_visitors(control: float, arm: float) -> float:
    """Return n m / (n + m): the difference of two rates varies as the rate of so many visitors."""
    return control * arm / (control + arm) if control + arm else 0.0


def rate_interval(tally: Tally, alpha: float) -> Interval:
    """Return the interval of one rate, for visitors who are alike: exact, and valid at all looks together.

    It has the rates p that the mixture of binomials over the prior Beta(1/2, 1/2) does not refute with 1 / alpha.
    """
    hits, misses = tally.outcomes, tally.visitors - tally.outcomes
    mixture = _log_beta(hits + 0.5, misses + 0.5) - _log_beta(0.5, 0.5)

    def refuted(rate: float) -> bool:
        return mixture - _times_log(hits, rate) - _times_log(misses, 1 - rate) >= -math.log(alpha)

    return Interval(tally.rate, _first_kept(refuted, tally.rate, 0.0), _first_kept(refuted, tally.rate, 1.0))


def _log_beta(one: float, other: float) -> float:
    return math.lgamma(one) + math.lgamma(other) - math.lgamma(one + other)


def _times_log(count: int, probability: float) -> float:
    if count == 0:
        return 0.0
    return count * math.log(probability) if probability > 0 else -math.inf


def _first_kept(refuted: Callable[[float], bool], inside: float, outside: float) -> float:
    """Return the limit between `inside`, which is not refuted, and `outside`, by bisection."""
    if not refuted(outside):
        return outside
    for _ in range(_STEPS):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if refuted(middle) else (middle, outside)
    return outside


def difference_interval(pairs: Sequence[Pair], alpha: float, lift: float) -> Interval:
    """Return the interval of the arm's rate minus the control's, valid at all looks together.

    Days are compared with themselves and then weighted (Mantel and Haenszel), so the shares of the arms may change
    between days. The interval is narrowest when there are enough visitors to find the relative difference `lift`, which
    must be chosen before the first look. Without visitors the interval is -1 to 1.
    """
    control, arm = _sum(pair.control for pair in pairs), _sum(pair.arm for pair in pairs)
    both, weight = control + arm, sum(pair.weight for pair in pairs)
    if weight == 0 or min(map(_rarer, (control, arm))) < ENOUGH_OUTCOMES:
        return _exact_difference(control, arm, alpha)
    estimate = sum(pair.weight * (pair.arm.rate - pair.control.rate) for pair in pairs) / weight
    so_far = information(weight, both.rate) / planned_information(lift, alpha)
    width = _standard_error(pairs, control.rate, arm.rate) * boundary(so_far, alpha)
    return Interval(estimate, estimate - width, estimate + width)


def _sum(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally(0, 0))


def _rarer(tally: Tally) -> int:
    return min(tally.outcomes, tally.visitors - tally.outcomes)


def _exact_difference(control: Tally, arm: Tally, alpha: float) -> Interval:
    one, other = rate_interval(control, alpha / 2), rate_interval(arm, alpha / 2)
    return Interval(arm.rate - control.rate, other.lower - one.upper, other.upper - one.lower)


def _standard_error(pairs: Sequence[Pair], control_rate: float, arm_rate: float) -> float:
    """Return the standard error of the weighted difference, with the variance of all days: a day has few outcomes."""
    weight = sum(pair.weight for pair in pairs)
    variance = sum(
        pair.weight**2
        * (control_rate * (1 - control_rate) / pair.control.visitors + arm_rate * (1 - arm_rate) / pair.arm.visitors)
        for pair in pairs
        if pair.weight
    )
    return math.sqrt(variance) / weight


def boundary(information: float, alpha: float) -> float:
    """Return how many standard errors an interval needs to both sides at `information` (1: as much as was planned)."""
    scale = information * _best_scale(alpha)
    return math.sqrt((1 + 1 / scale) * (math.log1p(scale) - 2 * math.log(alpha)))


@lru_cache
def _best_scale(alpha: float) -> float:
    """Return where the interval is narrowest for its information: the solution of s = log(1 + s) - 2 log alpha."""
    scale = 1.0
    for _ in range(_STEPS):
        scale = -2 * math.log(alpha) + math.log1p(scale)
    return scale


def mismatch_evidence(periods: Sequence[tuple[Mapping[str, int], Mapping[str, float]]]) -> float:
    """Return the logarithm of the evidence that visitors do not come to the arms by the shares.

    Each period has the visitors by arm and the shares by arm (any positive numbers) that held in it. With right shares
    the evidence ever reaches log(1 / alpha) with a probability of at most alpha, at all looks together.
    """
    return sum(_period_evidence(counts, shares) for counts, shares in periods)


def _period_evidence(counts: Mapping[str, int], shares: Mapping[str, float]) -> float:
    total, visitors = sum(shares.values()), sum(counts.values())
    if any(count and not shares.get(arm) for arm, count in counts.items()):
        return math.inf  # a visitor of an arm that nobody should see
    evidence = math.lgamma(MISMATCH_CONCENTRATION) - math.lgamma(MISMATCH_CONCENTRATION + visitors)
    for arm, share in shares.items():
        if share:
            expected, count = share / total, counts.get(arm, 0)
            prior = MISMATCH_CONCENTRATION * expected
            evidence += math.lgamma(prior + count) - math.lgamma(prior) - count * math.log(expected)
    return evidence


def information(effective: float, rate: float) -> float:
    """Return what effective visitors say about a relative difference of a rate: n p / (1 - p), about the outcomes."""
    return effective * rate / (1 - rate)


def power(so_far: float, lift: float, alpha: float, planned: float, looks: float = USUAL_LOOKS) -> float:
    """Return about how probable it is that the interval leaves out 0 by then, if it is looked at `looks` times.

    By then means with the information `so_far`, if the difference is `lift` times the rate of both arms together and
    the interval narrowest at the information `planned`. The boundary is replaced by a tangent, which it never exceeds
    and whose crossing has a known probability; it is raised for what happens between two looks (Siegmund 1985).
    """
    between = _OVERSHOOT * math.sqrt(so_far / looks)
    tangents = (_tangent(so_far * step / 10, alpha, planned) for step in range(1, 11))
    return max(_crossing(so_far, abs(lift), height + between, slope) for height, slope in tangents)


def _tangent(at: float, alpha: float, planned: float) -> tuple[float, float]:
    """Return height and slope of the line that touches the boundary of a Brownian motion at the information `at`."""
    unit = planned / _best_scale(alpha)
    inside = math.log1p(at / unit) - 2 * math.log(alpha)
    height = math.sqrt((at + unit) * inside)
    slope = (inside + 1) / (2 * height)
    return height - slope * at, slope


def _crossing(time: float, drift: float, height: float, slope: float) -> float:
    """Return the probability that a Brownian motion with a drift crosses a line before `time`."""
    ahead, root = drift - slope, math.sqrt(time)
    later = math.exp(min(2 * height * ahead, 700.0)) * _NORMAL.cdf(-ahead * root - height / root)
    return _NORMAL.cdf(ahead * root - height / root) + later


@lru_cache
def planned_information(lift: float, alpha: float, wanted: float = 0.8) -> float:
    """Return the information with which a relative difference `lift`, not 0, is found with the probability `wanted`.

    The lift is relative to the control's rate. The interval is taken to be narrowest at this information and to be
    looked at USUAL_LOOKS times.
    """
    too_little = fixed_information(lift, alpha, wanted) / 2
    enough = 8 * too_little
    for _ in range(_STEPS):
        middle = (too_little + enough) / 2
        found = power(middle, _relative_to_both(lift), alpha, middle) >= wanted
        too_little, enough = (too_little, middle) if found else (middle, enough)
    return enough


def fixed_information(lift: float, alpha: float, wanted: float = 0.8) -> float:
    """Return the information that a usual test with a single look at the end needs, for comparison."""
    quantiles = _NORMAL.inv_cdf(1 - alpha / 2) + _NORMAL.inv_cdf(wanted)
    return (quantiles / _relative_to_both(lift)) ** 2


def _relative_to_both(lift: float) -> float:
    """Return a lift relative to the rate of both arms together, of which the information is made."""
    return lift / (1 + lift / 2)
