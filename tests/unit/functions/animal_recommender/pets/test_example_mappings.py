"""The example mappings turn documents of shelter software into pets."""

import json
from pathlib import Path
from typing import Any

import hcl2
import pytest

from animal_recommender.pets.mapping import FeedMapping, SkippedError
from animal_recommender.pets.pet import pet_document, read_pet
from animal_recommender.timestamps import parse_time
from animal_recommender.validation import FieldReader, ValidationError
from scripts.common.environments import ROOT
from scripts.common.tfvars import _PLAIN

FEEDS = ROOT / "examples" / "feeds"
NOW = parse_time("2026-11-26T12:00:00Z") or 0.0


def mappings(file: Path) -> dict[str, Any]:
    """Return the mappings of a file of variables."""
    return dict(hcl2.loads(file.read_text(), serialization_options=_PLAIN)["pets"]["mappings"])


def mapping(name: str) -> FeedMapping:
    """Return an example as Terraform writes it for the function."""
    given = dict(mappings(FEEDS / f"{name}.tfvars")[name])
    resolves = given.pop("resolve_relationships", False)
    return FeedMapping(given | {"resolveRelationships": resolves}, name)


def read(name: str) -> list[Any]:
    """Return what becomes of each animal: its pet, `skipped`, or the names of the wrong fields."""
    example = mapping(name)
    records = example.find_records(json.loads((FEEDS / f"{name}.json").read_text()))
    return [_read_one(example, record) for record in records]


def _read_one(example: FeedMapping, record: Any) -> Any:
    try:
        reader = FieldReader(example.read(record))
        pet = read_pet(reader, NOW)
        reader.raise_errors()
    except SkippedError:
        return "skipped"
    except ValidationError as error:
        return [one.field for one in error.errors]
    document = pet_document(pet)
    return {
        name: value for name, value in document.items() if (name, value) != ("updatedAt", "2026-11-26T12:00:00.000000Z")
    }


def test_given_rescuegroups_then_its_resources_are_resolved() -> None:
    juniper, moss, clover, horse, bo, odd = read("rescuegroups")
    assert juniper == {
        "id": "10034",
        "species": 2,
        "breed": "Saint_Bernard",
        "size": 4,
        "birthDate": "2021-04-18",
        "status": "available",
        "shelter": "77",
        "latitude": 41.88,
        "longitude": -87.63,
        "name": "Juniper",
        "photo": "https://img.rescue.example/901-l.jpg",
        "url": "https://rescue.example/animals/10034",
        "listedAt": "2026-08-02T15:20:11.000000Z",
        "fields": {"sex": "Female", "distance": "12"},
    }
    assert moss == {
        "id": "10035",
        "species": 1,
        "breed": "Domestic_Short_Hair",
        "age": 5,
        "status": "pending",
        "shelter": "77",
        "latitude": 42.03,
        "longitude": -87.69,
        "name": "Moss",
        "listedAt": "2026-03-09T10:00:00.000000Z",
        "fields": {"sex": "Male", "mixed": "yes"},
    }
    assert (clover["species"], clover["breed"], clover["size"], clover["age"]) == (3, "Mixed_Breed", 1, 2)
    assert (clover["status"], clover["shelter"]) == ("hidden", "78")
    assert horse == "skipped"
    assert (bo["breed"], bo["age"], bo["status"], bo["fields"]) == ("Beagle", 1, "available", {"mixed": "yes"})
    assert odd == ["age"]


def test_given_shelterluv_then_epochs_words_and_defaults_are_read() -> None:
    hazel, pickle, biscuit, dragon, nan = read("shelterluv")
    assert hazel == {
        "id": "880134001",
        "species": 2,
        "breed": "Labrador_Retriever",
        "size": 4,
        "birthDate": "2021-05-01",
        "status": "available",
        "shelter": "riverside",
        "latitude": 45.52,
        "longitude": -122.68,
        "name": "Hazel",
        "photo": "https://photos.shelter.example/4001.jpg",
        "listedAt": "2026-10-01T00:00:00.000000Z",
        "updatedAt": "2026-11-25T09:46:40.000000Z",
        "fields": {"sex": "Female", "mixed": "yes", "adoptfee": "150"},
    }
    assert {"size", "birthDate", "photo"} & pickle.keys() == set()
    assert (pickle["breed"], pickle["status"], pickle["fields"]["foster"]) == ("Domestic_Shorthair", "pending", "yes")
    assert (biscuit["species"], biscuit["breed"], biscuit["status"]) == (3, "Mixed_Breed", "adopted")
    assert dragon == "skipped"
    assert (nan["id"], nan["name"], nan["status"], nan["size"]) == ("RIV-A-4005", "Nan", "hidden", 3)


def test_given_asm3_then_flags_of_reservation_and_hold_decide_the_status() -> None:
    rusty, tabitha, rabbit, goat, atlas = read("asm3")
    assert rusty == {
        "id": "D2026021",
        "species": 2,
        "breed": "Beagle",
        "size": 3,
        "birthDate": "2024-02-11",
        "status": "available",
        "shelter": "main",
        "name": "Rusty",
        "photo": "https://asm.example/image?id=501",
        "listedAt": "2026-09-30T11:45:00.000000Z",
        "fields": {"sex": "Male", "mixed": "yes"},
    }
    assert (tabitha["status"], tabitha["age"], tabitha["shelter"]) == ("pending", 5, "Old Town")
    assert (rabbit["status"], rabbit["breed"]) == ("hidden", "Lop_Eared")
    assert {"name", "age"} & rabbit.keys() == set()
    assert goat == "skipped"
    assert atlas == ["size", "birthDate"]


def test_given_petfinder_then_unknown_breeds_and_missing_values_are_read() -> None:
    copper, willow, rabbits, chinchilla, hound = read("petfinder")
    assert copper == {
        "id": "7001",
        "species": 2,
        "breed": "English_Springer_Spaniel",
        "size": 3,
        "age": 3,
        "status": "available",
        "shelter": "XX01",
        "name": "Copper",
        "photo": "https://pics.example/7001.jpg",
        "url": "https://pets.example/dog/7001",
        "listedAt": "2026-10-02T12:30:00.000000Z",
        "updatedAt": "2026-10-02T12:30:00.000000Z",
        "fields": {"sex": "Male", "kids": "good with children"},
    }
    assert (willow["size"], willow["age"], willow["status"]) == (5, 1, "adopted")
    assert (willow["photo"], willow["fields"]["mixed"]) == ("https://pics.example/7002-l.jpg", "yes")
    assert (rabbits["species"], rabbits["breed"], rabbits["status"]) == (3, "Mixed_Breed", "hidden")
    assert {"size", "age", "url", "listedAt"} & rabbits.keys() == set()
    assert chinchilla == "skipped"
    assert hound["breed"] == "Cloud Hound"  # a breed that is not in the table is kept as it is


@pytest.mark.parametrize("name", sorted(path.stem for path in FEEDS.glob("*.tfvars")))
def test_given_an_example_then_its_mapping_is_valid_and_it_has_a_document(name: str) -> None:
    assert any(isinstance(one, dict) for one in read(name))


def test_given_the_local_deployment_then_it_has_the_examples_as_they_are() -> None:
    local = mappings(ROOT / "terraform" / "local.tfvars")

    assert local == {name: found for file in FEEDS.glob("*.tfvars") for name, found in mappings(file).items()}
