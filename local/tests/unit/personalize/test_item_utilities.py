"""What objectives and contexts add to items."""

from typing import Any

import pytest

from local_aws.personalize.item_utilities import ContextStatistics, objective_utilities

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
