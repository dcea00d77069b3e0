"""Candidates and the choice of pets: pure functions over a snapshot."""

from collections.abc import Mapping, Sequence
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from animal_recommender.pets.pet import Pet
from animal_recommender.pets.pet_candidates import CandidatePool, best_first
from animal_recommender.pets.pet_choice import Chosen, Wish, choose_pets
from animal_recommender.pets.pet_request import Near, PetCriteria
from animal_recommender.pets.snapshot import AvailablePet, Snapshot, build_snapshot

VIENNA, GRAZ = (48.21, 16.37), (47.07, 15.44)
GROUPS = [f"2-breed {n}-3-2" for n in range(6)]
OLD, NEW = 20_454, 20_777  # the days of LONG_AGO and LATELY


def pets(count: int = 24, **changes: object) -> list[AvailablePet]:
    """Pets of six groups in turn, half of them in each of two towns."""
    made = [
        AvailablePet(
            GROUPS[n % 6], NEW, f"p{n:02}", "graz" if n // 6 % 2 else "vienna", *(GRAZ, VIENNA)[n // 6 % 2 == 0]
        )
        for n in range(count)
    ]
    return [pet._replace(**changes) for pet in made]


def pool(rows: Sequence[AvailablePet], criteria: PetCriteria, rotation: int = 0) -> tuple[Snapshot, CandidatePool]:
    snapshot = Snapshot(build_snapshot(rows, ""))
    return snapshot, CandidatePool(snapshot, criteria, rotation)


def order(
    rows: Sequence[AvailablePet], criteria: PetCriteria, groups: Sequence[str] = GROUPS, rotation: int = 0
) -> list[str]:
    snapshot, candidates = pool(rows, criteria, rotation)
    ranked = best_first(snapshot, chain(groups, candidates.groups()), candidates.best_of, criteria.per_group)
    return [one.pet_id for one in ranked]


def test_given_ranked_groups_then_each_gives_one_pet_in_their_order_before_any_gives_a_second() -> None:
    found = order(pets(), PetCriteria(), GROUPS[::-1])

    assert [int(one[1:]) % 6 for one in found] == [5, 4, 3, 2, 1, 0] * 4
    assert sorted(found) == [pet.pet_id for pet in pets()]


def test_given_two_per_group_then_two_of_each_come_first() -> None:
    assert [int(one[1:]) % 6 for one in order(pets(), PetCriteria(per_group=2))][:6] == [0, 0, 1, 1, 2, 2]


def test_given_groups_that_nobody_ranked_then_their_pets_come_after_the_ranked_ones() -> None:
    assert [int(one[1:]) % 6 for one in order(pets(12), PetCriteria(), GROUPS[3:4])][:6] == [3, 0, 1, 2, 4, 5]


def test_given_another_visitor_then_a_group_begins_with_another_pet() -> None:
    firsts = {order(pets(), PetCriteria(), GROUPS[:1], rotation)[0] for rotation in range(8)}

    assert firsts == {"p00", "p06", "p12", "p18"}


def test_given_a_place_then_only_pets_near_it_come_and_the_closest_of_a_group_first() -> None:
    rows = [
        *pets(12),
        AvailablePet(GROUPS[0], NEW, "near", "vienna", 48.211, 16.371),
        AvailablePet(GROUPS[0], 1, "?", "-"),
    ]

    assert order(rows, PetCriteria(near=Near(48.2111, 16.3711, 30)), GROUPS[:2]) == [
        "near", "p01", "p02", "p03", "p04", "p05", "p00",
    ]  # fmt: skip


def test_given_shelters_and_species_then_only_their_pets_come() -> None:
    rows = [*pets(12), AvailablePet("1-cat-1-1", NEW, "cat", "graz", *GRAZ)]

    assert set(order(rows, PetCriteria(shelters=frozenset({"graz"})))) == {"cat", *(f"p{n:02}" for n in range(6, 12))}
    assert order(rows, PetCriteria(species=frozenset({"1"}))) == ["cat"]
    assert order(rows, PetCriteria(species=frozenset({"2"}), shelters=frozenset({"nowhere"}))) == []


points = st.tuples(st.floats(40, 50), st.floats(10, 20))


@settings(deadline=None)
@given(st.lists(points, max_size=30), points, st.floats(0, 2000), st.booleans())
def test_given_any_circle_then_exactly_the_pets_inside_it_are_candidates(
    places: list[tuple[float, float]], centre: tuple[float, float], kilometers: float, many: bool
) -> None:
    rows = [AvailablePet(GROUPS[n % 6], NEW, f"p{n}", "s", *point) for n, point in enumerate(places)]
    near = Near(*centre, kilometers)
    snapshot = Snapshot(build_snapshot(rows, ""))
    candidates = CandidatePool(snapshot, PetCriteria(near=near))
    if many:
        candidates._few = None  # as if more than a few matched

    found = {one.pet_id for one in best_first(snapshot, GROUPS, candidates.best_of, 1)}

    inside = {row.pet_id for row in rows if (near.distance(row.latitude, row.longitude) or 0.0) <= kilometers}
    assert found == inside


# --- The choice -------------------------------------------------------------------------------------------------------

LONG_AGO, LATELY = "2026-01-01T00:00:00.000000Z", "2026-11-20T00:00:00.000000Z"


def described(row: AvailablePet, status: str = "available") -> Pet:
    listed_at = LONG_AGO if row.listed <= OLD else LATELY
    return Pet(row.pet_id, {}, status, "now", shelter=row.shelter, listed_at=listed_at)


