"""Synthetic data sets, each like a well-known public one, on which recommenders are measured.

Users have tastes in several dimensions and choose at random among the items that they notice (a softmax, not a linear
rule). The popularity of items follows a power law, and items come and go. Sessions follow a thread. Some users choose
without any taste. No assumption of a recommender is built in: there is no user x item matrix of low rank, no fixed
transition matrix and no decay constant.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender import Interactions

DAY = 86_400.0
NOTICED_ITEMS = 80
SUCCESSORS = 10
OWN_ITEMS = 3  # of each user, if a world has such items


@dataclass(frozen=True)
class World:
    """The parameters of one data set. A share is the probability that an event is of that kind."""

    users: int
    items: int
    length: float  # median events of a user
    spread: float = 0.8  # of the log of the length
    minimum: int = 2
    dimensions: int = 12
    taste: float = 2.0  # how much more likely a matching item is chosen
    zipf: float = 0.9  # exponent of the popularity
    thread: float = 0.2  # share of events that follow from the last item
    repeat: float = 0.0  # share of events on an earlier item
    own: float = 0.0  # share of the other events on an item that only this user ever uses
    blind: float = 0.1  # share of events without any taste
    drift: float = 0.05  # how far a taste moves with an event
    lifetime: float = 1e9  # days for which an item is in fashion
    span: float = 1000.0  # days of the data set
    session: float = 10.0  # median events of a session
    pause: float = 10.0  # days between sessions
    types: tuple[tuple[str, float], ...] = ()  # event types, each with the share of items that reach it


WORLDS = {
    "films": World(2000, 1500, 60, spread=0.9, minimum=20, taste=2.2, thread=0.25, session=60, pause=30, lifetime=2000),
    "music": World(900, 2500, 150, repeat=0.65, thread=0.15, taste=2.5, drift=0.03, pause=2, span=400),
    "shop": World(
        9000, 5000, 5, spread=0.9, repeat=0.25, thread=0.4, session=4, pause=12, span=140, lifetime=60, drift=0.3,
        types=(("view", 1.0), ("addtocart", 0.08), ("transaction", 0.4)),
    ),
    "reviews": World(12000, 8000, 7, spread=0.5, minimum=5, thread=0.3, session=1.5, pause=60, span=2500, lifetime=900),
    "places": World(
        900, 3000, 100, minimum=10, repeat=0.55, own=0.4, thread=0.1, taste=2.0, session=3, pause=1.5, span=300
    ),
    "games": World(8000, 3000, 9, spread=0.7, zipf=1.1, thread=0.1, session=2, pause=40, span=1500, lifetime=250),
}  # fmt: skip


def generate(world: World, seed: int = 1) -> Interactions:
    """Return the events of a world. The same seed gives the same events."""
    return Simulation(world, seed).run()


def generate_named(name: str, seed: int = 1, scale: float = 1.0) -> Interactions:
    """Return the events of a world of `WORLDS`, with its number of users times `scale`."""
    world = WORLDS[name]
    return generate(replace(world, users=round(world.users * scale)), seed)


Row = tuple[str, str, float, str]
"""User, item, epoch seconds, event type."""


@dataclass
class User:
    """The present state of a user: taste, day, and the items chosen so far."""

    taste: NDArray[np.float64]
    day: float
    past: list[int]
    first_own: int

    def copy(self) -> "User":
        """Return a user with the same state and an independent future."""
        return User(self.taste, self.day, [*self.past], self.first_own)


class Simulation:
    """A world with its items, in which users choose."""

    def __init__(self, world: World, seed: int) -> None:
        """Create the items."""
        self.world, self.random = world, np.random.default_rng(seed)
        r, w = self.random, world
        clusters = r.standard_normal((w.dimensions * 2, w.dimensions))
        count = w.items + (OWN_ITEMS * w.users if w.own else 0)
        self.items = clusters[r.integers(0, len(clusters), count)] + 0.7 * r.standard_normal((count, w.dimensions))
        self.items /= np.linalg.norm(self.items, axis=1, keepdims=True)
        self.clusters = clusters / np.linalg.norm(clusters, axis=1, keepdims=True)
        self.release_days = r.uniform(-min(w.lifetime, w.span), w.span, w.items)
        self.release_days[r.random(w.items) < 0.3] = -w.span
        popularity = (1 + r.permutation(w.items)) ** -w.zipf * np.exp(0.3 * r.standard_normal(w.items))
        self.cumulative_popularity = np.cumsum(popularity) / popularity.sum()
        self.successors = self._draw_successors(count)

    def _draw_successors(self, count: int) -> NDArray[np.int64]:
        """Draw for each item ten that users choose after it: some similar, some by accident (a sequel)."""
        r = self.random
        noticed = self._draw_by_popularity((count, 60))
        similarity = np.einsum("nd,nkd->nk", self.items, self.items[noticed]) + 0.5 * r.standard_normal(noticed.shape)
        return np.take_along_axis(noticed, np.argsort(-similarity, axis=1)[:, :SUCCESSORS], axis=1)

    def _draw_by_popularity(self, shape: int | tuple[int, int]) -> NDArray[np.int64]:
        drawn = np.searchsorted(self.cumulative_popularity, self.random.random(shape))
        return drawn.clip(max=self.world.items - 1)

    def run(self) -> Interactions:
        """Simulate all users and return their events."""
        rows = [row for _, _, events in self.simulate() for row in events]
        columns = [list(column) for column in zip(*rows, strict=True)]
        return Interactions(columns[0], columns[1], columns[2], columns[3] if self.world.types else None)

    def simulate(self) -> Iterator[tuple[str, User, list[Row]]]:
        """Simulate one user after the other and yield each choice.

        Yields:
            The id of the user, the state of the user after the choice, and the events of the choice.
        """
        r, w = self.random, self.world
        lengths = np.maximum(w.minimum, np.exp(np.log(w.length) + w.spread * r.standard_normal(w.users))).astype(int)
        for number, length in enumerate(lengths.clip(max=w.items // 4)):
            user = self._create_user(number)
            for _ in range(int(length)):
                if not self.choose(user):
                    break
                yield f"u{number}", user, self.draw_events(f"u{number}", user)

    def _create_user(self, number: int) -> User:
        r, w = self.random, self.world
        taste = self.clusters[r.integers(len(self.clusters))] + self.clusters[r.integers(len(self.clusters))]
        taste = taste + 0.8 * r.standard_normal(w.dimensions)
        return User(taste, r.uniform(0, w.span * 0.9), [], w.items + OWN_ITEMS * number)

    def choose(self, user: User) -> bool:
        """Advance the time, let the user choose one item and change the taste. Return False after the last day."""
        r, w = self.random, self.world
        new_session = r.random() < 1 / w.session
        user.day += r.exponential(w.pause) if new_session else r.exponential(0.003)
        if user.day > w.span:
            return False
        item = self._draw_item(user, new_session)
        user.past.append(item)
        towards = w.drift * (self.items[item] - 0.1 * user.taste)
        user.taste = user.taste + towards + w.drift * 0.3 * r.standard_normal(w.dimensions)
        return True

    def _draw_item(self, user: User, new_session: bool) -> int:
        r, w, past = self.random, self.world, user.past
        kind = r.random()
        if past and kind < w.repeat:
            return past[-min(len(past), int(r.pareto(0.7)) + 1)]
        if w.own and r.random() < w.own:
            return user.first_own + int(r.integers(OWN_ITEMS))
        if past and not new_session and kind < w.repeat + w.thread:
            successors = self.successors[past[-1]]
            return int(successors[min(9, int(r.exponential(2.5)))]) if w.repeat else self._draw_unseen(successors, past)
        noticed = self._draw_by_popularity(NOTICED_ITEMS)
        age = user.day - self.release_days[noticed]
        utilities = np.where(age < 0, -50.0, -np.maximum(age, 0) / w.lifetime)
        if kind < 1 - w.blind:
            utilities = utilities + w.taste * (self.items[noticed] @ user.taste)
        if not w.repeat:
            utilities[np.isin(noticed, past)] = -100
        return int(noticed[np.argmax(utilities + r.gumbel(size=NOTICED_ITEMS))])

    def _draw_unseen(self, options: NDArray[np.int64], past: list[int]) -> int:
        r = self.random
        unseen = [int(option) for option in options if option not in past]
        return unseen[min(len(unseen) - 1, int(r.exponential(1.5)))] if unseen else int(r.integers(self.world.items))

    def draw_events(self, user_id: str, user: User) -> list[Row]:
        """Return the events of the newest choice: each event type that it reaches."""
        rows: list[Row] = []
        for step, (name, share) in enumerate(self.world.types or (("view", 1.0),)):
            if self.random.random() >= share:
                break
            rows.append((user_id, f"i{user.past[-1]}", float(round(1.5e9 + user.day * DAY) + step * 30), name))
        return rows
