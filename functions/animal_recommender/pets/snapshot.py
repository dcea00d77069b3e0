"""The snapshot of the pets that can be adopted, from which `recommend` chooses its candidates.

`publish_pets` writes it and `recommend` keeps it in memory. It decides nothing: each candidate is read again from the
table before it is shown. So it may be a minute old, and holds only what the choice needs.

The format is one line of JSON, then columns of fixed width in little-endian order, so 250,000 pets are read in about
ten milliseconds:

    {"format", "changedAt", "knownGroups", "groups", "shelters", "pets", "places", "idBytes"}
    group_starts   the pets of group g are those from group_starts[g] up to group_starts[g + 1], oldest listing first
    listed         the day of the listing, in days since 1970-01-01
    place          the pet's place: a shelter with coordinates
    id_ends        where each pet's id ends in the ids
    place_shelter, place_latitude, place_longitude   the places, from south to north; those without coordinates are NaN
    place_starts   the pets of place p are by_place[place_starts[p]:place_starts[p + 1]]
    by_place       pets, sorted by their places
    ids            the ids of all pets, one after the other, in UTF-8
"""

import json
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from math import inf, nan
from typing import NamedTuple

FORMAT = 1
SNAPSHOT_KEY = "catalogue/snapshot"  # in the pets bucket


class AvailablePet(NamedTuple):
    """A pet as it enters a snapshot. `listed` is in days since 1970-01-01. Coordinates may be unknown."""

    group: str
    listed: int
    pet_id: str
    shelter: str
    latitude: float | None = None
    longitude: float | None = None


class SnapshotError(ValueError):
    """The bytes are no snapshot of this format."""


class Snapshot:
    """A snapshot in memory. A pet is the index of its row; so is a group and a place.

    `changed_at` is the catalogue's `changedAt` up to which the snapshot has every change, "" if that is not known.
    `known_groups` is how many groups Personalize knows, with and without pets; 0 if that is not known.
    """

    def __init__(self, content: bytes) -> None:
        """Read the bytes that `build_snapshot` made.

        Raises:
            SnapshotError: They are something else.
        """
        try:
            line, _, columns = content.partition(b"\n")
            header = json.loads(line)
            if header["format"] != FORMAT:
                raise SnapshotError(f"format {header['format']} instead of {FORMAT}")
            self.changed_at: str = header["changedAt"]
            self.known_groups: int = header["knownGroups"]
            self.groups: list[str] = header["groups"]
            self.shelters: list[str] = header["shelters"]
            self._read_columns(columns, header["pets"], header["places"], header["idBytes"])
        except (ValueError, KeyError, TypeError, EOFError) as error:
            raise SnapshotError(f"not a snapshot: {type(error).__name__}") from error
        self.group_numbers = {group: number for number, group in enumerate(self.groups)}

    def _read_columns(self, columns: bytes, pets: int, places: int, id_bytes: int) -> None:
        reader = _ColumnReader(columns)
        self.group_starts = reader.read("I", len(self.groups) + 1)
        self.listed = reader.read("i", pets)
        self.place = reader.read("I", pets)
        self._id_ends = reader.read("I", pets)
        self.place_shelter = reader.read("I", places)
        self.place_latitude = reader.read("d", places)
        self.place_longitude = reader.read("d", places)
        self._place_starts = reader.read("I", places + 1)
        self._by_place = reader.read("I", pets)
        self._ids = reader.rest(id_bytes)

    def __len__(self) -> int:
        return len(self.listed)

    def pet_id(self, pet: int) -> str:
        """Return a pet's id."""
        start = self._id_ends[pet - 1] if pet else 0
        return self._ids[start : self._id_ends[pet]].decode()

    def group_of(self, pet: int) -> str:
        """Return the group of a pet on the day on which the snapshot was made."""
        return self.groups[bisect_right(self.group_starts, pet) - 1]

    def pets_of_group(self, group: str) -> range:
        """Return the pets of a group, the oldest listing first; none if no pet of the group is available."""
        number = self.group_numbers.get(group)
        if number is None:
            return range(0)
        return range(self.group_starts[number], self.group_starts[number + 1])

    @cached_property
    def by_listing(self) -> Sequence[int]:
        """All pets, the oldest listing first."""
        return sorted(range(len(self)), key=self.listed.__getitem__)

    def pets_of_place(self, place: int) -> Sequence[int]:
        """Return the pets of a place."""
        return self._by_place[self._place_starts[place] : self._place_starts[place + 1]]

    def count_at(self, place: int) -> int:
        """Return how many pets a place has."""
        return self._place_starts[place + 1] - self._place_starts[place]

    def places_between(self, south: float, north: float) -> range:
        """Return the places with latitudes from `south` to `north`, all of which have coordinates."""
        located = bisect_left(self.place_latitude, inf)  # no number, and so NaN, is less than infinity
        first = bisect_left(self.place_latitude, south, hi=located)
        return range(first, bisect_right(self.place_latitude, north, first, located))


