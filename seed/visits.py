"""A model of adopters: they come back for days, look at animals that they like, and rarely apply for one.

Each visitor has a random source of their own, so that a change to one does not change all the others.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from seed.catalogue import BREEDS, CAT, DAY, DOG, GRADES, Breed, Group

END = 1_735_689_600  # 2025-01-01T00:00:00Z: no event is later
DAYS = 120  # the time the interactions cover
HOUR_SHARES = (1, 1, 0, 0, 0, 1, 2, 4, 5, 5, 5, 6, 8, 6, 5, 5, 6, 8, 11, 13, 14, 11, 7, 3)  # of a day, 0h to 23h
VIEW, FAVORITE, APPLICATION = "DetailView", "Favorite", "Application"


@dataclass(frozen=True, order=True)
class Interaction:
    """One row of the interactions file; `timestamp` in epoch seconds. Sorts by time."""

    timestamp: int
    user_id: str
    item_id: str
    event_type: str


@dataclass
class Taste:
    """What one visitor looks for now: a breed and its relatives, a size near the breed's own, an age."""

    breed: Breed
    size_offset: int
    age: int
    faithful: float  # share of looks that go to the breed itself
    favorites: list[Group] = field(default_factory=list)


class Shop:
    """The catalogue by breed, from which a visitor picks the group to open."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self._by_breed: dict[str, list[Group]] = {name: [] for name in BREEDS}
        for group in groups:
            self._by_breed[group.breed.name].append(group)

    def pick(self, rng: random.Random, breed: Breed, taste: Taste, now: int) -> Group | None:
        """Draw a group of `breed` that is listed at `now`, most often one near to the taste's size and age."""
        listed = [group for group in self._by_breed[breed.name] if group.created < now]
        if not listed:
            return None
        return rng.choices(listed, [_appeal(group, taste) for group in listed])[0]


def interactions(shop: Shop, registered: dict[str, int | None], sessions: Sequence[str]) -> list[Interaction]:
    """Return all interactions by time. `registered`: user id -> species they want (None: any); `sessions`: ids."""
    rows: list[Interaction] = []
    for user_id, species in registered.items():
        rows += _visits_of_adopter(shop, user_id, species)
    for session_id in sessions:
        rows += _visits_of_session(shop, session_id)
    return sorted(rows)


def _visits_of_adopter(shop: Shop, user_id: str, species: int | None) -> Iterator[Interaction]:
    """Yield the visits of a registered adopter on different days, until an application or the end; tastes drift."""
    rng = random.Random(f"adopter {user_id}")
    taste = _new_taste(rng, species)
    for start in _visit_times(rng):
        looks = 1 + int(rng.expovariate(1 / 4.0))
        visit = list(_visit(shop, rng, taste, user_id, start, min(looks, 20)))
        yield from visit
        if any(row.event_type == APPLICATION for row in visit) and rng.random() < 0.6:
            return
        _drift(rng, taste)


def _visits_of_session(shop: Shop, session_id: str) -> Iterator[Interaction]:
    """Yield the one visit of a visitor without an account, under the session's id; such a visitor cannot apply."""
    rng = random.Random(f"session {session_id}")
    start = _time_of_day(rng, int(rng.random() * DAYS))
    looks = 2 + int(rng.expovariate(1 / 4.0))
    for row in _visit(shop, rng, _new_taste(rng, None), session_id, start, min(looks, 15)):
        if row.event_type != APPLICATION:
            yield row


def _visit_times(rng: random.Random) -> Iterator[int]:
    day = int(rng.random() * (DAYS - 20))
    for _ in range(2 + int(rng.expovariate(1 / 3.5))):
        if day >= DAYS:
            return
        yield _time_of_day(rng, day)
        day += 1 + int(rng.expovariate(1 / 6.0))


def _time_of_day(rng: random.Random, day: int) -> int:
    """Draw a time of that day, at least an hour and a half before midnight, so that the visit ends on that day."""
    hour = rng.choices(range(24), HOUR_SHARES)[0]
    second = min(int((hour + rng.random()) * 3600), DAY - 5_400)
    return END - (DAYS - day) * DAY + second


def _visit(shop: Shop, rng: random.Random, taste: Taste, user_id: str, start: int, looks: int) -> Iterator[Interaction]:
    """Yield one visit: perhaps an application for a favourite of earlier days, then looks and some new favourites."""
    now = start
    if taste.favorites and rng.random() < 0.22:
        group = rng.choice(taste.favorites)
        for event_type in (VIEW, APPLICATION):
            yield Interaction(now, user_id, group.item_id, event_type)
            now += 60 + int(rng.random() * 300)
    for _ in range(looks):
        opened = shop.pick(rng, _breed_to_open(rng, taste), taste, now)
        if opened is None:
            continue
        yield Interaction(now, user_id, opened.item_id, VIEW)
        if rng.random() < _liking(opened, taste):
            yield Interaction(now + 5 + int(rng.random() * 15), user_id, opened.item_id, FAVORITE)
            taste.favorites.append(opened)
        now += 20 + int(rng.expovariate(1 / 60.0))


def _liking(group: Group, taste: Taste) -> float:
    """Return the probability that a look becomes a favourite: highest for the wanted breed in the wanted age."""
    if group.breed is not taste.breed:
        return 0.04
    return 0.22 if group.age == taste.age else 0.11


def _appeal(group: Group, taste: Taste) -> float:
    """Return the relative probability of opening this group among those of its breed: supply times demand."""
    wanted_size = group.breed.typical_size + taste.size_offset
    return group.share * 0.35 ** abs(group.size - wanted_size) * 0.3 ** abs(group.age - taste.age)


def _new_taste(rng: random.Random, species: int | None) -> Taste:
    wanted = species or rng.choices((DOG, CAT), (3, 2))[0]
    breeds = [breed for breed in BREEDS.values() if breed.species == wanted]
    return Taste(
        breed=_by_popularity(rng, breeds),
        size_offset=rng.choices((-1, 0, 1), (2, 6, 2))[0],
        age=rng.choices(GRADES, (30, 28, 22, 12, 8))[0],
        faithful=0.5 + 0.35 * rng.random(),
    )


def _breed_to_open(rng: random.Random, taste: Taste) -> Breed:
    """Draw a breed: most often the wanted one, else a relative, else one of the species, rarely any other."""
    draw = rng.random()
    if draw < taste.faithful:
        return taste.breed
    rest = (draw - taste.faithful) / (1 - taste.faithful)
    if rest < 0.72:
        return _by_popularity(rng, [breed for breed in BREEDS.values() if breed.family == taste.breed.family])
    if rest < 0.94:
        return _by_popularity(rng, [breed for breed in BREEDS.values() if breed.species == taste.breed.species])
    return _by_popularity(rng, list(BREEDS.values()))


def _by_popularity(rng: random.Random, breeds: Sequence[Breed]) -> Breed:
    return rng.choices(breeds, [breed.popularity for breed in breeds])[0]


def _drift(rng: random.Random, taste: Taste) -> None:
    """Change a taste between visits: sometimes to a relative of the wanted breed, sometimes to an older animal."""
    if rng.random() < 0.10:
        taste.breed = _by_popularity(rng, [one for one in BREEDS.values() if one.family == taste.breed.family])
    if rng.random() < 0.08:
        taste.age = min(taste.age + 1, GRADES[-1])
