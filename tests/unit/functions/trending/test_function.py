"""trending: pets of the groups that gain interest, without those that the visitor has applied for."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.functions.animal_recommender.pets.test_pet_recommender import Catalogue, ids, pet
from tests.unit.functions.conftest import CAMPAIGN_ARN, FILTERS
from tests.unit.functions.fakes import THROTTLED, FakeContext, FakeDynamoDB, FakePersonalize, FakeS3


@pytest.fixture
def catalogue(dynamodb: FakeDynamoDB, s3: FakeS3) -> Catalogue:
    return Catalogue(dynamodb, s3)


@pytest.fixture(name="ask")
def _ask(trending: Any, context: FakeContext) -> Callable[..., Any]:
    return lambda **payload: trending(payload, context)


def test_given_trends_then_their_pets_come_in_that_order_and_those_of_other_groups_fill_the_list(
    ask: Callable[..., Any], catalogue: Catalogue, personalize: FakePersonalize
) -> None:
    catalogue.publish(pet("dog", 1, species=2), pet("b", 2), pet("a", 1))

    answer = ask(userId="u", limit=3)

    assert [(one["pet"]["id"], one["source"]) for one in answer] == [
        ("a", "personalize"),
        ("b", "personalize"),
        ("dog", "popular"),
    ]
    assert {(call["campaignArn"], call["userId"]) for call in personalize.calls} == {(CAMPAIGN_ARN, "u")}


def test_given_what_the_visitor_applied_for_then_it_is_not_in_the_answer(
    ask: Callable[..., Any], catalogue: Catalogue
) -> None:
    catalogue.publish(pet("a", 1), pet("b", 2))
    catalogue.apply_for("session#s", "a")

    assert ids(ask(sessionId="s")) == ["b"]


def test_given_a_filter_then_no_other_groups_fill_the_list(
    ask: Callable[..., Any], catalogue: Catalogue, personalize: FakePersonalize
) -> None:
    catalogue.publish(pet("dog", 1, species=2), pet("a", 1))

    assert ids(ask(filter={"name": "species", "values": {"SPECIES": 1}})) == ["a"]
    assert personalize.calls[0]["filterArn"] == FILTERS["species"].arn


def test_given_an_outage_then_popular_groups_of_the_wanted_species_take_the_place_of_trends(
    ask: Callable[..., Any], catalogue: Catalogue, personalize: FakePersonalize, s3: FakeS3
) -> None:
    catalogue.publish(pet("a", 1), pet("dog", 1, species=2))
    s3.body = json.dumps({"general": ["1-breed-1-1"], "species": {"2": ["2-breed-1-1"]}}).encode()
    personalize.faults = [THROTTLED] * 4

    answer = ask(pets={"species": [2]})

    assert [(one["pet"]["id"], one["source"]) for one in answer] == [("dog", "popular")]


@pytest.mark.parametrize(
    ("payload", "field"),
    [({"limit": 0}, "limit"), ({"animalId": "a"}, "animalId"), ({"pets": {"perGroup": 0}}, "pets.perGroup")],
)
def test_given_wrong_fields_then_the_response_names_them(
    ask: Callable[..., Any], payload: dict[str, Any], field: str
) -> None:
    assert [one["field"] for one in ask(**payload)["errors"]] == [field]