class _ColumnReader:
    def __init__(self, content: bytes) -> None:
        self._content = memoryview(content)
        self._position = 0

    def read(self, kind: str, length: int) -> "array[int]":
        column = array(kind)
        column.frombytes(self._next(length * column.itemsize))
        if sys.byteorder != "little":
            column.byteswap()
        return column

    def rest(self, length: int) -> bytes:
        return bytes(self._next(length))

    def _next(self, size: int) -> memoryview:
        part = self._content[self._position : self._position + size]
        if len(part) != size:
            raise EOFError
        self._position += size
        return part


Place = tuple[bool, float, float, str]
"""Whether the coordinates are unknown, latitude, longitude and shelter: so places sort from south to north."""


def build_snapshot(pets: Iterable[AvailablePet], changed_at: str, known_groups: int = 0) -> bytes:
    """Return the bytes of a snapshot. The same pets, in any order, give the same bytes."""
    rows = sorted(pets, key=lambda pet: (pet.group, pet.listed, pet.pet_id))
    groups = sorted({row.group for row in rows})
    places = [_place(row) for row in rows]
    kinds = sorted(set(places))
    numbers = {place: number for number, place in enumerate(kinds)}
    shelters = sorted({row.shelter for row in rows})
    shelter_numbers = {shelter: number for number, shelter in enumerate(shelters)}
    of_pet = [numbers[place] for place in places]
    ids = [row.pet_id.encode() for row in rows]
    columns: tuple[array[int] | array[float], ...] = (
        array("I", _starts([row.group for row in rows], groups)),
        array("i", [row.listed for row in rows]),
        array("I", of_pet),
        array("I", accumulate(map(len, ids))),
        array("I", [shelter_numbers[place[3]] for place in kinds]),
        array("d", [nan if place[0] else place[1] for place in kinds]),
        array("d", [nan if place[0] else place[2] for place in kinds]),
        array("I", _starts(sorted(of_pet), range(len(kinds)))),
        array("I", sorted(range(len(rows)), key=of_pet.__getitem__)),
    )
    body = b"".join(_little_endian(column) for column in columns) + b"".join(ids)
    sizes = {"pets": len(rows), "places": len(kinds), "idBytes": sum(map(len, ids))}
    state = {"format": FORMAT, "changedAt": changed_at, "knownGroups": known_groups}
    header = {**state, "groups": groups, "shelters": shelters, **sizes}
    return json.dumps(header, separators=(",", ":")).encode() + b"\n" + body


def _place(pet: AvailablePet) -> Place:
    if pet.latitude is None or pet.longitude is None:
        return True, inf, inf, pet.shelter
    return False, pet.latitude, pet.longitude, pet.shelter


def _starts(sorted_values: "Sequence[str] | Sequence[int]", kinds: "Sequence[str] | Sequence[int]") -> list[int]:
    """Return where the values of each kind begin, and the end of the last one."""
    counts: dict[str | int, int] = dict.fromkeys(kinds, 0)
    for value in sorted_values:
        counts[value] += 1
    return [0, *accumulate(counts.values())]


def _little_endian(column: "array[int] | array[float]") -> bytes:
    if sys.byteorder != "little":
        column.byteswap()
    return column.tobytes()
