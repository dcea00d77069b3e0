"""Pets like one, and trending pets, on the deployed system: from a change of the catalogue to the next answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.test_recommended_pets import PET, put

# A group of the example data, whose items the models know.
BENGAL = {"species": 1, "breed": "Bengal", "size": 2, "age": 2}
METADATA = {"animal_species_id": 1, "animal_primary_breed_id": "Bengal", "animal_size_id": 2, "animal_age_id": 2}
REQUESTS: dict[str, Any] = {"similar": {"animalMetadata": METADATA}, "trending": {}}


def ask(system: Any, function: str, **request: Any) -> list[str]:
    """Ask for pets; return their ids. On a machine that does much else a table may answer too late: then again."""
    for _ in range(20):
        answer, error = system.invoke(function, {"userId": "similar-1", "limit": 100, **REQUESTS[function], **request})
        assert error is None, answer
        if all(element["pet"] for element in answer):
            return [element["pet"]["id"] for element in answer]
    raise AssertionError("the tables do not answer")


@pytest.mark.parametrize("function", REQUESTS)
def test_given_new_pets_then_they_are_in_the_next_answer_and_gone_with_their_adoption(system, function):
    place = {"latitude": 1.0 + len(function), "longitude": 1.0}
    here = {"near": {**place, "kilometers": 5}, "perGroup": 3}
    pets = [{"id": f"{function}-{n}", **PET, **BENGAL, **place, "shelter": function} for n in range(3)]
    put(system, *pets)

    # Before the snapshot has them, the index does: of all shelters, and of one.
    assert set(ask(system, function, pets=here)) == {one["id"] for one in pets}
    assert set(ask(system, function, pets={"shelters": [function], "perGroup": 3})) == {one["id"] for one in pets}

    put(system, {**pets[0], "status": "adopted"})
    assert set(ask(system, function, pets=here)) == {f"{function}-1", f"{function}-2"}


def test_given_a_pet_that_is_adopted_then_there_are_pets_like_it_without_it(system):
    shelter = "similar-adopted"
    pets = [{"id": f"{shelter}-{n}", **PET, **BENGAL, "shelter": shelter} for n in range(2)]
    put(system, pets[0], {**pets[1], "status": "adopted"})

    for mine, other in [(0, set()), (1, {f"{shelter}-0"})]:
        found = ask(system, "similar", animalId=f"{shelter}-{mine}", animalMetadata=None, pets={"shelters": [shelter]})
        assert set(found) == other
