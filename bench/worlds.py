"""Made-up worlds of people and things, each of the nature of a well-known public data set, to measure recommenders on.

People have tastes in several dimensions and choose by chance among what they notice (a softmax, not a linear rule);
things are popular by a power law, come and go; sessions follow a thread; some people pick blindly. No recommender's
assumption is built in: there is no user x item matrix of low rank, no fixed transition matrix and no decay constant.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender import Interactions

DAY = 86_400.0


@dataclass(frozen=True)
class World:
    """The nature of one data set; shares are probabilities of an event being of that kind."""

    users: int
    items: int
    length: float  # median events of a user
    spread: float = 0.8  # of the log of the length
    minimum: int = 2
    dimensions: int = 12
    taste: float = 2.0  # how much better a fitting thing is noticed
    zipf: float = 0.9  # exponent of the popularity
    thread: float = 0.2  # share of events that follow from the last thing
    repeat: float = 0.0  # share of events that come back to an earlier thing
    blind: float = 0.1  # share of events without any taste
    drift: float = 0.05  # how far a taste moves with an event
    lifetime: float = 1e9  # days for which a thing is in fashion
    span: float = 1000.0  # days of the data set
    session: float = 10.0  # median events of a session
    pause: float = 10.0  # days between sessions
    types: tuple[tuple[str, float], ...] = ()  # event types with the share of things that get so far


WORLDS = {
    "films": World(2000, 1500, 60, spread=0.9, minimum=20, taste=2.2, thread=0.25, session=60, pause=30, lifetime=2000),
    "music": World(900, 2500, 150, repeat=0.65, thread=0.15, taste=2.5, drift=0.03, pause=2, span=400),
    "shop": World(
        9000, 5000, 5, spread=0.9, repeat=0.25, thread=0.4, session=4, pause=12, span=140, lifetime=60, drift=0.3,
        types=(("view", 1.0), ("addtocart", 0.08), ("transaction", 0.4)),
    ),
    "reviews": World(12000, 8000, 7, spread=0.5, minimum=5, thread=0.3, session=1.5, pause=60, span=2500, lifetime=900),
    "games": World(8000, 3000, 9, spread=0.7, zipf=1.1, thread=0.1, session=2, pause=40, span=1500, lifetime=250),
}  # fmt: skip


def build(world: World, seed: int = 1) -> Interactions:
    """The events of a world; the same seed gives the same events."""
    return Stage(world, seed).play()


def named(name: str, seed: int = 1, scale: float = 1.0) -> Interactions:
    """A world of `WORLDS`, with that many times its users."""
    world = WORLDS[name]
    return build(replace(world, users=round(world.users * scale)), seed)


Row = tuple[str, str, float, str]
"""User, item, seconds since 1970, event type."""


@dataclass
class Person:
    """What somebody is like now: taste, what they chose so far, and the day."""

    taste: NDArray[np.float64]
    day: float
    past: list[int]

    def copy(self) -> "Person":
        """Another one like this, with a future of its own."""
        return Person(self.taste, self.day, [*self.past])


class Stage:
    """A world with its things, where people live."""

    def __init__(self, world: World, seed: int) -> None:
        """Make the things."""
        self.world, self.random = world, np.random.default_rng(seed)
        r, w = self.random, world
        clusters = r.standard_normal((w.dimensions * 2, w.dimensions))
        self.things = clusters[r.integers(0, len(clusters), w.items)] + 0.7 * r.standard_normal((w.items, w.dimensions))
        self.things /= np.linalg.norm(self.things, axis=1, keepdims=True)
        self.clusters = clusters / np.linalg.norm(clusters, axis=1, keepdims=True)
        self.born = r.uniform(-min(w.lifetime, w.span), w.span, w.items)
        self.born[r.random(w.items) < 0.3] = -w.span
        fame = (1 + r.permutation(w.items)) ** -w.zipf * np.exp(0.3 * r.standard_normal(w.items))
        self.cumulated = np.cumsum(fame) / fame.sum()
        self.threads = self._threads()

    def _threads(self) -> NDArray[np.int64]:
        """For each thing ten that people move on to: some close in nature, some by mere accident (a sequel)."""
        r, w = self.random, self.world
        notice = np.searchsorted(self.cumulated, r.random((w.items, 60))).clip(max=w.items - 1)
        likeness = np.einsum("nd,nkd->nk", self.things, self.things[notice]) + 0.5 * r.standard_normal(notice.shape)
        return np.take_along_axis(notice, np.argsort(-likeness, axis=1)[:, :10], axis=1)

    def play(self) -> Interactions:
        """Let everybody live; their events."""
        rows = [row for _, _, acts in self.lives() for row in acts]
        columns = [list(column) for column in zip(*rows, strict=True)]
        return Interactions(columns[0], columns[1], columns[2], columns[3] if self.world.types else None)

    def lives(self) -> Iterator[tuple[str, Person, list[Row]]]:
        """One life after the other: whose it is, what they are like after a choice, and the events of that choice."""
        r, w = self.random, self.world
        lengths = np.maximum(w.minimum, np.exp(np.log(w.length) + w.spread * r.standard_normal(w.users))).astype(int)
        for user, length in enumerate(lengths.clip(max=w.items // 4)):
            person = self._born()
            for _ in range(int(length)):
                if not self.choose(person):
                    break
                yield f"u{user}", person, self.acts(f"u{user}", person)

    def _born(self) -> Person:
        r, w = self.random, self.world
        taste = self.clusters[r.integers(len(self.clusters))] + self.clusters[r.integers(len(self.clusters))]
        taste = taste + 0.8 * r.standard_normal(w.dimensions)
        return Person(taste, r.uniform(0, w.span * 0.9), [])

    def choose(self, person: Person) -> bool:
        """Let time go by and somebody choose once more, which changes their taste; False when the world has ended."""
        r, w = self.random, self.world
        fresh = r.random() < 1 / w.session
        person.day += r.exponential(w.pause) if fresh else r.exponential(0.003)
        if person.day > w.span:
            return False
        thing = self._choose(person.taste, person.past, person.day, fresh)
        person.past.append(thing)
        towards = w.drift * (self.things[thing] - 0.1 * person.taste)
        person.taste = person.taste + towards + w.drift * 0.3 * r.standard_normal(w.dimensions)
        return True

    def _choose(self, taste: NDArray[np.float64], past: list[int], day: float, fresh: bool) -> int:
        r, w = self.random, self.world
        kind = r.random()
        if past and kind < w.repeat:
            return past[-min(len(past), int(r.pareto(0.7)) + 1)]
        if past and not fresh and kind < w.repeat + w.thread:
            return (
                int(self.threads[past[-1], min(9, int(r.exponential(2.5)))])
                if w.repeat
                else self._new(self.threads[past[-1]], past, r)
            )
        noticed = np.searchsorted(self.cumulated, r.random(80)).clip(max=w.items - 1)
        age = day - self.born[noticed]
        appeal = np.where(age < 0, -50.0, -np.maximum(age, 0) / w.lifetime)
        if kind < 1 - w.blind:
            appeal = appeal + w.taste * (self.things[noticed] @ taste)
        if not w.repeat:
            appeal[np.isin(noticed, past)] = -100
        return int(noticed[np.argmax(appeal + r.gumbel(size=80))])

    def _new(self, options: NDArray[np.int64], past: list[int], r: np.random.Generator) -> int:
        unseen = [int(option) for option in options if option not in past]
        return unseen[min(len(unseen) - 1, int(r.exponential(1.5)))] if unseen else int(r.integers(self.world.items))

    def acts(self, user: str, person: Person) -> list[Row]:
        """The events of the newest choice."""
        rows: list[Row] = []
        for step, (name, share) in enumerate(self.world.types or (("view", 1.0),)):
            if self.random.random() >= share:
                break
            rows.append((user, f"i{person.past[-1]}", float(round(1.5e9 + person.day * DAY) + step * 30), name))
        return rows
