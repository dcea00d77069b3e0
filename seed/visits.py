"""What adopters do: a model of people who come back for days, look at what they like, and rarely apply.

Each visitor is drawn from a random source of its own, so that a change to one does not move all the others.
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
    """What one visitor looks for now: a breed, its relatives, a size next to the breed's own, an age."""

    breed: Breed
    size_offset: int
    age: int
    faithful: float  # share of looks that go to the breed itself
    favorites: list[Group] = field(default_factory=list)


class Shop:
    """The catalogue, arranged for the question "which group of this breed would this visitor open now?"."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self._by_breed: dict[str, list[Group]] = {name: [] for name in BREEDS}
        for group in groups:
            self._by_breed[group.breed.name].append(group)

    def pick(self, rng: random.Random, breed: Breed, taste: Taste, now: int) -> Group | None:
        """One group of `breed` that is listed at `now`, nearest to the taste's size and age most often."""
        listed = [group for group in self._by_breed[breed.name] if group.created < now]
        if not listed:
            return None
        return rng.choices(listed, [_appeal(group, taste) for group in listed])[0]


def interactions(shop: Shop, registered: dict[str, int | None], sessions: Sequence[str]) -> list[Interaction]:
    """Everything that happened, by time. `registered`: user id -> species they want (None: any); `sessions`: ids."""
    rows: list[Interaction] = []
    for user_id, species in registered.items():
        rows += _returning(shop, user_id, species)
    for session_id in sessions:
        rows += _passing(shop, session_id)
    return sorted(rows)


def _returning(shop: Shop, user_id: str, species: int | None) -> Iterator[Interaction]:
    """A registered adopter: several visits on different days, tastes that drift, until an application or the end."""
    rng = random.Random(f"adopter {user_id}")
    taste = _new_taste(rng, species)
    for start in _visit_times(rng):
        looks = 1 + int(rng.expovariate(1 / 4.0))
        visit = list(_visit(shop, rng, taste, user_id, start, min(looks, 20)))
        yield from visit
        if any(row.event_type == APPLICATION for row in visit) and rng.random() < 0.6:
            return
        _drift(rng, taste)


def _passing(shop: Shop, session_id: str) -> Iterator[Interaction]:
    """A visitor without an account: one visit, recorded under the session's id; may not apply."""
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
    """A moment of that day; at least an hour and a half before midnight, so that a visit ends on its day."""
    hour = rng.choices(range(24), HOUR_SHARES)[0]
    second = min(int((hour + rng.random()) * 3600), DAY - 5_400)
    return END - (DAYS - day) * DAY + second


def _visit(shop: Shop, rng: random.Random, taste: Taste, user_id: str, start: int, looks: int) -> Iterator[Interaction]:
    """One visit: first perhaps an application for a favourite of earlier days, then looks, some of them favourites."""
    now = start
    if taste.favorites and rng.random() < 0.22:
        group = rng.choice(taste.favorites)
        for event_type in (VIEW, APPLICATION):
            yield Interaction(now, user_id, group.item_id, event_type)
            now += 60 + int(rng.random() * 300)
    for _ in range(looks):
        group = shop.pick(rng, _breed_to_open(rng, taste), taste, now)
        if group is None:
            continue
        yield Interaction(now, user_id, group.item_id, VIEW)
        if rng.random() < _liking(group, taste):
            yield Interaction(now + 5 + int(rng.random() * 15), user_id, group.item_id, FAVORITE)
            taste.favorites.append(group)
        now += 20 + int(rng.expovariate(1 / 60.0))


def _liking(group: Group, taste: Taste) -> float:
    """Probability that a look becomes a favourite: best for the wanted breed in the wanted age."""
    if group.breed is not taste.breed:
        return 0.04
    return 0.22 if group.age == taste.age else 0.11


def _appeal(group: Group, taste: Taste) -> float:
    """Relative probability of opening this group among those of its breed: what there is, times what is wanted."""
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
    """The wanted breed most often, else a relative, else any of the species, rarely anything at all."""
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
    """Between visits: sometimes a relative becomes the wanted breed, sometimes an older animal will do."""
    if rng.random() < 0.10:
        taste.breed = _by_popularity(rng, [one for one in BREEDS.values() if one.family == taste.breed.family])
    if rng.random() < 0.08:
        taste.age = min(taste.age + 1, GRADES[-1])
