"""The example pets and their pictures."""

import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from animal_recommender.pets.age_limits import DEFAULT_AGE_LIMITS
from animal_recommender.pets.pet import read_pet
from animal_recommender.validation import FieldReader
from seed.catalogue import BREEDS, groups
from seed.pets import PETS, SHELTERS, pets
from seed.pictures import pictures

NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture(scope="module")
def documents() -> list[dict[str, object]]:
    return list(pets(NOW))


def test_given_the_pets_when_read_then_each_is_valid_and_of_a_group_of_the_catalogue(
    documents: list[dict[str, object]],
) -> None:
    known = {group.item_id for group in groups(random.Random("catalogue"), 0)}
    for document in documents:
        reader = FieldReader(document)
        pet = read_pet(reader, NOW.timestamp())
        assert reader.errors == []
        assert pet.group(NOW.date(), DEFAULT_AGE_LIMITS) in known


def test_given_the_pets_when_counted_then_every_breed_shelter_and_most_statuses_occur(
    documents: list[dict[str, object]],
) -> None:
    assert len({document["id"] for document in documents}) == PETS
    assert {document["breed"] for document in documents} == set(BREEDS)
    assert {document["shelter"] for document in documents} == set(SHELTERS)
    statuses = Counter(document["status"] for document in documents)
    assert 0.8 * PETS < statuses["available"] < 0.95 * PETS
    assert min(statuses["pending"], statuses["adopted"], statuses["hidden"]) > 0


def test_given_the_pets_when_made_for_another_day_then_only_their_dates_differ(
    documents: list[dict[str, object]],
) -> None:
    later = list(pets(datetime(2027, 1, 1, tzinfo=UTC)))

    assert later != documents
    assert [{**one, "listedAt": ""} for one in later] == [{**one, "listedAt": ""} for one in documents]


def test_given_the_pictures_when_parsed_then_each_is_a_small_svg_without_anything_foreign() -> None:
    for name, picture in pictures():
        root = ElementTree.fromstring(picture)
        assert root.tag == "{http://www.w3.org/2000/svg}svg", name
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert tags <= {"svg", "title", "rect", "ellipse", "path", "g"}
        assert len(picture) < 6_000


def test_given_a_pet_when_its_photo_is_looked_up_then_there_is_such_a_picture(
    documents: list[dict[str, object]],
) -> None:
    seed = Path(__file__).resolve().parents[3] / "seed"
    for document in documents:
        assert (seed / str(document["photo"]).removeprefix("/")).is_file()
