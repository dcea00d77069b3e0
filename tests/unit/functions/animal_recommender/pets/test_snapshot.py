"""The snapshot: what goes in comes out, whatever the order, and quickly."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from animal_recommender.pets.snapshot import AvailablePet, Snapshot, SnapshotError, build_snapshot

BEAGLE, PERSIAN = "2-Beagle-3-2", "1-Persian-2-1"
PETS = [
    AvailablePet(BEAGLE, 20_000, "b", "north", 48.2, 16.4),
    AvailablePet(BEAGLE, 19_000, "ä", "south", 47.0, 15.4),
    AvailablePet(PERSIAN, 20_100, "c", "north", 48.2, 16.4),
    AvailablePet(PERSIAN, 20_100, "d", "-"),
]

coordinates = st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180))
texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)


@st.composite
def catalogues(draw: st.DrawFn) -> list[AvailablePet]:
    ids = draw(st.lists(texts, unique=True, max_size=20))
    points = [draw(coordinates) or (None, None) for _ in ids]
    groups, shelters = st.sampled_from([BEAGLE, PERSIAN, "3-Rabbit-1-1"]), st.sampled_from(["north", "south", "-"])
    return [
        AvailablePet(draw(groups), draw(st.integers(0, 30_000)), pet_id, draw(shelters), *point)
        for pet_id, point in zip(ids, points, strict=True)
    ]


def rows(snapshot: Snapshot) -> list[AvailablePet]:
    """Everything that a snapshot tells about its pets."""
    found = []
    for pet in range(len(snapshot)):
        place = snapshot.place[pet]
        point = snapshot.place_latitude[place], snapshot.place_longitude[place]
        known = point if point[0] == point[0] else (None, None)
        shelter = snapshot.shelters[snapshot.place_shelter[place]]
        found.append(AvailablePet(snapshot.group_of(pet), snapshot.listed[pet], snapshot.pet_id(pet), shelter, *known))
    return found


@settings(deadline=None)
@given(catalogues())
def test_given_any_pets_when_built_and_read_then_all_are_there_by_group_and_by_place(pets: list[AvailablePet]) -> None:
    snapshot = Snapshot(build_snapshot(pets, "then"))

    assert rows(snapshot) == sorted(pets, key=lambda pet: (pet.group, pet.listed, pet.pet_id))
    by_group = [pet for group in snapshot.groups for pet in snapshot.pets_of_group(group)]
    assert by_group == list(range(len(pets)))
    by_place = [pet for place in range(len(snapshot.place_shelter)) for pet in snapshot.pets_of_place(place)]
    assert sorted(by_place) == by_group
    assert all(snapshot.place[pet] == place for place in set(snapshot.place) for pet in snapshot.pets_of_place(place))


def test_given_the_same_pets_in_another_order_then_the_bytes_are_the_same() -> None:
    assert build_snapshot(PETS, "then") == build_snapshot(PETS[::-1], "then")


def test_given_a_group_then_its_pets_come_with_the_oldest_listing_first() -> None:
    snapshot = Snapshot(build_snapshot(PETS, "then"))

    assert [snapshot.pet_id(pet) for pet in snapshot.pets_of_group(BEAGLE)] == ["ä", "b"]
    assert list(snapshot.pets_of_group("3-Rabbit-1-1")) == []
    assert snapshot.changed_at == "then"


def test_given_latitudes_then_the_places_between_them_are_found_and_none_without_coordinates() -> None:
    snapshot = Snapshot(build_snapshot(PETS, "then"))

    def between(south: float, north: float) -> list[float]:
        return [snapshot.place_latitude[place] for place in snapshot.places_between(south, north)]

    assert between(47.0, 48.2) == [47.0, 48.2]
    assert between(47.1, 90) == [48.2]
    assert between(-90, 46) == []
    assert between(49, 90) == []


def test_given_no_pets_then_the_snapshot_is_empty() -> None:
    snapshot = Snapshot(build_snapshot([], ""))

    assert (len(snapshot), snapshot.groups, list(snapshot.places_between(-90, 90))) == (0, [], [])


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"{}\n", b'{"format":2}\n', build_snapshot(PETS, "")[:-1], b"\xff\n"],
    ids=["nothing", "no end of line", "list", "no columns", "format", "cut off", "no text"],
)
def test_given_other_bytes_then_they_are_refused(content: bytes) -> None:
    with pytest.raises(SnapshotError):
        Snapshot(content)
