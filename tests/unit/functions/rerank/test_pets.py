"""rerank with `petIds`: every id once, ranked by the groups that the catalogue knows."""

from typing import Any

import pytest

from animal_recommender.animal_groups import GroupFields
from animal_recommender.pets.pet import Pet
from animal_recommender.pets.pet_table import pet_item
from tests.unit.functions.fakes import THROTTLED, FakeContext, FakeDynamoDB, FakePersonalize
from tests.unit.functions.streams import METADATA


def hold(dynamodb: FakeDynamoDB, pet_id: str, breed: str, status: str = "available") -> None:
    animal = dict(zip(GroupFields(), ("2", breed, "3", "2"), strict=True))
    item = pet_item(Pet(pet_id, animal, status, "2026-11-26T10:00:00.000000Z", listed_at="2026-11-26T10:00:00.000000Z"))
    dynamodb.items[item["pk"]["S"], item["sk"]["S"]] = item


def test_given_pet_ids_then_they_follow_their_groups_and_what_is_gone_or_unknown_is_told(
    rerank: Any, personalize: FakePersonalize, dynamodb: FakeDynamoDB, context: FakeContext
) -> None:
    for pet_id, breed, status in (("1", "Pug", "available"), ("2", "Beagle", "adopted"), ("3", "Pug", "available")):
        hold(dynamodb, pet_id, breed, status)
    personalize.answer = [{"itemId": "2-Beagle-3-2", "score": 0.7}, {"itemId": "2-Pug-3-2", "score": 0.3}]

    answer = rerank({"userId": "u", "petIds": ["0", 1, "2", "3"]}, context)

    assert (answer["ranking"], answer["source"]) == (["2", "1", "3", "0"], "personalize")
    assert (answer["unavailable"], answer["unknown"]) == (["2"], ["0"])
    assert personalize.calls[0]["inputList"] == ["2-Pug-3-2", "2-Beagle-3-2"]


def test_given_no_known_pet_then_personalize_is_not_asked(
    rerank: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    answer = rerank({"userId": "u", "petIds": ["a", "b"]}, context)

    assert (answer["ranking"], answer["source"], answer["unknown"]) == (["a", "b"], "input", ["a", "b"])
    assert personalize.calls == []


def test_given_500_pets_then_they_are_read_in_calls_of_100(
    rerank: Any, dynamodb: FakeDynamoDB, context: FakeContext
) -> None:
    for number in range(500):
        hold(dynamodb, str(number), f"breed {number % 7}")

    answer = rerank({"userId": "u", "petIds": list(range(500))}, context)

    assert sorted(answer["ranking"], key=int) == [str(number) for number in range(500)]
    assert dynamodb.calls == 5


@pytest.mark.parametrize("down", ["table", "personalize"])
def test_given_an_outage_then_the_order_is_that_of_the_request(
    rerank: Any, personalize: FakePersonalize, dynamodb: FakeDynamoDB, context: FakeContext, down: str
) -> None:
    hold(dynamodb, "2", "Pug", "pending")
    faulty: Any = dynamodb if down == "table" else personalize
    faulty.faults = [THROTTLED] * 4

    answer = rerank({"userId": "u", "petIds": ["1", "2"]}, context)

    assert answer["source"] == "input"
    known = (None, None) if down == "table" else (["2"], ["1"])
    assert (answer["unavailable"], answer["unknown"]) == known
    assert sorted(answer["ranking"]) == ["1", "2"]


@pytest.mark.parametrize(
    ("payload", "fields"),
    [
        ({"userId": "u"}, ["itemMetadataList"]),
        ({"userId": "u", "petIds": []}, ["petIds"]),
        ({"userId": "u", "petIds": "a"}, ["petIds"]),
        ({"userId": "u", "petIds": ["a", "a"]}, ["petIds"]),
        ({"userId": "u", "petIds": [{}, 1]}, ["petIds"]),
        ({"userId": "u", "petIds": list(range(501))}, ["petIds"]),
        ({"petIds": ["a"]}, ["userId"]),
        (
            {"userId": "u", "petIds": ["a"], "itemMetadataList": [{"itemId": "1", "animalMetadata": METADATA}]},
            ["petIds"],
        ),
    ],
)
def test_given_wrong_ids_then_the_field_is_named(
    rerank: Any, context: FakeContext, payload: Any, fields: list[str]
) -> None:
    assert [problem["field"] for problem in rerank(payload, context)["errors"]] == fields