class Table:
    """The pets as they are now; counts the reads."""

    def __init__(self, rows: Sequence[AvailablePet], gone: frozenset[str] = frozenset()) -> None:
        self.pets = {row.pet_id: described(row) for row in rows if row.pet_id not in gone}
        self.reads: list[int] = []

    def read(self, ids: Sequence[str]) -> Mapping[str, Pet]:
        assert len(ids) == len(set(ids)) <= 100
        self.reads.append(len(ids))
        return {one: self.pets[one] for one in ids if one in self.pets}


def choose(
    table: Table,
    rows: Sequence[AvailablePet],
    limit: int,
    long_waiting: int = 0,
    per_group: int = 1,
    excluded: Sequence[str] = (),
) -> list[Chosen]:
    criteria = PetCriteria(per_group=per_group)
    snapshot, candidates = pool(rows, criteria)
    wish = Wish(limit, per_group, long_waiting, OLD, excluded)
    best = best_first(snapshot, chain(GROUPS, candidates.groups()), candidates.best_of, per_group)
    waiting = best_first(snapshot, GROUPS, lambda group: candidates.waiting_of(group, OLD), per_group)
    return choose_pets(wish, best, waiting, table.read)


def ids(chosen: Sequence[Chosen]) -> list[str]:
    return [one.pet.pet_id for one in chosen]


def test_given_enough_candidates_then_one_read_fills_the_list() -> None:
    table = Table(pets())

    assert ids(choose(table, pets(), 6)) == ["p00", "p01", "p02", "p03", "p04", "p05"]
    assert table.reads == [8]


@settings(deadline=None)
@given(
    gone=st.sets(st.sampled_from([pet.pet_id for pet in pets()])), limit=st.integers(1, 30), per_group=st.integers(1, 4)
)
def test_given_any_pets_that_are_gone_then_the_list_is_full_of_others_as_long_as_there_are_any(
    gone: set[str], limit: int, per_group: int
) -> None:
    table = Table(pets(), frozenset(gone))

    found = ids(choose(table, pets(), limit, per_group=per_group))

    assert len(found) == len(set(found)) == min(limit, len(table.pets))
    assert not gone & set(found)


def test_given_too_few_that_have_waited_long_then_the_best_of_them_replaces_the_last_of_the_others() -> None:
    rows = [row._replace(listed=OLD) if row.pet_id in ("p09", "p11") else row for row in pets()]

    chosen = choose(Table(rows), rows, 4, long_waiting=2, per_group=2)

    assert [(one.pet.pet_id, one.promoted) for one in chosen] == [
        ("p00", False), ("p06", False), ("p09", True), ("p11", True),
    ]  # fmt: skip


def test_given_a_long_waiting_pet_below_the_list_then_it_is_moved_into_it_and_marked() -> None:
    rows = [row._replace(listed=OLD) if row.pet_id == "p05" else row for row in pets()]

    chosen = choose(Table(rows), rows, 5, long_waiting=1)

    assert [(one.pet.pet_id, one.promoted) for one in chosen] == [
        ("p00", False), ("p01", False), ("p02", False), ("p05", True), ("p03", False),
    ]  # fmt: skip


def test_given_enough_that_have_waited_long_among_the_best_then_nothing_is_replaced() -> None:
    rows = pets(listed=OLD)
    table = Table(rows)

    chosen = choose(table, rows, 5, long_waiting=2)

    assert [(one.pet.pet_id, one.promoted) for one in chosen] == [(f"p0{n}", False) for n in range(5)]
    assert table.reads == [7]  # and no others that have waited


def test_given_one_that_has_waited_long_but_is_gone_then_another_one_is_looked_for() -> None:
    rows = [row._replace(listed=OLD) if row.pet_id in ("p01", "p11") else row for row in pets()]
    table = Table(rows, gone=frozenset({"p01"}))

    chosen = choose(table, rows, 3, long_waiting=1)

    assert [(one.pet.pet_id, one.promoted) for one in chosen] == [("p00", False), ("p02", False), ("p11", True)]
    assert table.reads == [4, 1]


def test_given_pets_that_are_excluded_then_they_are_not_even_read() -> None:
    rows = pets(6, listed=OLD)
    table = Table(rows)

    assert ids(choose(table, rows, 6, long_waiting=6, excluded=["p00", "p05"])) == ["p01", "p02", "p03", "p04"]
    assert table.reads == [4]


def test_given_nobody_that_has_waited_long_then_the_list_is_the_best_one() -> None:
    assert ids(choose(Table(pets()), pets(), 5, long_waiting=2)) == ["p00", "p01", "p02", "p03", "p04"]


@pytest.mark.parametrize("limit", [1, 2, 7, 24, 100])
@settings(deadline=None)
@given(long=st.sets(st.integers(0, 23)), wanted=st.integers(0, 5), per_group=st.integers(1, 2))
def test_given_any_catalogue_then_the_list_is_full_without_duplicates_and_has_the_share(
    limit: int, long: set[int], wanted: int, per_group: int
) -> None:
    rows = [row._replace(listed=OLD) if n in long else row for n, row in enumerate(pets())]

    chosen = choose(Table(rows), rows, limit, min(wanted, limit), per_group)

    assert len(set(ids(chosen))) == len(chosen) == min(limit, 24)
    if limit >= 24:  # the list has them all
        assert sum(one.pet.listed_at == LONG_AGO for one in chosen) == len(long)
    elif limit <= 6 and per_group == 1:  # one of each group
        reachable = min(wanted, limit, len({n % 6 for n in long}))
        assert sum(one.pet.listed_at == LONG_AGO for one in chosen) >= reachable
