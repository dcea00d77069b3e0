"""The assignment of visitors to arms."""

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from animal_recommender.experiments.assignment import Scope, assign, choose_arm
from tests.unit.functions.animal_recommender.experiments.experiments import experiment

TODAY = date(2026, 12, 1)
# Quantiles 0.999 of chi-square with 1, 2 and 3 degrees of freedom (scipy.stats.chi2.ppf). Hashes are no chance: a test
# that passes once passes always.
LIMITS = {1: 10.83, 2: 13.82, 3: 16.27}


def chi_square(counts, expected):
    return sum((counts[key] - one) ** 2 / one for key, one in expected.items())


def arms(of, count):
    return [choose_arm(of, str(visitor)).name for visitor in range(count)]


def test_visitors_are_divided_as_the_shares_say():
    # given
    one = experiment(shares={"model": 0.7, "popular": 0.3})

    # when
    counts = Counter(arms(one, 30_000))

    # then
    assert chi_square(counts, {"model": 21_000, "popular": 9_000}) < LIMITS[1]


def test_three_arms_are_divided_as_the_shares_say_for_ids_of_any_form():
    # given
    one = experiment(shares={"a": 0.2, "b": 0.3, "c": 0.5})

    # when
    counts = Counter(choose_arm(one, f"session#{visitor:032x}").name for visitor in range(30_000))

    # then
    assert chi_square(counts, {"a": 6_000, "b": 9_000, "c": 15_000}) < LIMITS[2]


def test_two_experiments_are_independent():
    # given
    first, second = experiment("first"), experiment("second")
    visitors = 20_000

    # when
    pairs = Counter(zip(arms(first, visitors), arms(second, visitors), strict=True))

    # then
    cells = [(one, other) for one in ("newest", "popular") for other in ("newest", "popular")]
    assert chi_square(pairs, dict.fromkeys(cells, visitors / 4)) < LIMITS[3]


def test_traffic_is_independent_of_the_arm_and_of_other_experiments():
    # given
    half, other = experiment("first", traffic=0.5), experiment("second", traffic=0.5)

    # when
    taking_part = [str(one) for one in range(20_000) if assign([half], "recommend", str(one), Scope(), TODAY)]
    pairs = Counter(
        (choose_arm(half, one).name, assign([other], "recommend", one, Scope(), TODAY) is not None)
        for one in taking_part
    )

    # then
    assert chi_square({"in": len(taking_part)}, {"in": 10_000}) < LIMITS[1]
    cells = [(arm, included) for arm in ("newest", "popular") for included in (True, False)]
    assert chi_square(pairs, dict.fromkeys(cells, len(taking_part) / 4)) < LIMITS[3]


def test_more_traffic_takes_nobody_out_and_changes_no_arm():
    # given
    small, large = experiment(traffic=0.2), experiment(traffic=0.6)

    # when, then
    for visitor in map(str, range(5_000)):
        before = assign([small], "recommend", visitor, Scope(), TODAY)
        after = assign([large], "recommend", visitor, Scope(), TODAY)
        assert before is None or (after and after.arm.name == before.arm.name)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": 0.5, "b": 0.5}, {"a": 0.4, "b": 0.6}),
        ({"a": 0.5, "b": 0.5}, {"a": 0.0, "b": 1.0}),
        ({"a": 0.4, "b": 0.3, "c": 0.3}, {"a": 0.6, "b": 0.2, "c": 0.2}),
        ({"a": 0.5, "b": 0.25, "c": 0.25}, {"a": 0.2, "b": 0.4, "c": 0.4}),
    ],
)
def test_a_changed_share_moves_only_as_many_as_it_must(before, after):
    # given
    grows = {name for name in after if after[name] > before[name]}

    # when
    moves = [
        (one, other)
        for one, other in zip(
            arms(experiment(shares=before), 20_000), arms(experiment(shares=after), 20_000), strict=True
        )
        if one != other
    ]

    # then: nobody moves to an arm that shrinks or from one that grows
    assert all(to in grows and start not in grows for start, to in moves)
    needed = sum(after[name] - before[name] for name in grows)
    assert len(moves) / 20_000 == pytest.approx(needed, abs=0.007)


def test_shares_that_rise_step_by_step_never_move_a_visitor_back():
    # given
    steps = [experiment(shares={"new": share, "old": 1 - share}) for share in (0.05, 0.1, 0.25, 0.5, 1.0)]

    # when, then
    for visitor in map(str, range(5_000)):
        chosen = [choose_arm(step, visitor).name for step in steps]
        assert all(not (one == "new" and other == "old") for one, other in pairwise(chosen))


def test_an_arm_without_a_share_has_no_visitors():
    assert set(arms(experiment(shares={"a": 0.0, "b": 1.0}), 10_000)) == {"b"}


def test_the_assignment_of_a_release_is_that_of_every_release():
    # given: written down on 2026-11-27, since another hash would move the visitors of running experiments
    one = experiment(shares={"a": 0.5, "b": 0.5})

    # when, then
    assert "".join(arms(one, 24)) == "aabbabaaabbbaaabbaabaaba"


def test_an_experiment_has_only_requests_of_its_function_its_days_and_its_scope():
    # given
    cats = experiment(species=["1"], shelters=["north", "south"], start_date="2026-12-01")
    fits = ("recommend", "7", Scope(frozenset("1"), frozenset(["north"])), TODAY)

    # when, then
    assert assign([cats], *fits).label["name"] == "shelf"
    assert assign([cats], "rerank", *fits[1:]) is None
    assert assign([cats], *fits[:3], date(2026, 11, 30)) is None
    for scope in (Scope(), Scope(frozenset("12"), frozenset(["north"])), Scope(frozenset("1"), frozenset(["east"]))):
        assert assign([cats], *fits[:2], scope, TODAY) is None


def test_a_visitor_who_is_not_in_the_first_experiment_may_be_in_the_next():
    # given
    nobody, everybody = experiment("a", traffic=0), experiment("b")

    # when
    assignment = assign([nobody, everybody], "recommend", "7", Scope(), TODAY)

    # then
    assert assignment.label == {"name": "b", "arm": choose_arm(everybody, "7").name}
