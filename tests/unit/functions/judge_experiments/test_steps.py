from datetime import UTC, datetime, timedelta

import pytest

from animal_recommender.experiments.share_ledger import Ledger, Step
from animal_recommender.experiments.statistics import Interval
from animal_recommender.experiments.verdict import Verdict, judge
from judge_experiments.steps import (
    Watch,
    find_deterioration,
    find_raised_arm,
    find_raising,
    lowering_step,
    next_step,
)
from tests.support.experiment_counts import counts, day, experiment

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
FOUND = Step("2026-11-01T06:00:00+00:00", {"model": 0.1, "popular": 0.9}, "found")
WELL = Watch(errors=0.0, slower=1.0, answers=1000, degraded=0, outcomes=Interval(0.0, -0.1, 0.1))


def verdict(applied: int = 8, shares: dict[str, float] | None = None, visitors: int = 100) -> Verdict:
    """A verdict on an arm `model` of which so many of 100 visitors a day apply; 18 of 900 in the control."""
    running = experiment(shares or {"model": 0.1, "popular": 0.9})
    return judge(running, counts({"model": (visitors, applied), "popular": (900, 18)}, 19), day(18))


def test_given_an_arm_that_is_better_when_a_step_is_chosen_then_its_share_is_raised_to_the_next_one() -> None:
    better = verdict()
    step = next_step(better.experiment, Ledger((FOUND,)), better, NOW)
    assert step is not None
    assert step.shares == {"model": 0.25, "popular": 0.75}
    assert step.reason == "raised model to 25%, because it is better than popular"
    assert step.state == "begun"


def test_given_several_arms_when_one_is_raised_then_the_others_keep_their_proportions() -> None:
    several = experiment({"model": 0.5, "newest": 0.2, "popular": 0.3})
    better = judge(several, counts({"model": (500, 40), "newest": (200, 4), "popular": (300, 6)}, 19), day(18))
    step = next_step(several, Ledger(), better, NOW)
    assert step is not None
    assert step.shares == {"model": 0.75, "newest": 0.1, "popular": 0.15}


def test_given_no_winner_when_a_step_is_chosen_then_there_is_none() -> None:
    unknown = verdict(applied=2)
    assert next_step(unknown.experiment, Ledger(), unknown, NOW) is None


def test_given_a_step_a_day_ago_when_a_step_is_chosen_then_it_waits_until_the_day_after() -> None:
    better = verdict()
    ledger = Ledger((FOUND, Step((NOW - timedelta(hours=47)).isoformat(), {}, "raised model to 25%")))
    assert next_step(better.experiment, ledger, better, NOW) is None
    assert next_step(better.experiment, ledger, better, NOW + timedelta(hours=1)) is not None


def test_given_the_highest_share_or_the_end_when_a_step_is_chosen_then_there_is_none() -> None:
    better = verdict(shares={"model": 0.95, "popular": 0.05})
    assert next_step(better.experiment, Ledger(), better, NOW) is None
    raised = verdict()
    over = NOW + timedelta(days=90)
    assert next_step(raised.experiment, Ledger(), raised, over) is None


def test_given_a_share_that_was_lowered_when_a_step_is_chosen_then_a_person_must_edit_first() -> None:
    better = verdict()
    lowered = Ledger((FOUND, Step("2026-11-05T06:00:00+00:00", {}, "lowered to the shares of the definition")))
    assert next_step(better.experiment, lowered, better, NOW) is None
    edited = lowered.add(Step("2026-11-10T06:00:00+00:00", {}, "changed in the definition"))
    assert next_step(better.experiment, edited, better, NOW) is not None


def test_given_steps_when_the_raising_is_asked_then_it_is_the_newest_one_that_still_holds() -> None:
    raised = Step("2026-11-05T06:00:00+00:00", {}, "raised model to 25%")
    assert find_raising(Ledger((FOUND,))) is None
    assert find_raising(Ledger((FOUND, raised))) == raised
    assert find_raising(Ledger((FOUND, raised, lowering_step({}, "it is slow", NOW)))) is None
    assert find_raising(Ledger((FOUND, raised, FOUND))) is None


@pytest.mark.parametrize("edited", [{"model": 0.05, "popular": 0.95}, {"model": 0.8, "popular": 0.2}])
def test_given_an_edit_before_the_step_when_the_raised_arm_is_asked_then_the_first_shares_do_not_count(
    edited: dict[str, float],
) -> None:
    first = FOUND._replace(shares={"model": 0.5, "popular": 0.5})
    before = Step("2026-11-03T06:00:00+00:00", edited, "changed in the definition")
    share = edited["model"] + 0.1
    step = Step("2026-11-05T06:00:00+00:00", {"model": share, "popular": 1 - share}, "raised model")
    assert find_raised_arm(Ledger((first, before, step))) == "model"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        ({"outcomes": Interval(-0.02, -0.03, -0.01)}, "fewer visitors have Application"),
        ({"degraded": 60}, "6% of its answers"),
        ({"degraded": 60, "answers": 90}, None),
        ({"errors": 0.02}, "2.0% of the requests failed"),
        ({"slower": 1.6}, "1.6 times as long"),
        ({"slower": None}, None),
    ],
)
def test_given_what_happened_since_when_watched_then_only_what_became_worse_is_named(
    change: dict[str, object], words: str | None
) -> None:
    found = find_deterioration(verdict(), WELL._replace(**change))
    assert found is None if words is None else words in str(found)


def test_given_broken_figures_when_watched_then_they_are_a_deterioration() -> None:
    assert "the figures are broken" in str(find_deterioration(verdict(visitors=60), WELL))
