"""Requests to put, to change or to remove pets."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from animal_recommender.pets.pet import Pet, read_pet
from animal_recommender.validation import FieldError, FieldReader, ValidationError, as_text

MAX_PETS = 100
# What a request with a method has; an invocation may have any of them.
_KINDS = {"PUT": "pets", "PATCH": "changes", "DELETE": "ids"}


class RefusedPet(NamedTuple):
    """A pet that is not valid: its place in the request, its id if that can be read, and what is wrong."""

    place: int
    pet_id: str | None
    errors: Sequence[FieldError]

    def as_dict(self) -> dict[str, Any]:
        """Return the element for `refused` in the answer."""
        named = {} if self.pet_id is None else {"id": self.pet_id}
        return {"index": self.place, **named, "errors": [error.as_dict() for error in self.errors]}


class PetChange(NamedTuple):
    """A change of a pet: its place in the request, the pet's id, and the fields that get another value."""

    place: int
    pet_id: str
    fields: Mapping[str, Any]


class PetsRequest(NamedTuple):
    """A request: pets to put, changes of pets, or ids of pets to remove, and what of it is not valid."""

    pets: Sequence[Pet] = ()
    changes: Sequence[PetChange] = ()
    removed_ids: Sequence[str] = ()
    refused: Sequence[RefusedPet] = ()


def parse_request(
    payload: Mapping[str, Any], method: str | None, clock: Callable[[], float] = time.time
) -> PetsRequest:
    """Parse `{"pets": [...]}` to put, `{"changes": [...]}` to change, or `{"ids": [...]}` to remove, 1 to 100 of each.

    Args:
        payload: The request.
        method: The HTTP method, which must fit; None for an invocation.
        clock: Epoch seconds, the time of data that has none.

    Raises:
        ValidationError: Names what is wrong with the request as a whole, or with every single pet.
    """
    reader = FieldReader(payload)
    given = {name: reader.value(name) for name in _KINDS.values()}
    found = [name for name, value in given.items() if value is not None]
    allowed = _KINDS.get(method or "")
    if allowed and found not in ([], [allowed]):
        reader.add_error(allowed, f"is what {method} takes, and nothing else")
    elif len(found) > 1:
        reader.add_error(found[0], f"must not come with {' and '.join(found[1:])}: make a request for each")
    elif not found:
        reader.add_error(allowed or "pets", "is required (pets to put, changes to make, or ids to remove)")
    elif not (isinstance(given[found[0]], list) and 1 <= len(given[found[0]]) <= MAX_PETS):
        reader.add_error(found[0], f"must be a list of 1-{MAX_PETS}")
    reader.add_unknown_errors()
    reader.raise_errors()
    request = _read(found[0], given[found[0]], clock())
    if not request.pets and not request.changes and not request.removed_ids:
        raise refusal(request.refused)
    return request


def refusal(refused: Sequence[RefusedPet]) -> ValidationError:
    """Return the error for a request of which nothing is valid."""
    return ValidationError([error for one in refused for error in one.errors])


def _read(name: str, given: Sequence[object], now: float) -> PetsRequest:
    if name == "pets":
        return _read_pets(given, now)
    return _read_changes(given) if name == "changes" else _read_ids(given)


def _read_pets(given: Sequence[object], now: float) -> PetsRequest:
    pets: dict[str, Pet] = {}
    refused = []
    for index, one in enumerate(given):
        reader = FieldReader(one, f"pets[{index}]")
        if not reader.is_object:
            refused.append(RefusedPet(index, None, reader.errors))
            continue
        pet = read_pet(reader, now)
        if pet.pet_id in pets:
            reader.add_error("id", "is in this request twice")
        if reader.errors:
            refused.append(RefusedPet(index, pet.pet_id or None, reader.errors))
        else:
            pets[pet.pet_id] = pet
    return PetsRequest(pets=list(pets.values()), refused=refused)


def _read_changes(given: Sequence[object]) -> PetsRequest:
    changes: dict[str, PetChange] = {}
    refused = []
    for index, one in enumerate(given):
        reader = FieldReader(one, f"changes[{index}]")
        pet_id = reader.read_identifier("id", required=True) if reader.is_object else None
        if pet_id in changes:
            reader.add_error("id", "is in this request twice")
        elif isinstance(one, Mapping) and one.keys() <= {"id", "updatedAt"}:
            reader.add_error("status", "or another field to change is required")
        if reader.errors or pet_id is None or not isinstance(one, Mapping):
            refused.append(RefusedPet(index, pet_id, reader.errors))
        else:
            changes[pet_id] = PetChange(index, pet_id, one)
    return PetsRequest(changes=list(changes.values()), refused=refused)


def _read_ids(given: Sequence[object]) -> PetsRequest:
    ids: dict[str, None] = {}
    refused = []
    for index, one in enumerate(given):
        reader = FieldReader({"id": one})
        pet_id = reader.read_identifier("id", required=True)
        if pet_id is None:
            wrong = FieldError(f"ids[{index}]", "must be a string of 1-256 characters or an integer")
            refused.append(RefusedPet(index, as_text(one) if isinstance(one, int) else None, [wrong]))
        else:
            ids[pet_id] = None
    return PetsRequest(removed_ids=list(ids), refused=refused)
