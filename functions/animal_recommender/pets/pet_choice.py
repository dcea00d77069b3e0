"""The choice of the pets of an answer: candidates are read again, and what cannot be shown is replaced."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from animal_recommender.pets.pet import Pet
from animal_recommender.pets.pet_candidates import Candidate
from animal_recommender.pets.pet_table import listing_day
from animal_recommender.recommendations import MAX_PETS

# A snapshot is at most minutes old, so most candidates can be shown. After so many reads the index is asked instead.
MAX_READS = 10

ReadPets = Callable[[Sequence[str]], Mapping[str, Pet]]
"""Reads pets by their ids, and returns those that may be shown now."""


class Chosen(NamedTuple):
    """A pet of the answer. `promoted` says whether it has its place only because it has waited long."""

    pet: Pet
    group: str
    promoted: bool = False


class Wish(NamedTuple):
    """What a list should be: so many pets, at least `long_waiting` of them listed on a day or before.

    `latest_listing` is that day, in days since 1970-01-01. `excluded` are ids of pets that must not be in the list.
    """

    limit: int
    per_group: int
    long_waiting: int
    latest_listing: int
    excluded: Collection[str] = ()

    def has_waited(self, pet: Pet) -> bool:
        """Return whether a pet has waited long."""
        return pet.listed_at is not None and listing_day(pet.listed_at) <= self.latest_listing


def choose_pets(wish: Wish, best: Iterator[Candidate], waiting: Iterator[Candidate], read: ReadPets) -> list[Chosen]:
    """Return up to `limit` pets, each once: the best ones, and some that have waited long if these are too few.

    `read` is called until the list is full or there are no more candidates.
    """
    seen = set(wish.excluded)
    streams = _Stream(best, seen), _Stream(waiting, seen)
    for _ in range(MAX_READS):
        drawn = _draw(wish, *streams)
        if not any(drawn):
            break
        pets = read([one.pet_id for one in (*drawn[0], *drawn[1])][:MAX_PETS])
        for stream, candidates in zip(streams, drawn, strict=True):
            stream.found += [Chosen(pets[one.pet_id], one.group) for one in candidates if one.pet_id in pets]
    return _arrange(wish, streams[0].found, streams[1].found)


class _Stream:
    """Candidates that are not read yet, and those of them that may be shown. `seen` are the ids that were drawn."""

    def __init__(self, candidates: Iterator[Candidate], seen: set[str]) -> None:
        self._candidates = candidates
        self._seen = seen
        self.is_dry = False
        self.found: list[Chosen] = []

    def draw(self, missing: int) -> list[Candidate]:
        """Return the next candidates that nobody has drawn: a few more than `missing`, since some may be gone."""
        if missing <= 0 or self.is_dry:
            return []
        count = min(missing + missing // 4 + 1, MAX_PETS)
        drawn = list(islice((one for one in self._candidates if one.pet_id not in self._seen), count))
        self._seen.update(one.pet_id for one in drawn)
        self.is_dry = len(drawn) < count
        return drawn


def _draw(wish: Wish, best: _Stream, waiting: _Stream) -> tuple[list[Candidate], list[Candidate]]:
    """Return the next candidates to read. To read one takes time, so the snapshot says who will have waited long."""
    missing = wish.limit - len(best.found)
    drawn = best.draw(missing)
    by_themselves = sum(wish.has_waited(one.pet) for one in best.found[: wish.limit])
    expected = sum(one.listed <= wish.latest_listing for one in drawn[: max(missing, 0)])
    return drawn, waiting.draw(wish.long_waiting - by_themselves - expected - len(waiting.found))


def _arrange(wish: Wish, best: list[Chosen], waiting: list[Chosen]) -> list[Chosen]:
    """Return the best pets, with some of the last ones replaced if too few of the list have waited long."""
    kept, others = best[: wish.limit], [one for one in best[wish.limit :] if wish.has_waited(one.pet)]
    missing = wish.long_waiting - sum(wish.has_waited(one.pet) for one in kept)
    promoted = _promoted(wish, kept, [*others, *waiting], missing)
    surplus = len(kept) + len(promoted) - wish.limit
    replaceable = [place for place, one in enumerate(kept) if not wish.has_waited(one.pet)]
    gone = set(replaceable[len(replaceable) - surplus :] if surplus > 0 else ())
    arranged = [one for place, one in enumerate(kept) if place not in gone]
    for one in promoted:
        arranged.insert(_place(len(arranged) + 1, wish), one)
    return arranged


def _promoted(wish: Wish, kept: Iterable[Chosen], candidates: Iterable[Chosen], missing: int) -> list[Chosen]:
    groups = Counter(one.group for one in kept)
    found: list[Chosen] = []
    for one in candidates:
        if len(found) < missing and groups[one.group] < wish.per_group:
            groups[one.group] += 1
            found.append(one._replace(promoted=True))
    return found


def _place(length: int, wish: Wish) -> int:
    """Return the place of a promoted pet in a list of this length: not the first one, and not always the last one."""
    return min(length - 1, wish.limit * 3 // 4)
