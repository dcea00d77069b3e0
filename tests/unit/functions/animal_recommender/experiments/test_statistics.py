"""The statistics agree with scipy where it has the same formula, and keep what they promise at all looks together."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from animal_recommender.experiments.statistics import (
    ENOUGH_OUTCOMES,
    MISMATCH_CONCENTRATION,
    USUAL_LOOKS,
    Interval,
    Pair,
    Tally,
    boundary,
    difference_interval,
    effective_visitors,
    fixed_information,
    information,
    mismatch_evidence,
    planned_information,
    power,
    rate_interval,
)

HALVES = {"control": 0.5, "model": 0.5}


@pytest.mark.parametrize(("hits", "visitors"), [(0, 1), (0, 500), (3, 40), (20, 1000), (40, 40)])
def test_given_a_rate_when_its_interval_is_computed_then_scipys_mixture_refutes_exactly_its_limits(
    hits: int, visitors: int
) -> None:
    interval = rate_interval(Tally(visitors, hits), 0.05)
    mixture = stats.betabinom(visitors, 0.5, 0.5).pmf(hits)
    for limit in {interval.lower, interval.upper} - {0.0, 1.0}:
        assert mixture / stats.binom(visitors, limit).pmf(hits) == pytest.approx(20, rel=1e-6)
    assert interval.lower <= hits / visitors <= interval.upper


def test_given_no_visitor_when_intervals_are_computed_then_everything_is_possible() -> None:
    nobody = rate_interval(Tally(0, 0), 0.05)
    assert (nobody.lower, nobody.upper) == (0.0, 1.0)
    assert difference_interval([], 0.05, 0.1) == Interval(0.0, -1.0, 1.0)


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_given_any_counts_when_a_rates_interval_is_computed_then_the_rate_is_inside(hits: int, misses: int) -> None:
    tally = Tally(hits + misses, hits)
    interval = rate_interval(tally, 0.05)
    assert 0 <= interval.lower <= tally.rate <= interval.upper <= 1


@pytest.mark.parametrize(
    ("control", "arm"),
    [
        (Tally(1000, 200), Tally(1000, ENOUGH_OUTCOMES - 1)),
        (Tally(1000, ENOUGH_OUTCOMES - 1), Tally(1000, 200)),
        (Tally(1000, 200), Tally(1000, 1001 - ENOUGH_OUTCOMES)),
    ],
)
def test_given_few_outcomes_in_one_arm_when_compared_then_the_interval_is_that_of_two_exact_ones(
    control: Tally, arm: Tally
) -> None:
    interval = difference_interval([Pair(control, arm)], 0.05, 0.1)
    assert interval.lower == rate_interval(arm, 0.025).lower - rate_interval(control, 0.025).upper


def test_given_a_small_arm_without_any_outcome_yet_when_compared_then_it_is_not_taken_to_be_worse() -> None:
    interval = difference_interval([Pair(Tally(19_800, 99), Tally(200, 0))], 0.05, 0.3)
    assert interval.lower < 0 < interval.upper


def test_given_many_outcomes_when_compared_then_the_interval_is_that_of_the_theorem() -> None:
    # Theorem 2.2 of Waudby-Smith et al. in the paper's own symbols, rho chosen for the planned number of visitors.
    n, alpha, rate = 10_000, 0.05, 0.023
    t, sigma = 2 * n, math.sqrt(2 * n * (0.02 * 0.98 + 0.026 * 0.974) / n)
    planned = t * planned_information(0.1, alpha) / information(effective_visitors(n, n), rate)
    scale = optimize.brentq(lambda s: s - math.log1p(s) + 2 * math.log(alpha), 1, 50)
    rho = math.sqrt(scale / planned)
    width = sigma * math.sqrt(2 * (t * rho**2 + 1) / (t * rho) ** 2 * math.log(math.sqrt(t * rho**2 + 1) / alpha))
    interval = difference_interval([Pair(Tally(n, 200), Tally(n, 260))], alpha, 0.1)
    assert interval.estimate == pytest.approx(0.006)
    assert interval.upper - interval.estimate == pytest.approx(width, rel=1e-6)


def test_given_any_moment_when_the_boundary_is_computed_then_it_is_wider_than_a_single_looks_and_best_as_planned() -> (
    None
):
    single = stats.norm.ppf(0.975)
    widths = [boundary(share, 0.05) / math.sqrt(share) for share in (0.5, 0.9, 1.0)]
    assert all(later < earlier for earlier, later in pairwise(widths))
    assert min(boundary(share / 10, 0.05) for share in range(1, 40)) == pytest.approx(boundary(1, 0.05), rel=1e-3)
    assert boundary(1, 0.05) > single


def test_given_shares_that_change_between_days_of_other_rates_when_compared_then_no_difference_is_invented() -> None:
    # On the second day more visitors apply and most of them see the arm: without days its rate would look higher.
    pairs = [Pair(Tally(9000, 90), Tally(1000, 10)), Pair(Tally(1000, 50), Tally(9000, 450))]
    interval = difference_interval(pairs, 0.05, 0.1)
    assert interval.estimate == pytest.approx(0.0)
    assert interval.lower < 0 < interval.upper


def test_given_right_shares_when_visitors_come_then_the_evidence_is_that_of_scipys_distributions() -> None:
    counts, shares = {"control": 510, "model": 240, "new": 250}, {"control": 2, "model": 1, "new": 1}
    numbers, expected = list(counts.values()), np.array([0.5, 0.25, 0.25])
    mixture = stats.dirichlet_multinomial(MISMATCH_CONCENTRATION * expected, 1000).logpmf(numbers)
    fixed = stats.multinomial(1000, expected).logpmf(numbers)
    assert mismatch_evidence([(counts, shares)]) == pytest.approx(mixture - fixed)


def test_given_wrong_shares_when_the_evidence_is_computed_then_it_grows_with_each_period() -> None:
    day = ({"control": 600, "model": 400}, HALVES)
    assert 0 < math.log(1000) < mismatch_evidence([day, day])
    assert mismatch_evidence([day]) < mismatch_evidence([day, day])


def test_given_a_visitor_in_an_arm_without_a_share_when_the_evidence_is_computed_then_it_is_certain() -> None:
    assert mismatch_evidence([({"control": 5, "model": 1}, {"control": 1.0, "model": 0.0})]) == math.inf


def test_given_right_shares_when_looked_at_a_hundred_times_then_few_experiments_seem_wrong() -> None:
    random = np.random.default_rng(1)
    wrong = 0
    for arrivals in random.binomial(50, 0.5, size=(400, 100)).cumsum(axis=1):
        looks = [({"control": int(c), "model": 50 * day - int(c)}, HALVES) for day, c in enumerate(arrivals, 1)]
        wrong += any(mismatch_evidence([look]) >= math.log(20) for look in looks)
    assert wrong / 400 <= 0.05


def test_given_a_hoped_for_lift_when_it_is_real_then_simulated_experiments_find_it_as_often_as_planned() -> None:
    planned, drift = planned_information(0.2, 0.05), 0.2 / 1.1
    assert power(planned, drift, 0.05, planned) == pytest.approx(0.8, abs=1e-6)
    # Brownian motion with the drift of the lift, looked at daily.
    step = planned / USUAL_LOOKS
    times = step * np.arange(1, USUAL_LOOKS + 1)
    motion = np.random.default_rng(2).normal(drift * step, math.sqrt(step), size=(20_000, 30)).cumsum(axis=1)
    limits = np.sqrt(times) * [boundary(time / planned, 0.05) for time in times]
    assert (motion >= limits).any(axis=1).mean() == pytest.approx(0.8, abs=0.02)


def test_given_a_usual_test_when_its_size_is_computed_then_scipy_finds_the_power() -> None:
    size = fixed_information(0.2, 0.05)
    visitors = size * (1 - 0.022) / 0.022  # effective, for rates of 2 % and 2.4 %
    expected = 0.004 / math.sqrt(0.022 * 0.978 / visitors)
    assert stats.norm.sf(stats.norm.ppf(0.975), loc=expected) == pytest.approx(0.8, abs=1e-3)
    assert size < planned_information(0.2, 0.05) < 2 * size


def test_given_a_tangent_when_the_power_is_computed_then_it_is_the_integral_of_the_first_passage_density() -> None:
    lift, planned = 0.1, 800.0
    scale = optimize.brentq(lambda s: s - math.log1p(s) - 2 * math.log(20), 1, 50)
    best = 0.0
    for at in (planned * step / 10 for step in range(1, 11)):
        height, slope = _touch(at, planned / scale)
        best = max(best, integrate.quad(_passage, 0, planned, args=(height, lift - slope), limit=200)[0])
    assert power(planned, lift, 0.05, planned, math.inf) == pytest.approx(best, rel=1e-6)


def _touch(at: float, unit: float) -> tuple[float, float]:
    inside = math.log1p(at / unit) + 2 * math.log(20)
    slope = (inside + 1) / (2 * math.sqrt((at + unit) * inside))
    return math.sqrt((at + unit) * inside) - slope * at, slope


def _passage(time: float, height: float, drift: float) -> float:
    """The density of the time at which a Brownian motion with a drift first passes a height (inverse Gaussian)."""
    return float(height / math.sqrt(2 * math.pi * time**3) * math.exp(-((height - drift * time) ** 2) / (2 * time)))
