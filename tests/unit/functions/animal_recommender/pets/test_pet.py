"""What a pet may be, and to which group it belongs on a day."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from animal_recommender.animal_groups import animal_group_id
from animal_recommender.pets.age_limits import DEFAULT_AGE_LIMITS
from animal_recommender.pets.pet import Pet, pet_document, read_pet
from animal_recommender.validation import FieldReader

NOW = datetime(2026, 11, 26, tzinfo=UTC).timestamp()
BELLA = {
    "id": "A-17",
    "species": 2,
    "breed": "Saint_Bernard",
    "size": 4,
    "birthDate": "2025-12-01",
    "status": "available",
    "shelter": "north",
    "latitude": 48.2,
    "longitude": 16.4,
    "name": "Bella",
    "photo": "https://example.org/bella.jpg",
    "url": "/pets/A-17",
    "listedAt": "2026-10-01T00:00:00Z",
    "fields": {"fence": "needed"},
    "updatedAt": "2026-11-25T08:00:00Z",
}


def read(**changes: Any) -> tuple[Pet, list[str]]:
    reader = FieldReader({name: value for name, value in {**BELLA, **changes}.items() if value is not ...})
    pet = read_pet(reader, NOW)
    return pet, [error.field for error in reader.errors]


def test_given_a_whole_pet_when_read_and_written_again_then_it_is_the_same() -> None:
    pet, errors = read()
    again, _ = read(**pet_document(pet))

    assert errors == []
    assert again == pet
    assert (pet.name, pet.fields, pet.is_available) == ("Bella", {"fence": "needed"}, True)


def test_given_a_birth_date_when_the_pet_grows_older_then_its_group_changes_with_it() -> None:
    pet, _ = read()

    assert pet.group(date(2026, 11, 30), DEFAULT_AGE_LIMITS) == "2-Saint_Bernard-4-1"
    assert pet.group(date(2026, 12, 2), DEFAULT_AGE_LIMITS) == "2-Saint_Bernard-4-2"
    assert pet.group(date(2040, 1, 1), DEFAULT_AGE_LIMITS) == "2-Saint_Bernard-4-5"


def test_given_only_an_age_when_asked_for_the_group_then_it_is_the_one_of_an_event_of_that_animal() -> None:
    pet, _ = read(birthDate=..., age=3, breed=" Saint_Bernard ", size="4")
    metadata = {
        "animal_species_id": 2,
        "animal_primary_breed_id": "Saint_Bernard",
        "animal_size_id": 4,
        "animal_age_id": 3,
    }

    assert pet.group(date(2026, 1, 1), DEFAULT_AGE_LIMITS) == animal_group_id(metadata)


def test_given_a_place_next_to_a_meridian_when_read_then_its_numbers_are_those_of_dynamodb() -> None:
    pet, errors = read(latitude=-1e-200, longitude=16.123456789)

    assert errors == []
    assert [repr(pet.latitude), pet.longitude] == ["0.0", 16.1234568]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ...),
        ("id", "undefined"),
        ("id", ""),
        ("species", "dog"),
        ("breed", ...),
        ("size", 6),
        ("birthDate", "31.5.2023"),
        ("birthDate", "2031-01-01"),
        ("status", "Available"),
        ("status", ...),
        ("latitude", "48.2"),
        ("latitude", 91),
        ("longitude", ...),
        ("name", "x" * 201),
        ("photo", "javascript:alert(1)"),
        ("photo", "//evil.example"),
        ("url", "https://example.org/a b"),
        ("listedAt", "1999-01-01"),
        ("updatedAt", "2027-01-01"),
        ("updatedAt", "2026-11-26T00:05:01Z"),
        ("listedAt", "2026-11-27T00:05:00Z"),
        ("id", " 1"),
        ("shelter", "north "),
        ("fields", {"a": "\x1b[31m"}),
        ("fields", {"a": "\ud800"}),
        ("fields", {"a": 1}),
        ("fields", {"a b": "x"}),
        ("fields", {str(number): "x" for number in range(21)}),
        ("petname", "Bella"),
    ],
)
def test_given_a_wrong_field_when_read_then_the_error_names_exactly_this_field(field: str, value: Any) -> None:
    _, errors = read(**{field: value})

    assert errors == [field]


@pytest.mark.parametrize("character", ["\x1b", "\0", "\n", "\x7f", "\x9b", "\u2028", "\u202e", "\u2066"])
@pytest.mark.parametrize("field", ["id", "breed", "shelter", "name", "photo", "url"])
def test_given_a_control_character_when_read_then_the_error_names_the_field(field: str, character: str) -> None:
    _, errors = read(**{field: f"{BELLA[field]}{character}x"})

    assert errors == [field]


@pytest.mark.parametrize("name", ["Čiča 🐕‍🦺", "בלה\u200f", "Bella (O'Neill) & Søn", "ベラ", "🏴\U000e0067\U000e007f"])
def test_given_letters_and_emoji_when_read_then_they_are_a_name(name: str) -> None:
    pet, errors = read(name=name, fields={"story": "Two\r\nlines,\tand a tab"})

    assert (errors, pet.name) == ([], name)


def test_given_a_clock_that_is_a_little_ahead_when_read_then_the_pet_is_valid() -> None:
    assert read(updatedAt="2026-11-26T00:05:00Z", listedAt="2026-11-27")[1] == []


def test_given_little_is_known_when_read_then_size_and_age_are_unknown() -> None:
    reader = FieldReader({"id": 7, "species": 1, "breed": "Bombay", "status": "pending", "shelter": "n/a"})
    pet = read_pet(reader, NOW)

    assert reader.errors == []
    assert pet.group(date(2026, 1, 1), DEFAULT_AGE_LIMITS) == "1-Bombay-0-0"
    assert (pet.shelter, pet.listed_at, pet.is_available) == (None, None, False)
    assert pet.updated_at == "2026-11-26T00:00:00.000000Z"
