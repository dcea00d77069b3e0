from animal_recommender.experiments.counts import Counts, DayCount
from animal_recommender.experiments.statistics import Pair, Tally
from tests.support.experiment_counts import OUTCOME, day

LATE = Counts(
    (
        DayCount("model", day(0), 10),
        DayCount("model", day(0), 2, OUTCOME, day(0)),
        DayCount("model", day(0), 3, OUTCOME, day(4)),
        DayCount("model", day(0), 7, "Favorite", day(0)),
        DayCount("model", day(2), 20),
        DayCount("popular", day(2), 30),
        DayCount("popular", day(2), 1, OUTCOME, day(2)),
    ),
    {},
)


def test_given_an_outcome_days_later_when_tallied_then_it_is_of_the_first_exposures_day_and_unknown_before() -> None:
    assert LATE.tallies("model", OUTCOME, day(3)) == {day(0): Tally(10, 2), day(2): Tally(20, 0)}
    assert LATE.tallies("model", OUTCOME, day(4)) == {day(0): Tally(10, 5), day(2): Tally(20, 0)}
    assert LATE.tallies("model", OUTCOME, day(1)) == {day(0): Tally(10, 2)}


def test_given_a_day_with_one_arm_only_when_paired_then_the_other_has_nobody() -> None:
    assert LATE.pairs("popular", "model", OUTCOME, day(4)) == [
        Pair(Tally(0, 0), Tally(10, 5)),
        Pair(Tally(30, 1), Tally(20, 0)),
    ]


def test_given_days_without_visitors_when_listed_then_they_are_there_too() -> None:
    assert LATE.list_days(day(3)) == [day(0), day(1), day(2), day(3)]
    assert Counts((), {}).list_days(day(3)) == []


def test_given_a_day_when_its_visitors_are_counted_then_outcomes_are_none() -> None:
    assert LATE.visitors_on(day(2)) == {"model": 20, "popular": 30}
