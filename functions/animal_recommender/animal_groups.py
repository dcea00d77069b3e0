"""Animal groups, the items of Personalize. This is the only place that makes their ids."""

import unicodedata
from collections.abc import Mapping

from animal_recommender.validation import MAX_ID_LENGTH, FieldReader, as_integer, as_text

SPECIES = "animal_species_id"
BREED = "animal_primary_breed_id"
SIZE = "animal_size_id"
AGE = "animal_age_id"

_MAX_SPECIES = 999_999


def animal_group_id(metadata: object, path: str = "animalMetadata") -> str:
    """Return the item id `species-breed-size-age` of an animal, e.g. `2-Saint_Bernard-3-2`.

    Args:
        metadata: An object with animal_species_id (a positive integer; in the example data 1 is cat and 2 is dog),
            animal_primary_breed_id (a name, which may contain hyphens and spaces: the three numbers around it keep
            the id unambiguous), animal_size_id and animal_age_id (1-5; 0, null or absent is unknown and becomes 0).
            Each is a number or a string.
        path: What errors call the object.

    Raises:
        ValidationError: Names each wrong field.
    """
    reader = FieldReader(metadata, path)
    if not reader.is_object:
        reader.raise_errors()
    species = reader.read_integer(SPECIES, minimum=1, maximum=_MAX_SPECIES)
    breed = _normalize(reader.read_identifier(BREED, required=True))
    size = reader.read_integer(SIZE, minimum=0, maximum=5, default=0)
    age = reader.read_integer(AGE, minimum=0, maximum=5, default=0)
    for name in (SIZE, AGE):
        reader.add_misspelling_error(name)
    group = f"{species}-{breed}-{size}-{age}"
    if not reader.errors and len(group) > MAX_ID_LENGTH:
        reader.add_error(BREED, f"must leave the whole id within {MAX_ID_LENGTH} characters")
    if breed == "":
        reader.add_error(BREED, "must not be blank")
    reader.raise_errors()
    return group


def _normalize(breed: str | None) -> str | None:
    """Return the one form of a name: macOS writes accents apart (NFD), and people add spaces around it."""
    return breed if breed is None else unicodedata.normalize("NFC", breed).strip()


def group_metadata(metadata: Mapping[str, object]) -> dict[str, str]:
    """Return the four fields of a valid animal as texts, in the form in which they stand in its group's id."""
    species, size, age = (str(as_integer(metadata.get(name)) or 0) for name in (SPECIES, SIZE, AGE))
    return {SPECIES: species, BREED: _normalize(as_text(metadata.get(BREED))) or "", SIZE: size, AGE: age}
