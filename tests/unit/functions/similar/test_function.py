"""similar: pets like one, without it and without those that the visitor has applied for, and what an outage changes."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.functions.animal_recommender.pets.test_pet_recommender import Catalogue, ids, pet
from tests.unit.functions.conftest import CAMPAIGN_ARN, FILTERS
from tests.unit.functions.fakes import THROTTLED, FakeContext, FakeDynamoDB, FakePersonalize, FakeS3

METADATA = {
    "animal_species_id": "1",
    "animal_primary_breed_id": "breed",
    "animal_size_id": "3",
    "animal_age_id": "1",
}


@pytest.fixture
def catalogue(dynamodb: FakeDynamoDB, s3: FakeS3) -> Catalogue:
    return Catalogue(dynamodb, s3)


@pytest.fixture(name="ask")
def _ask(similar: Any, context: FakeContext) -> Callable[..., Any]:
    return lambda **payload: similar(payload, context)


def test_given_a_pet_then_others_of_its_group_come_first_and_similar_groups_follow(
    ask: Callable[..., Any], catalogue: Catalogue, personalize: FakePersonalize
) -> None:
    catalogue.publish(pet("mine", 3), pet("twin", 3), pet("a", 1), pet("b", 2))

    answer = ask(animalId="mine", userId="u", limit=3)

    assert ids(answer) == ["twin", "a", "b"]
    assert [one["source"] for one in answer] == ["same-group", "personalize", "personalize"]
    assert answer[1]["recommendationId"] == "rid-1"
    assert {(call["campaignArn"], call["itemId"], call["userId"]) for call in personalize.calls} == {
        (CAMPAIGN_ARN, "1-breed-3-1", "u")
    }


def test_given_a_pet_that_is_adopted_then_there_are_pets_like_it(ask: Callable[..., Any], catalogue: Catalogue) -> None:
    catalogue.publish(pet("a", 1))
    catalogue.hold(pet("gone", 3)._replace(status="adopted"))

    assert ids(ask(animalId="gone")) == ["a"]


def test_given_a_group_then_the_catalogue_is_not_asked_what_it_is(
    ask: Callable[..., Any], catalogue: Catalogue, personalize: FakePersonalize
) -> None:
    catalogue.publish(pet("a", 1), pet("c", 3))

    assert ids(ask(animalMetadata=METADATA)) == ["c", "a"]
    assert personalize.calls[0]["itemId"] == "1-breed-3-1"


def test_given_what_the_visitor_applied_for_and_what_is_adopted_now_then_neither_is_in_the_answer(
    ask: Callable[..., Any], catalogue: Catalogue
) -> None:
    catalogue.publish(pet("mine", 3), pet("applied", 1), pet("adopted", 2), pet("left", 4))
    catalogue.apply_for("userId#u", "applied")
    catalogue.hold(pet("adopted", 2)._replace(status="adopted"))

    assert ids(ask(animalId="mine", userId="u")) == ["left"]


def test_given_fewer_similar_groups_than_asked_for_then_the_list_is_shorter(
    ask: Callable[..., Any], catalogue: Catalogue
) -> None:
    # The fake Personalize knows groups of species 1 only: a dog is like none of them.
    catalogue.publish(pet("mine", 3), pet("a", 1), pet("dog", 1, species=2))

    assert ids(ask(animalId="mine", limit=5)) == ["a"]


def test_given_criteria_and_a_filter_then_both_hold_and_the_own_group_is_left_to_the_filter(
    ask: Callable[..., Any], catalogue: Catalogue, personalize: FakePersonalize
) -> None:
    catalogue.publish(pet("mine", 3), pet("twin", 3), pet("a", 1), pet("far", 2, shelter="graz"))

    answer = ask(
        animalId="mine", pets={"shelters": ["vienna"]}, filter={"name": "species", "values": {"SPECIES": 1}}, limit=2
    )

    assert ids(answer) == ["a", "twin"]
    assert {one["source"] for one in answer} == {"personalize"}
    assert personalize.calls[0]["filterArn"] == FILTERS["species"].arn


def test_given_an_outage_of_personalize_then_popular_groups_of_the_same_species_follow_the_own(
    ask: Callable[..., Any], catalogue: Catalogue, personalize: FakePersonalize, s3: FakeS3
) -> None:
    catalogue.publish(pet("mine", 3), pet("twin", 3), pet("a", 1), pet("dog", 1, species=2))
    s3.body = json.dumps({"general": ["2-breed-1-1"], "species": {"1": ["1-breed-1-1"]}}).encode()
    personalize.faults = [THROTTLED] * 4

    answer = ask(animalId="mine")

    assert [(one["pet"]["id"], one["source"]) for one in answer] == [("twin", "same-group"), ("a", "popular")]


def test_given_an_outage_of_the_catalogue_then_nothing_is_known_to_be_similar(
    ask: Callable[..., Any], dynamodb: FakeDynamoDB, logs: io.StringIO
) -> None:
    dynamodb.faults = [THROTTLED] * 10

    assert ask(animalId="mine") == []
    assert "Catalogue not available" in logs.getvalue()


@pytest.mark.parametrize(
    ("payload", "fields"),
    [
        ({}, ["animalId"]),
        ({"animalId": "nobody"}, ["animalId"]),
        ({"animalId": []}, ["animalId"]),
        ({"animalId": "mine", "limit": 101}, ["limit"]),
        ({"animalId": "mine", "pets": []}, ["pets"]),
        ({"animalId": "mine", "pets": {"near": {}}, "petId": 1}, ["pets.near.latitude", "pets.near.longitude"]),
        ({"animalMetadata": {"animal_size_id": 9}}, ["animalMetadata.animal_species_id"]),
        ({"animalId": "mine", "filter": {"name": "none"}}, ["filter.name"]),
        ({"animalId": "mine", "promotion": {}}, ["promotion"]),
    ],
)
def test_given_wrong_fields_then_the_response_names_them(
    ask: Callable[..., Any], payload: dict[str, Any], fields: list[str]
) -> None:
    errors = ask(**payload)["errors"]

    assert set(fields) <= {one["field"] for one in errors}
