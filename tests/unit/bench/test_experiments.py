"""The short form of what `make bench` measures in full. The seeds are fixed, so the figures are the same each time."""

import numpy as np

from animal_recommender.experiments.verdict import ALPHA
from bench.experiments import DAYS, evaluate, false_unequal, find_lift, is_false, simulate


def test_given_two_equal_arms_when_judged_daily_then_wrong_verdicts_are_rare_unlike_with_a_usual_test() -> None:
    random = np.random.default_rng(3)
    outcomes = [evaluate(simulate(random, 1000, (0.05, 0.05), DAYS), DAYS, 0.1) for _ in range(100)]
    assert sum(map(is_false, outcomes)) <= ALPHA * len(outcomes)
    assert sum(outcome.usual_daily for outcome in outcomes) > 4 * ALPHA * len(outcomes)


def test_given_a_small_arm_like_the_control_when_judged_daily_then_wrong_verdicts_are_rare_in_each_setting() -> None:
    for share, lift, outcomes in false_unequal(90):
        assert sum(map(is_false, outcomes)) <= ALPHA * len(outcomes), (share, lift)


def test_given_the_hoped_for_lift_when_as_many_visitors_come_as_needed_then_four_of_five_experiments_find_it() -> None:
    powered = find_lift(0.2, 120)
    assert 0.74 <= powered.found <= 0.9
    assert powered.usual < powered.planned < 2 * powered.usual
    assert powered.mean < powered.planned
