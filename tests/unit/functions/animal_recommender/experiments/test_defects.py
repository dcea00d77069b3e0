from collections.abc import Mapping

import pytest

from animal_recommender.experiments.counts import Answers, Counts, DayCount
from animal_recommender.experiments.defects import Shares, find_defects, find_doubts
from tests.support.experiment_counts import OUTCOME, counts, day, equal_days, experiment

SOUND = {"model": (500, 10), "popular": (500, 10)}


def test_given_sound_counts_when_checked_then_nothing_is_wrong() -> None:
    assert find_defects(experiment(), counts(SOUND, 10), day(9)) == ()
    assert find_doubts(counts(SOUND, 10)) == ()


def test_given_an_arm_with_too_few_visitors_when_checked_then_the_split_is_named() -> None:
    (reason,) = find_defects(experiment(), counts({"model": (430, 10), "popular": (500, 10)}, 10), day(9))
    assert "model has 4,300 and should have 4,650" in reason


def test_given_unequal_shares_when_visitors_come_by_them_then_nothing_is_wrong() -> None:
    uneven = counts({"model": (100, 2), "popular": (900, 18)}, 10)
    assert find_defects(experiment({"model": 0.1, "popular": 0.9}), uneven, day(9)) == ()
    assert find_defects(experiment(), uneven, day(9)) != ()


def test_given_shares_that_changed_when_checked_then_each_period_is_held_to_its_own() -> None:
    before, after = {"model": 0.1, "popular": 0.9}, {"model": 0.5, "popular": 0.5}
    rows = equal_days({"model": (100, 2), "popular": (900, 18)}, 10)
    rows += [DayCount(arm, day(number), 500) for number in range(10, 20) for arm in after]
    changed = Counts(tuple(rows), {})
    history = [Shares(day(-1), day(10), before), Shares(day(9), day(20), after)]
    assert find_defects(experiment(after), changed, day(19), history) == ()
    assert find_defects(experiment(after), changed, day(19)) != ()


def test_given_days_on_which_nobody_saw_the_shares_when_checked_then_they_are_not_tested() -> None:
    # The shares were edited on day 10; the look on day 3 saw the old ones, and the next look on day 14 the new ones.
    before, after = {"model": 0.5, "popular": 0.5}, {"model": 0.2, "popular": 0.8}
    rows = equal_days({"model": (500, 10), "popular": (500, 10)}, 10)
    rows += equal_days({"model": (200, 4), "popular": (800, 16)}, 10, first=10)
    seen = [Shares(day(1), day(3), before), Shares(day(14), day(20), after)]
    assert find_defects(experiment(after), Counts(tuple(rows), {}), day(19), seen) == ()
    wrong = [Shares(day(1), day(3), before), Shares(day(3), day(20), after)]
    assert find_defects(experiment(after), Counts(tuple(rows), {}), day(19), wrong) != ()
    assert find_defects(experiment(after), Counts(tuple(rows), {}), day(19), []) == ()


def test_given_a_day_without_exposures_when_checked_then_it_is_named_unless_it_is_not_over() -> None:
    gap = Counts(tuple(row for row in equal_days(SOUND, 10) if row.day != day(4)), {})
    (reason,) = find_defects(experiment(), gap, day(10))
    assert str(day(4)) in reason
    assert find_defects(experiment(), counts(SOUND, 10), day(10)) == ()


def test_given_a_quiet_site_when_a_day_has_nobody_then_nothing_is_wrong() -> None:
    few = equal_days({"model": (2, 0), "popular": (2, 0)}, 10)
    quiet = Counts(tuple(row for row in few if row.day != day(4)), {})
    assert find_defects(experiment(), quiet, day(10)) == ()


def test_given_many_visitors_without_any_outcome_when_checked_then_the_event_is_asked_for() -> None:
    (reason,) = find_defects(experiment(), counts({"model": (500, 0), "popular": (500, 0)}, 3), day(2))
    assert OUTCOME in reason
    assert find_defects(experiment(), counts({"model": (500, 0), "popular": (500, 0)}, 3), day(0)) != ()
    assert find_defects(experiment(), counts({"model": (50, 0), "popular": (50, 0)}, 3), day(2)) == ()


@pytest.mark.parametrize(("lost", "broken", "doubtful"), [(90, False, False), (300, False, True), (900, True, True)])
def test_given_lost_exposures_when_checked_then_few_are_harmless_some_doubtful_and_many_a_defect(
    lost: int, broken: bool, doubtful: bool
) -> None:
    some = counts(SOUND, 10, lost=lost)
    assert bool(find_defects(experiment(), some, day(9))) is broken
    assert bool(find_doubts(some)) is doubtful


@pytest.mark.parametrize(
    ("answers", "broken"),
    [
        ({"model": Answers(1000, 110)}, True),
        ({"model": Answers(1000, 90)}, False),
        ({"model": Answers(20, 20)}, False),
    ],
)
def test_given_an_arm_that_does_not_answer_when_checked_then_it_is_broken_once_that_is_no_chance(
    answers: Mapping[str, Answers], broken: bool
) -> None:
    reasons = find_defects(experiment(), counts(SOUND, 10, answers=answers), day(9))
    assert any("The arm model did not work" in reason for reason in reasons) is broken
