"""Candidates for a request, from the snapshot in memory, in the order in which they should be shown."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from animal_recommender.pets.distance import KILOMETERS_PER_DEGREE
from animal_recommender.pets.pet_request import Near, PetCriteria
from animal_recommender.pets.snapshot import Snapshot

# If not more pets than this match, they are looked up by place. Otherwise the groups are walked, and most of their
# pets match.
_FEW = 2000


class Candidate(NamedTuple):
    """A pet of the snapshot. `listed` is the day of its listing, in days since 1970-01-01."""

    pet_id: str
    group: str
    listed: int


class CandidatePool:
    """The pets of a snapshot that match a request.

    Pets of one group are equal to Personalize. With `near` the closest one comes first. Otherwise the order begins at
    another pet for each `rotation`, so that visitors do not all see the same pet of a popular group.
    """

    def __init__(self, snapshot: Snapshot, criteria: PetCriteria, rotation: int = 0) -> None:
        self._snapshot = snapshot
        self._criteria = criteria
        self._rotation = rotation
        self._distances = _matching_places(snapshot, criteria)
        self._few = self._find_few()

    def groups(self) -> Iterable[str]:
        """Return the groups that can have matching pets."""
        groups = self._snapshot.groups if self._few is None else self._few
        return filter(self._criteria.allow_group, groups)

    def best_of(self, group: str) -> Iterator[int]:
        """Yield the matching pets of a group, best first."""
        pets = self._matching(group)
        if self._criteria.near is not None:
            return iter(sorted(pets, key=self._distance))
        return iter(pets)

    def waiting_of(self, group: str, latest_listing: int) -> Iterator[int]:
        """Yield the matching pets of a group that are listed since `latest_listing` or longer, oldest listing first."""
        listed, place = self._snapshot.listed, self._snapshot.place
        for pet in self._snapshot.pets_of_group(group) if self._criteria.allow_group(group) else ():
            if listed[pet] > latest_listing:
                return
            if self._distances is None or place[pet] in self._distances:
                yield pet

    def by_listing(self, newest_first: bool) -> Iterator[Candidate]:
        """Yield the matching pets of all groups in the order of their listing."""
        snapshot, places = self._snapshot, self._distances
        for pet in reversed(snapshot.by_listing) if newest_first else snapshot.by_listing:
            group = snapshot.group_of(pet)
            if self._criteria.allow_group(group) and (places is None or snapshot.place[pet] in places):
                yield Candidate(snapshot.pet_id(pet), group, snapshot.listed[pet])

    def _matching(self, group: str) -> Iterable[int]:
        if not self._criteria.allow_group(group):
            return ()
        if self._few is not None:
            return _rotated(self._few.get(group, ()), self._rotation)
        pets = _rotated(self._snapshot.pets_of_group(group), self._rotation)
        if self._distances is None:
            return pets
        place, distances = self._snapshot.place, self._distances
        return (pet for pet in pets if place[pet] in distances)

    def _distance(self, pet: int) -> float:
        return (self._distances or {})[self._snapshot.place[pet]]

    def _find_few(self) -> dict[str, list[int]] | None:
        """Return the matching pets by group if they are few, else None."""
        if self._distances is None or sum(map(self._snapshot.count_at, self._distances)) > _FEW:
            return None
        found: dict[str, list[int]] = {}
        for pet in sorted(pet for place in self._distances for pet in self._snapshot.pets_of_place(place)):
            found.setdefault(self._snapshot.group_of(pet), []).append(pet)
        return found


def _rotated(pets: Sequence[int], rotation: int) -> Iterator[int]:
    start = rotation % len(pets) if pets else 0
    yield from pets[start:]
    yield from pets[:start]


def _matching_places(snapshot: Snapshot, criteria: PetCriteria) -> dict[int, float] | None:
    """Return the places in question with their distance in kilometers (0 without `near`), None for all places."""
    if criteria.near is None and not criteria.shelters:
        return None
    if criteria.near is None:
        places = dict.fromkeys(range(len(snapshot.place_shelter)), 0.0)
    else:
        places = _places_near(snapshot, criteria.near)
    if criteria.shelters:
        numbers = {number for number, shelter in enumerate(snapshot.shelters) if shelter in criteria.shelters}
        places = {place: far for place, far in places.items() if snapshot.place_shelter[place] in numbers}
    return places


def _places_near(snapshot: Snapshot, near: Near) -> dict[int, float]:
    reach = near.kilometers / KILOMETERS_PER_DEGREE * 1.001  # no place is lost by rounding
    latitudes, longitudes = snapshot.place_latitude, snapshot.place_longitude
    found = {}
    for place in snapshot.places_between(near.latitude - reach, near.latitude + reach):
        distance = near.distance(latitudes[place], longitudes[place])
        if distance is not None and distance <= near.kilometers:
            found[place] = distance
    return found


def best_first(
    snapshot: Snapshot, groups: Iterable[str], pets_of: Callable[[str], Iterator[int]], per_group: int
) -> Iterator[Candidate]:
    """Yield `per_group` candidates of each group in the order of the groups, then as many more of each, and so on."""
    going = ((group, pets_of(group)) for group in dict.fromkeys(groups))
    while True:
        remaining = []
        for group, pets in going:
            taken = list(islice(pets, per_group))
            yield from (Candidate(snapshot.pet_id(pet), group, snapshot.listed[pet]) for pet in taken)
            if len(taken) == per_group:
                remaining.append((group, pets))
        if not remaining:
            return
        going = iter(remaining)  # type: ignore[assignment]
