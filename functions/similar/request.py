"""Requests to `similar`."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from animal_recommender.animal_groups import read_group
from animal_recommender.filters import Filter
from animal_recommender.pets.pet_question import PetQuestion, read_question
from animal_recommender.validation import FieldReader


class SimilarRequest(NamedTuple):
    """A valid request: to a pet of the catalogue (`animal_id`), or to a group, or to both."""

    question: PetQuestion
    animal_id: str | None
    group: str | None


def parse_request(payload: Mapping[str, Any], filters: Mapping[str, Filter]) -> SimilarRequest:
    """Parse a payload: `animalId` or `animalMetadata` (the four fields of a group), and what `read_question` reads.

    With both, the pet is not in the answer, and the catalogue is not asked for its group.

    Raises:
        ValidationError: Names each wrong field.
    """
    reader = FieldReader(payload)
    animal_id = reader.read_identifier("animalId")
    group = None
    if reader.value("animalMetadata") is not None:
        metadata = FieldReader(reader.value("animalMetadata"), "animalMetadata")
        group = read_group(metadata)
        reader.add_nested_errors(metadata)
    elif reader.value("animalId") is None:
        reader.add_error("animalId", "is required (or animalMetadata) and must be the id of a pet")
    question = read_question(reader, filters)
    reader.add_unknown_errors()
    reader.raise_errors()
    return SimilarRequest(question, animal_id, group)
