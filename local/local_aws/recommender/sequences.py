"""The interactions as integer arrays: each user's events side by side, oldest first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender.types import (
    MINIMUM_EVENTS_PER_USER,
    MINIMUM_INTERACTIONS,
    MINIMUM_USERS,
    Interactions,
    TrainingError,
)


@dataclass(frozen=True)
class Sequences:
    """Events of all users; user u's events are the rows `starts[u]:starts[u + 1]`, oldest first.

    `items` (events,) are positions in the catalogue, `times` (events,) epoch seconds, `weights` (events,) what an
    event of its type counts.
    """

    items: NDArray[np.int32]
    times: NDArray[np.float64]
    weights: NDArray[np.float32]
    starts: NDArray[np.int64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Number of events of each user."""
        return np.diff(self.starts)

    @property
    def users(self) -> NDArray[np.int64]:
        """The user of each event."""
        return np.repeat(np.arange(len(self.starts) - 1), self.lengths)

    def of(self, users: NDArray[np.int64]) -> "Sequences":
        """Only these users, in this order."""
        rows = np.concatenate([np.arange(self.starts[u], self.starts[u + 1]) for u in users] or [np.arange(0)])
        starts = np.concatenate([[0], np.cumsum(self.lengths[users])])
        return Sequences(self.items[rows], self.times[rows], self.weights[rows], starts)


def positions(names: Iterable[str]) -> dict[str, int]:
    """Each name's place in the sorted order, so that the order of the rows does not matter."""
    return {name: place for place, name in enumerate(sorted(set(names)))}


def event_weights(types: Sequence[str | None] | None, named: Mapping[str, float] | None) -> dict[str, float]:
    """What one event of each type counts: as named, else the rarer the more (1 for the most frequent type).

    The square root keeps a very rare type from silencing all others.
    """
    counts: dict[str, int] = {}
    for name in types or ():
        if name is not None:
            counts[name] = counts.get(name, 0) + 1
    most = max(counts.values(), default=1)
    rarity = {name: min(float(np.sqrt(most / count)), 5.0) for name, count in counts.items()}
    return {**rarity, **(named or {})}


def encode(interactions: Interactions, places: Mapping[str, int], weights: Mapping[str, float]) -> Sequences:
    """Sort by user, then time; equal times keep their order. `places` gives each item's position in the catalogue."""
    user_places = positions(interactions.user_ids)
    users = np.fromiter((user_places[user] for user in interactions.user_ids), np.int64, len(interactions))
    items = np.fromiter((places[item] for item in interactions.item_ids), np.int32, len(interactions))
    times = np.asarray(interactions.timestamps, dtype=np.float64)
    types = interactions.event_types
    each = np.ones(len(users)) if types is None else [weights.get(t, 1.0) if t is not None else 1.0 for t in types]
    order = np.lexsort((times, users))
    starts = np.concatenate([[0], np.cumsum(np.bincount(users, minlength=len(user_places)))])
    return Sequences(items[order], times[order], np.asarray(each, dtype=np.float32)[order], starts)


def require_enough(interactions: Interactions) -> None:
    """Personalize's minimum for a training (its quotas page); raises TrainingError."""
    if len(interactions) < MINIMUM_INTERACTIONS:
        raise TrainingError(
            f"There are not enough interactions to train: {len(interactions)}, needed are {MINIMUM_INTERACTIONS}."
        )
    _, counts = np.unique(np.asarray(interactions.user_ids), return_counts=True)
    enough = int((counts >= MINIMUM_EVENTS_PER_USER).sum())
    if enough < MINIMUM_USERS:
        raise TrainingError(
            f"There are not enough users with at least {MINIMUM_EVENTS_PER_USER} interactions to train: "
            f"{enough}, needed are {MINIMUM_USERS}."
        )
