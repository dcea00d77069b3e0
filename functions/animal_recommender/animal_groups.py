"""Animal groups, the items of Personalize. This is the only place that makes their ids."""

import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from animal_recommender.validation import (
    MAX_ID_LENGTH,
    FieldReader,
    as_integer,
    as_text,
    has_controls,
    is_placeholder,
    without_format_characters,
)

SPECIES = "animal_species_id"
BREED = "animal_primary_breed_id"
SIZE = "animal_size_id"
AGE = "animal_age_id"

_MAX_SPECIES = 999_999


class GroupFields(NamedTuple):
    """The names that the four fields of a group have in an object."""

    species: str = SPECIES
    breed: str = BREED
    size: str = SIZE
    age: str = AGE


ANIMAL_FIELDS = GroupFields()


def animal_group_id(metadata: object, path: str = "animalMetadata") -> str:
    """Return the item id of an animal's group, as `read_group` makes it.

    Args:
        metadata: The object with the four fields.
        path: What errors call the object.

    Raises:
        ValidationError: Names each wrong field.
    """
    reader = FieldReader(metadata, path)
    group = read_group(reader)
    reader.raise_errors()
    return group


def read_group(reader: FieldReader, names: GroupFields = ANIMAL_FIELDS) -> str:
    """Read an animal's four fields, and return the item id of its group, e.g. `2-Saint_Bernard-3-2`.

    By default the fields are animal_species_id (a positive integer; in the example data 1 is cat and 2 is dog),
    animal_primary_breed_id (a name, which may contain hyphens and spaces: the three numbers around it keep the id
    unambiguous), animal_size_id and animal_age_id (1-5; 0, null, absent or a placeholder such as "unknown" is unknown
    and becomes 0). Each is a number or a string. What is wrong is in the errors of `reader`; the id is then no id.
    """
    if not reader.is_object:
        return ""
    species = reader.read_integer(names.species, minimum=1, maximum=_MAX_SPECIES)
    breed = _read_breed(reader, names.breed)
    size, age = _read_grade(reader, names.size), _read_grade(reader, names.age)
    group = f"{species}-{breed}-{size}-{age}"
    if not reader.errors and len(group) > MAX_ID_LENGTH:
        reader.add_error(names.breed, f"must leave the whole id within {MAX_ID_LENGTH} characters")
    return group


def _read_breed(reader: FieldReader, name: str) -> str | None:
    given = reader.read_identifier(name, required=True)
    breed = normalize_breed(given)
    if breed == "":
        reader.add_error(name, "must not be blank")
    elif given and has_controls(given):
        reader.add_error(name, "must not have control characters, such as line breaks")
    return breed


def _read_grade(reader: FieldReader, name: str) -> int:
    if is_placeholder(reader.value(name)):
        return 0
    grade = reader.read_integer(name, minimum=0, maximum=5, default=0)
    reader.add_misspelling_error(name)
    return grade or 0


def normalize_breed(breed: str | None) -> str | None:
    """Return the one form of a breed's name, in which it stands in ids.

    macOS writes accents apart (NFD), people add spaces around it, and copied text brings zero-width characters.
    """
    return breed if breed is None else unicodedata.normalize("NFC", without_format_characters(breed)).strip()


def group_metadata(metadata: Mapping[str, object], names: GroupFields = ANIMAL_FIELDS) -> dict[str, str]:
    """Return the four fields of a valid animal as texts, in the form in which they stand in its group's id."""
    species, size, age = (str(as_integer(metadata.get(name)) or 0) for name in (names.species, names.size, names.age))
    breed = normalize_breed(as_text(metadata.get(names.breed))) or ""
    return {SPECIES: species, BREED: breed, SIZE: size, AGE: age}


def parse_group_id(group: str) -> dict[str, str]:
    """Return the four fields of a group's id as texts.

    Raises:
        ValueError: The id is not one that `read_group` makes.
    """
    species, _, rest = group.partition("-")
    breed, size, age = rest.rsplit("-", 2)
    fields = {SPECIES: species, BREED: breed, SIZE: size, AGE: age}
    if animal_group_id(fields) != group:
        raise ValueError("is no id of a group")
    return fields
