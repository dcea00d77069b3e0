"""What objectives and contexts add to items."""

from typing import Any

import pytest

from local_aws.personalize.item_utilities import ContextStatistics, UserStatistics, add, objective_utilities

RECORDS: dict[str, dict[str, Any]] = {f"i{number}": {"PRICE": float(number)} for number in range(11)} | {
    "unknown": {"PRICE": None}
}


def objective(sensitivity: str) -> dict[str, Any]:
    return {"optimizationObjective": {"itemAttribute": "PRICE", "objectiveSensitivity": sensitivity}}


def test_given_sensitivities_then_a_greater_one_adds_more_to_items_with_a_greater_attribute() -> None:
    low, high = (objective_utilities(RECORDS, objective(name)) for name in ("LOW", "HIGH"))
    assert low["i10"] > low["i5"] == pytest.approx(0.0)
    assert high["i10"] > low["i10"]
    assert high["i0"] == pytest.approx(-high["i10"])
    assert "unknown" not in high


@pytest.mark.parametrize("config", [{}, objective("OFF")])
def test_given_no_objective_then_nothing_is_added(config: dict[str, Any]) -> None:
    assert objective_utilities(RECORDS, config) == {}


def test_given_interactions_in_contexts_then_items_of_the_context_gain() -> None:
    rows = [("radio", {"DEVICE": "car"})] * 50 + [("film", {"DEVICE": "tv"})] * 50
    statistics = ContextStatistics(rows)
    added = statistics.utilities({"DEVICE": "car"})
    assert added["radio"] > 0 > added["film"]
    assert set(statistics.utilities({"DEVICE": "fridge"}).values()) == {0.0}


USERS = {f"old{n}": {"AGE": 60 + n, "SEX": "f"} for n in range(20)} | {
    f"kid{n}": {"AGE": n, "SEX": "f"} for n in range(20)
}


def test_given_kinds_of_users_then_items_that_such_users_prefer_gain() -> None:
    interactions = [(user, "news" if user.startswith("old") else "cartoon") for user in USERS for _ in range(3)]
    statistics = UserStatistics.of(USERS, ["AGE", "SEX"], interactions)
    old, kid = statistics.utilities({"AGE": 75}, 0), statistics.utilities({"AGE": 3}, 0)
    assert (set(old), set(kid)) == ({"news"}, {"cartoon"})
    assert statistics.utilities({"AGE": 75}, 10)["news"] == pytest.approx(old["news"] / 2)
    assert statistics.utilities({"SEX": "f"}, 0) == statistics.utilities({}, 0) == {}


def test_given_several_parts_then_they_are_added() -> None:
    assert add({"a": 1.0}, {"a": 2.0, "b": 3.0}) == {"a": 3.0, "b": 3.0}
