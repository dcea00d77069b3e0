"""The ids of animal groups."""

from typing import Any

import pytest

from animal_recommender.animal_groups import animal_group_id
from animal_recommender.validation import ValidationError
from tests.unit.functions.streams import METADATA


def group(*values: Any) -> str:
    return animal_group_id(dict(zip(METADATA, values, strict=True)))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("1", "domestic short hair", "1", "1"), "1-domestic short hair-1-1"),
        ((2, "Saint_Bernard", 3, 2), "2-Saint_Bernard-3-2"),
        ((2.0, "Shar-Pei", "05", 1.0), "2-Shar-Pei-5-1"),
        ((3, 77, 1, 1), "3-77-1-1"),
        ((3, "Rex", None, 0), "3-Rex-0-0"),
        ((3, "Rex", "", "unknown"), "3-Rex-0-0"),
        ((3, "Rex", "N/A", "undefined"), "3-Rex-0-0"),
        ((2, "Beagle\u200b", 3, 2), "2-Beagle-3-2"),
        ((2, "\ufeffShar\u00ad-Pei \u200b", 3, 2), "2-Shar-Pei-3-2"),
        (("02", " Lo\u0308wchen ", 3, 2), "2-L\u00f6wchen-3-2"),
    ],
)
def test_given_an_animal_then_its_group_has_one_id(values: Any, expected: str) -> None:
    assert group(*values) == expected


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ((0, "x", -1, 6), ["animal_species_id", "animal_size_id", "animal_age_id"]),
        ((True, "", "big", "1.5"), ["animal_species_id", "animal_primary_breed_id", "animal_size_id", "animal_age_id"]),
        ((1, "\u200b", 1, 1), ["animal_primary_breed_id"]),
        ((1, "  ", 1, 1), ["animal_primary_breed_id"]),
        ((1, "Saint\nBernard", 1, 1), ["animal_primary_breed_id"]),
        ((1, "Saint\x00Bernard", 1, 1), ["animal_primary_breed_id"]),
        ((1, "x" * 250, 1, 1), []),
        ((1, "x" * 251, 1, 1), ["animal_primary_breed_id"]),
        ((1, "\ud800", 1, 1), ["animal_primary_breed_id"]),
        (("\u0661", "x", "1\u00b2", 1), ["animal_species_id", "animal_size_id"]),
    ],
)
def test_given_wrong_metadata_then_every_wrong_field_is_named(values: Any, wrong: list[str]) -> None:
    found = []
    try:
        group(*values)
    except ValidationError as raised:
        found = [problem.field for problem in raised.errors]
    assert found == [f"animalMetadata.{name}" for name in wrong]


@pytest.mark.parametrize("metadata", [None, [], "text", 7])
def test_given_no_object_then_the_error_names_the_whole_field(metadata: Any) -> None:
    with pytest.raises(ValidationError, match=r"^animalMetadata: must be a JSON object$"):
        animal_group_id(metadata)
