"""Changes of single fields of pets: a JSON merge patch (RFC 7396) of what the catalogue has."""

import time
from collections.abc import Mapping
from typing import Any

from animal_recommender.pets.pet import Pet, pet_document, read_pet
from animal_recommender.pets.pet_writer import Change, PetWriter, StoredPet
from animal_recommender.validation import FieldError, FieldReader
from put_pets.request import PetChange, RefusedPet


def apply_change(writer: PetWriter, change: PetChange, stored: StoredPet | None) -> Change | RefusedPet:
    """Write a pet with some fields changed; if somebody else writes it meanwhile, change what they wrote.

    Args:
        writer: The catalogue.
        change: The change.
        stored: The pet as it was read before; a pet that is not there is left so, which counts as STALE.

    Raises:
        ClientError, BotoCoreError: DynamoDB did not answer.
    """
    errors: list[FieldError] = []

    def decide(current: StoredPet | None) -> Pet | None:
        if current is None:
            return None
        pet, errors[:] = _changed(change, current.pet)
        return None if errors else pet

    done = writer.revise(change.pet_id, stored, decide)
    return RefusedPet(change.place, change.pet_id, errors) if errors else done


def _changed(change: PetChange, pet: Pet) -> tuple[Pet, list[FieldError]]:
    """Return the pet with the change, and what is wrong with it."""
    reader = FieldReader(_merged(pet_document(pet), change.fields), f"changes[{change.place}]")
    changed = read_pet(reader, time.time())
    if change.fields.get("updatedAt") is None:
        # Of now. But the data of a shelter's clock that is ahead do not hinder it.
        changed = changed._replace(updated_at=max(changed.updated_at, pet.updated_at))
    return changed, reader.errors


def _merged(document: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in document.items() if name != "updatedAt"}
    if change.get("age") is not None:
        kept.pop("birthDate", None)  # it would win
    merged = {**kept, **change}
    if isinstance(change.get("fields"), Mapping):
        fields = {**kept.get("fields", {}), **change["fields"]}
        merged["fields"] = {name: value for name, value in fields.items() if value is not None}
    return {name: value for name, value in merged.items() if value is not None}
