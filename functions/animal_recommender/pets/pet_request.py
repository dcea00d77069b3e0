"""Requests with `pets`: which pets are asked for, and by whom."""

import zlib
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import NamedTuple

from animal_recommender.animal_groups import SPECIES
from animal_recommender.history_table import partition_key
from animal_recommender.pets.distance import kilometers_between
from animal_recommender.pets.pet import Pet
from animal_recommender.recommendations import MAX_PETS
from animal_recommender.validation import FieldReader, as_integer, as_text

MAX_SHELTERS = 100
MAX_SPECIES = 20
MAX_KILOMETERS = 20_038  # half of the earth's circumference


class Near(NamedTuple):
    """A circle: its centre in degrees, and its radius."""

    latitude: float
    longitude: float
    kilometers: float

    def distance(self, latitude: float | None, longitude: float | None) -> float | None:
        """Return the kilometers from the centre, None for an unknown point."""
        if latitude is None or longitude is None:
            return None
        return kilometers_between(self.latitude, self.longitude, latitude, longitude)


class PetCriteria(NamedTuple):
    """What `pets` of a request says. Empty collections allow every shelter and every species."""

    per_group: int = 1
    near: Near | None = None
    shelters: frozenset[str] = frozenset()
    species: frozenset[str] = frozenset()

    @property
    def is_narrow(self) -> bool:
        """Whether not every available pet matches."""
        return bool(self.near or self.shelters or self.species)

    def allow_group(self, group: str) -> bool:
        """Return whether pets of a group may be returned."""
        return not self.species or group.partition("-")[0] in self.species

    def allow(self, pet: Pet) -> bool:
        """Return whether a pet, as it is now, may be returned."""
        if not pet.is_available or (self.shelters and pet.shelter not in self.shelters):
            return False
        if self.species and pet.animal[SPECIES] not in self.species:
            return False
        distance = self.near.distance(pet.latitude, pet.longitude) if self.near else 0.0
        return distance is not None and (self.near is None or distance <= self.near.kilometers)


class PetRequest(NamedTuple):
    """A valid request for pets. `partitions` are the visitor's partitions of the history table.

    `excluded` are ids of pets that must not be in the answer.
    """

    limit: int
    criteria: PetCriteria
    visitor: str
    partitions: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()

    @staticmethod
    def day(now: float) -> date:
        """Return the day of the request, in UTC."""
        return datetime.fromtimestamp(now, UTC).date()

    def rotation(self, on: date) -> int:
        """Return a number that is the same for a visitor during a day."""
        return zlib.crc32(f"{self.visitor}/{on}".encode())


def read_request(reader: FieldReader, *, limit: int, visitor: str, user: str | None, session: str | None) -> PetRequest:
    """Read the field `pets`, see `read_criteria`.

    `visitor` is the id for which Personalize is asked. What the visitor applied for is in the history of `user` and,
    until `record_history` has seen the login, in that of `session`.
    """
    partitions = [*([partition_key(user, None)] if user else []), *([partition_key(None, session)] if session else [])]
    return PetRequest(limit, read_criteria(reader), visitor, tuple(partitions))


def read_criteria(reader: FieldReader) -> PetCriteria:
    """Read `{"perGroup"?, "near"?: {"latitude", "longitude", "kilometers"}, "shelters"?: […], "species"?: […]}`.

    What is wrong is in the errors of `reader`.
    """
    return PetCriteria(
        per_group=reader.read_integer("perGroup", minimum=1, maximum=MAX_PETS, default=1) or 1,
        near=_read_near(reader),
        shelters=_read_ids(reader, "shelters", MAX_SHELTERS),
        species=_read_species(reader),
    )


def _read_near(reader: FieldReader) -> Near | None:
    value = reader.value("near")
    if value is None:
        return None
    near = FieldReader(value, reader.path("near"))
    found = Near(
        _read_number(near, "latitude", -90, 90),
        _read_number(near, "longitude", -180, 180),
        _read_number(near, "kilometers", 0, MAX_KILOMETERS),
    )
    reader.add_nested_errors(near)
    return found


def _read_number(reader: FieldReader, name: str, minimum: float, maximum: float) -> float:
    value = reader.value(name)
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    if numeric and minimum <= value <= maximum:
        return float(value)
    if reader.is_object:
        reader.add_error(name, f"is required and must be a number from {minimum} to {maximum:,}")
    return 0.0


def _read_species(reader: FieldReader) -> frozenset[str]:
    species = _read_ids(reader, "species", MAX_SPECIES)
    if any((as_integer(one) or 0) < 1 for one in species):
        reader.add_error("species", "must be positive integers")
    return frozenset(str(as_integer(one)) for one in species)


def _read_ids(reader: FieldReader, name: str, maximum: int) -> frozenset[str]:
    value = reader.value(name)
    if value is None:
        return frozenset()
    ids: Collection[str | None] = [as_text(one) for one in value[: maximum + 1]] if isinstance(value, list) else []
    if not 1 <= len(ids) <= maximum or not all(one and len(one) <= 256 for one in ids):
        reader.add_error(name, f"must be a list of 1-{maximum} ids")
    return frozenset(one for one in ids if one)
