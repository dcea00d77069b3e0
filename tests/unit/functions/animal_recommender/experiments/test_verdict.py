from datetime import timedelta

import pytest

from animal_recommender.experiments.counts import Answers, Counts, DayCount
from animal_recommender.experiments.statistics import Tally
from animal_recommender.experiments.verdict import Conclusion, judge
from tests.support.experiment_counts import OUTCOME, counts, day, equal_days, experiment


@pytest.mark.parametrize(
    ("arm", "conclusion"),
    [
        ((1000, 40), Conclusion.BETTER),
        ((1000, 10), Conclusion.WORSE),
        ((1000, 20), Conclusion.NO_DIFFERENCE),
    ],
)
def test_given_a_clear_difference_or_none_when_judged_then_it_is_said(
    arm: tuple[int, int], conclusion: Conclusion
) -> None:
    verdict = judge(experiment(), counts({"model": arm, "popular": (1000, 20)}, 60), day(59))
    assert verdict.conclusion is conclusion
    assert verdict.winner == ("model" if conclusion is Conclusion.BETTER else None)
    assert verdict.comparisons[0].since == verdict.comparisons[0].looks[-1].day or verdict.comparisons[0].since < day(
        59
    )


def test_given_few_visitors_when_judged_then_there_is_not_enough_data_and_the_missing_number_is_told() -> None:
    few = judge(experiment(), counts({"model": (100, 3), "popular": (100, 2)}, 3), day(2))
    more = judge(experiment(), counts({"model": (100, 3), "popular": (100, 2)}, 30), day(29))
    assert few.conclusion is more.conclusion is Conclusion.NOT_ENOUGH
    assert few.comparisons[0].needed - more.comparisons[0].needed == pytest.approx(27 * 200, abs=3)


def test_given_a_needed_number_when_so_many_have_come_with_the_lift_then_the_verdict_is_reached() -> None:
    start = judge(experiment(), counts({"model": (1000, 24), "popular": (1000, 20)}, 1), day(0))
    days = round(start.comparisons[0].needed / 2000) + 1
    reached = judge(experiment(), counts({"model": (1000, 24), "popular": (1000, 20)}, days), day(days - 1))
    assert reached.conclusion is Conclusion.BETTER


def test_given_a_difference_once_known_when_later_days_blur_it_then_the_conclusion_stays_with_its_day() -> None:
    clear = equal_days({"model": (1000, 40), "popular": (1000, 20)}, 10)
    blurred = [
        count
        for number in range(10, 20)
        for arm, outcomes in (("model", 4), ("popular", 20))
        for count in (DayCount(arm, day(number), 1000), DayCount(arm, day(number), outcomes, OUTCOME, day(number)))
    ]
    before = judge(experiment(), Counts(tuple(clear), {}), day(9))
    after = judge(experiment(), Counts((*clear, *blurred), {}), day(19))
    assert before.conclusion is after.conclusion is Conclusion.BETTER
    assert before.comparisons[0].since == after.comparisons[0].since
    assert after.comparisons[0].difference.lower < 0


def test_given_broken_figures_when_judged_then_no_arm_wins() -> None:
    verdict = judge(experiment(), counts({"model": (900, 40), "popular": (1000, 20)}, 30), day(29))
    assert (verdict.conclusion, verdict.winner) == (Conclusion.BROKEN, None)
    assert verdict.reasons


def test_given_some_lost_exposures_when_judged_then_the_verdict_stands_with_a_doubt() -> None:
    verdict = judge(experiment(), counts({"model": (1000, 40), "popular": (1000, 20)}, 30, lost=1500), day(29))
    assert verdict.conclusion is Conclusion.BETTER
    assert len(verdict.doubts) == 1


def test_given_days_after_the_end_when_judged_then_they_do_not_count() -> None:
    ended = experiment(end_date=day(4))
    verdict = judge(ended, counts({"model": (1000, 40), "popular": (1000, 20)}, 30), day(29))
    assert verdict.until == day(4)
    assert verdict.tallies["model"] == Tally(5000, 200)


def test_given_several_arms_when_judged_then_each_comparison_has_its_part_of_the_error() -> None:
    numbers = {"model": (1000, 25), "popular": (1000, 20)}
    two = judge(experiment(), counts(numbers, 20), day(19))
    third = dict.fromkeys(("model", "newest", "popular"), 1 / 3)
    three = judge(experiment(third), counts({**numbers, "newest": (1000, 20)}, 20), day(19))
    width = [one.comparisons[0].difference.upper - one.comparisons[0].difference.lower for one in (two, three)]
    assert width[0] < width[1]
    assert [one.arm for one in three.comparisons] == ["model", "newest"]


@pytest.mark.parametrize(
    ("first", "second", "conclusion", "winner"),
    [
        (40, 50, Conclusion.BETTER, "second"),
        (5, 50, Conclusion.BETTER, "second"),
        (5, 20, Conclusion.NO_DIFFERENCE, None),
        (5, 5, Conclusion.WORSE, None),
        (5, 23, Conclusion.NOT_ENOUGH, None),
    ],
)
def test_given_several_arms_when_combined_then_a_better_one_decides_and_an_open_one_delays(
    first: int, second: int, conclusion: Conclusion, winner: str | None
) -> None:
    several = experiment({"first": 0.3, "popular": 0.4, "second": 0.3})
    numbers = {"first": (750, first * 3 // 4), "popular": (1000, 20), "second": (750, second * 3 // 4)}
    verdict = judge(several, counts(numbers, 60), day(59))
    assert (verdict.conclusion, verdict.winner) == (conclusion, winner)


def test_given_secondary_outcomes_when_judged_then_they_are_shown_and_decide_nothing() -> None:
    both = experiment(secondary_outcomes=("Favorite",))
    arms = {"model": (100, 2), "popular": (100, 2)}
    favorites = [row for row in equal_days({"model": (100, 60), "popular": (100, 20)}, 10, "Favorite") if row.outcome]
    verdict = judge(both, Counts((*equal_days(arms, 10), *favorites), {}), day(9))
    assert verdict.conclusion is Conclusion.NOT_ENOUGH
    assert verdict.comparisons[0].secondary["Favorite"].lower > 0


def test_given_no_exposure_at_all_when_judged_then_there_is_not_enough_data() -> None:
    verdict = judge(experiment(), Counts((), {}), day(3))
    assert verdict.conclusion is Conclusion.NOT_ENOUGH
    assert verdict.comparisons[0].needed is None
    assert verdict.comparisons[0].difference.lower == -1


def test_given_a_broken_arm_when_judged_then_it_is_reported() -> None:
    answers = {"model": Answers(30_000, 15_000), "popular": Answers(30_000, 0)}
    verdict = judge(experiment(), counts({"model": (1000, 20), "popular": (1000, 20)}, 30, answers=answers), day(29))
    assert verdict.conclusion is Conclusion.BROKEN
    assert "did not answer" in verdict.reasons[0]


def test_given_the_same_counts_when_judged_on_a_later_day_then_the_first_verdict_keeps_its_day() -> None:
    clear = counts({"model": (1000, 40), "popular": (1000, 20)}, 10)
    one, other = (judge(experiment(), clear, day(9) + timedelta(later)) for later in (0, 1))
    assert one.comparisons[0].since == other.comparisons[0].since
