"""The interactions as integer arrays: the events of one user after those of another, oldest first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender.types import (
    MINIMUM_EVENTS_PER_USER,
    MINIMUM_INTERACTIONS,
    MINIMUM_USERS,
    Interactions,
    TrainingError,
)

WORTH_SMOOTHING = 5.0  # events
MAX_RARITY_WEIGHT = 5.0


@dataclass(frozen=True)
class Sequences:
    """The events of all users. Those of user u are the rows `starts[u]:starts[u + 1]`, oldest first.

    `items` (events,) are positions in the catalogue, `times` (events,) epoch seconds, and `weights` (events,) the
    weight of the event's type.
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

    def select_users(self, users: NDArray[np.int64]) -> "Sequences":
        """Return the events of only these users, in this order."""
        rows = np.concatenate([np.arange(self.starts[u], self.starts[u + 1]) for u in users] or [np.arange(0)])
        starts = np.concatenate([[0], np.cumsum(self.lengths[users])])
        return Sequences(self.items[rows], self.times[rows], self.weights[rows], starts)

    def select_events(self, keep: NDArray[np.bool_]) -> "Sequences":
        """Return only the events of the mask `keep` (events,). Users without any remain, without events."""
        lengths = np.bincount(self.users[keep], minlength=len(self.starts) - 1)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        return Sequences(self.items[keep], self.times[keep], self.weights[keep], starts)

    def renumber(self, positions: NDArray[np.integer]) -> "Sequences":
        """Return the events with `positions[item]` in place of each item."""
        return replace(self, items=positions[self.items].astype(np.int32))


def index_names(names: Iterable[str]) -> dict[str, int]:
    """Return the position of each name in sorted order, so that the order of the rows has no effect."""
    return {name: position for position, name in enumerate(sorted(set(names)))}


def event_type_weights(types: Sequence[str | None] | None, given: Mapping[str, float] | None) -> dict[str, float]:
    """Return the weight of an event of each type: the `given` one, else more for rarer types.

    The most frequent type has weight 1. The square root keeps a very rare type from outweighing all others.
    """
    counts: dict[str, int] = {}
    for name in types or ():
        if name is not None:
            counts[name] = counts.get(name, 0) + 1
    most = max(counts.values(), default=1)
    rarity = {name: min(float(np.sqrt(most / count)), MAX_RARITY_WEIGHT) for name, count in counts.items()}
    return {**rarity, **(given or {})}


def log_event_worth(sequences: Sequences, size: int) -> NDArray[np.float32]:
    """Return the (size,) log of how much the events of each item weigh on average, relative to all events.

    Added to the utility of an item, it makes the odds those of the weight that an interaction is expected to have. An
    item with few events is taken to be like all others.
    """
    mean = float(sequences.weights.mean()) or 1.0
    counts = np.bincount(sequences.items, minlength=size)
    sums = np.bincount(sequences.items, weights=sequences.weights / mean, minlength=size)
    return np.log((sums + WORTH_SMOOTHING) / (counts + WORTH_SMOOTHING)).astype(np.float32)


def encode(interactions: Interactions, positions: Mapping[str, int], weights: Mapping[str, float]) -> Sequences:
    """Sort the interactions by user and time. Events of equal time keep their order.

    `positions` gives the position of each item in the catalogue, `weights` the weight of each event type.
    """
    user_positions = index_names(interactions.user_ids)
    users = np.fromiter(map(user_positions.__getitem__, interactions.user_ids), np.int64, len(interactions))
    items = np.fromiter(map(positions.__getitem__, interactions.item_ids), np.int32, len(interactions))
    times = np.asarray(interactions.timestamps, dtype=np.float64)
    types = interactions.event_types
    values = np.ones(len(users)) if types is None else [weights.get(t, 1.0) if t is not None else 1.0 for t in types]
    order = np.lexsort((times, users))
    starts = np.concatenate([[0], np.cumsum(np.bincount(users, minlength=len(user_positions)))])
    return Sequences(items[order], times[order], np.asarray(values, dtype=np.float32)[order], starts)


def require_minimum_data(interactions: Interactions) -> None:
    """Check the minimum data for a training, from the quotas page of Personalize.

    Raises:
        TrainingError: There are too few interactions or users.
    """
    if len(interactions) < MINIMUM_INTERACTIONS:
        raise TrainingError(
            f"There are not enough interactions to train: {len(interactions)}, needed are {MINIMUM_INTERACTIONS}."
        )
    _, counts = np.unique(np.asarray(interactions.user_ids), return_counts=True)
    users = int((counts >= MINIMUM_EVENTS_PER_USER).sum())
    if users < MINIMUM_USERS:
        raise TrainingError(
            f"There are not enough users with at least {MINIMUM_EVENTS_PER_USER} interactions to train: "
            f"{users}, needed are {MINIMUM_USERS}."
        )
