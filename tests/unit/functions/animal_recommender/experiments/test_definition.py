"""Definitions of experiments."""

import json
from datetime import date

import pytest

from animal_recommender.experiments.definition import (
    Arm,
    ChangedShares,
    apply_changed_shares,
    format_changed_shares,
    parse_changed_shares,
    parse_experiments,
)

SMALLEST = {
    "arms": {"model": {"share": 0.5, "shows": "recommender"}, "fresh": {"share": 0.5, "shows": "newest"}},
    "end_date": "2026-12-31",
}


def parsed(**changes):
    return parse_experiments(json.dumps({"shelf": {**SMALLEST, **changes}}))[0]


def test_a_definition_needs_only_arms_and_an_end():
    # when
    experiment = parsed()

    # then
    assert experiment.name == "shelf"
    assert experiment.arms == (Arm("fresh", 0.5, "newest"), Arm("model", 0.5, "recommender"))
    assert [arm.model for arm in experiment.arms] == [None, "recommender"]
    assert (experiment.function, experiment.control, experiment.traffic) == ("recommend", "fresh", 1.0)
    assert (experiment.primary_outcome, experiment.hoped_for_lift, experiment.act) == ("Application", 0.1, False)


def test_what_terraform_writes_for_a_setting_that_nobody_gave_is_the_default():
    # given
    texts = ("function", "control", "primary_outcome", "start_date")
    others = ("traffic", "species", "shelters", "secondary_outcomes", "hoped_for_lift", "act")
    nothing = dict.fromkeys((*texts, *others))

    # when, then
    assert parsed(**nothing) == parsed()


def test_every_setting_is_read():
    # when
    experiment = parsed(
        function="rerank",
        control="model",
        traffic=0.2,
        species=["1"],
        shelters=["north"],
        primary_outcome="Favorite",
        secondary_outcomes=["DetailView"],
        start_date="2026-12-01",
        hoped_for_lift=0.2,
        act=True,
    )

    # then
    assert (experiment.function, experiment.control, experiment.traffic) == ("rerank", "model", 0.2)
    assert (experiment.species, experiment.shelters) == ({"1"}, {"north"})
    assert (experiment.primary_outcome, experiment.secondary_outcomes) == ("Favorite", ("DetailView",))
    assert (experiment.hoped_for_lift, experiment.act) == (0.2, True)


@pytest.mark.parametrize(("day", "runs"), [(30, False), (1, True), (31, True)])
def test_the_first_and_the_last_day_belong_to_the_experiment(day, runs):
    # given
    experiment = parsed(start_date="2026-12-01")

    # when, then
    assert experiment.is_running(date(2026, 11 if day == 30 else 12, day)) is runs
    assert not experiment.is_running(date(2027, 1, 1))


@pytest.mark.parametrize(
    "changes",
    [
        {"arms": {}},
        {"arms": {"only": {"share": 1, "shows": "popular"}}},
        {"arms": {"a": {"share": 0.5, "shows": "popular"}, "b": {"share": 0.4, "shows": "newest"}}},
        {"arms": {"a": {"share": 1.5, "shows": "popular"}, "b": {"share": -0.5, "shows": "newest"}}},
        {"arms": {"a": {"shows": "popular"}, "b": {"share": 1, "shows": "newest"}}},
        {"end_date": "soon"},
        {"function": "get_history"},
        {"arms": {"a": {"share": float("nan"), "shows": "popular"}, "b": {"share": 1, "shows": "newest"}}},
        {"traffic": 2},
        {"traffic": float("nan")},
        {"hoped_for_lift": 0},
        {"hoped_for_lift": float("nan")},
        {"control": "nobody"},
    ],
)
def test_a_wrong_definition_is_refused_with_its_name(changes):
    with pytest.raises(ValueError, match="Experiment shelf: "):
        parsed(**changes)


@pytest.mark.parametrize("text", ["", "[1]", "7", '"text"'])
def test_what_is_no_object_of_definitions_is_refused(text):
    with pytest.raises(ValueError, match=r"JSON|Expecting"):
        parse_experiments(text)


def test_changed_shares_replace_those_of_the_definition():
    # given
    experiment = parsed()
    changed = {"shelf": ChangedShares({"fresh": 0.2, "model": 0.8}, experiment.shares)}

    # when
    (now,) = apply_changed_shares((experiment,), parse_changed_shares(format_changed_shares(changed)), pytest.fail)

    # then
    assert now.shares == {"fresh": 0.2, "model": 0.8}


def test_changed_shares_end_with_an_edit_of_the_definition():
    # given
    changed = {"shelf": ChangedShares({"fresh": 0.2, "model": 0.8}, {"fresh": 0.4, "model": 0.6})}

    # when, then
    assert apply_changed_shares((parsed(),), changed, pytest.fail) == (parsed(),)


@pytest.mark.parametrize("shares", [{"fresh": 1.0}, {"fresh": 0.2, "model": 0.2}, {"fresh": float("nan"), "model": 1}])
def test_shares_of_other_arms_or_of_less_than_everybody_are_refused(shares):
    with pytest.raises(ValueError, match="Experiment shelf: the shares"):
        parsed().with_shares(shares)


HALVES = {"fresh": 0.5, "model": 0.5}


@pytest.mark.parametrize(
    "changed",
    [
        None,
        1,
        {},
        {"shares": None, "changed_from": HALVES},
        {"shares": {"fresh": "much", "model": 1}, "changed_from": HALVES},
        {"shares": {"fresh": 1}, "changed_from": HALVES},
        {"shares": HALVES, "changed_from": None},
    ],
)
def test_wrong_shares_of_one_experiment_leave_it_as_it_is_defined_and_change_the_others(changed):
    # given
    experiments = parse_experiments(json.dumps({"other": SMALLEST, "shelf": SMALLEST}))
    right = {"shares": {"fresh": 0.2, "model": 0.8}, "changed_from": HALVES}
    complaints = []

    # when
    text = json.dumps({"shelf": changed, "other": right})
    other, shelf = apply_changed_shares(experiments, parse_changed_shares(text), complaints.append)

    # then
    assert (other.shares, shelf.shares) == (right["shares"], HALVES)
    assert [complaint.partition(":")[0] for complaint in complaints] == ["Experiment shelf"]


@pytest.mark.parametrize("text", ["", "[]", "null"])
def test_changed_shares_of_another_form_are_refused(text):
    with pytest.raises(ValueError, match=r"JSON|Expecting"):
        parse_changed_shares(text)
