"""A trained model. It returns recommendations for a history and holds no user data."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender import storage
from local_aws.recommender.blending import BlendingWeights
from local_aws.recommender.exploration import explore
from local_aws.recommender.features import FeatureExtractor
from local_aws.recommender.types import Event, Exploration, Items, ScoredItem
from local_aws.recommender.user_history import UserHistory

MINIMUM_LOG_ODDS = -500.0
MINIMUM_SUMMED_LOG_ODDS = np.float32(-80.0)
LEAST_UTILITY = np.finfo(np.float32).min
BLOCK = 128  # items
NOTHING_ADDED: Mapping[str, float] = {}
NOTHING: NDArray[np.float32] = np.zeros(0, np.float32)


@dataclass(frozen=True)
class Model:
    """A trained model: immutable, and safe for many threads at once.

    `worth` is added to the utilities of the first items of the catalogue; it is empty without given event weights.
    """

    features: FeatureExtractor
    weights: BlendingWeights
    event_weights: Mapping[str, float]
    worth: NDArray[np.float32] = field(default_factory=lambda: NOTHING)

    def recommend(
        self,
        history: Sequence[Event],
        num_results: int,
        *,
        allowed: Collection[str] | None = None,
        exploration: Exploration | None = None,
        now: float | None = None,
        added: Mapping[str, float] = NOTHING_ADDED,
    ) -> list[ScoredItem]:
        """Return the best `num_results` items, best first.

        Args:
            history: The events of the user, newest last. Without events the items are ranked by popularity.
            num_results: The length of the list; it is shorter if there are fewer candidates.
            allowed: The candidates; by default every item. The scores of all candidates sum to 1.
            exploration: How many places go to new items. They have their own scores, so the scores need not descend.
            now: The time (epoch seconds) for which recent popularity is read. By default it is the time of the newest
                event of the history, or of the training data.
            added: What is added to the log-odds of items, for purposes that are not the recommender's.
        """
        utilities = self._utilities(history, now, added)
        if allowed is not None:
            utilities[~self._allowed_mask(allowed)] = -np.inf
        chosen = _top(utilities, num_results)
        if exploration is not None and exploration.weight > 0:
            counts = self._with_added(self._counts, exploration.impressions)
            chosen = explore(chosen, utilities, self._creation_times, counts, self._newest_event, exploration)
        return self._scored(chosen, _probabilities(utilities, chosen))

    def rank(
        self,
        history: Sequence[Event],
        item_ids: Sequence[str],
        *,
        now: float | None = None,
        added: Mapping[str, float] = NOTHING_ADDED,
    ) -> list[ScoredItem]:
        """Return every item once, best first. `now` and `added` are as in `recommend`.

        Items without an interaction come last and have no score, as in the service. Among them, those in the catalogue
        come first, in the order of their utility, then those that are unknown.
        """
        catalogue = self.features.catalogue
        distinct = list(dict.fromkeys(item_ids))
        known = np.array([catalogue.positions[item] for item in distinct if item in catalogue.positions], np.int64)
        utilities = self._utilities(history, now, added)[known]
        best = np.lexsort((known, -utilities, known >= catalogue.warm))
        warm, cold = np.split(best, [np.count_nonzero(known < catalogue.warm)])
        ranked = self._scored(known[warm], _probabilities(utilities[warm], np.arange(len(warm))))
        unscored = [
            *(self._ids[position] for position in known[cold]),
            *(i for i in distinct if i not in catalogue.positions),
        ]
        return ranked + [ScoredItem(item, None) for item in unscored]

    def positions(self, item_ids: Collection[str]) -> NDArray[np.int64]:
        """Return (n,): the positions of those of the items that the model knows, for `shares`."""
        known = self.features.catalogue.positions
        return np.array(sorted(known[item] for item in item_ids if item in known), np.int64)

    def shares(self, history: Sequence[Event], groups: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
        """Return (groups,): the probability that the next item of this history is one of each group's `positions`."""
        utilities = self._utilities(history, None, NOTHING_ADDED)
        return np.array([_probabilities(utilities, group).sum() for group in groups])

    def with_items(self, items: Items) -> "Model":
        """Return the same model with new catalogue items. They are recommended by their metadata, and explored."""
        return replace(self, features=replace(self.features, catalogue=self.features.catalogue.with_items(items)))

    def to_bytes(self) -> bytes:
        """Return the model as an npz archive without pickles. Equal models give equal bytes."""
        return storage.dump(self.features, self.weights, self.event_weights, self.worth)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Model":
        """Return the model that `to_bytes` wrote.

        Raises:
            ValueError: The bytes are not a stored model.
        """
        return cls(*storage.load(data))

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        return self.features.catalogue.item_ids

    @cached_property
    def _all_ids(self) -> frozenset[str]:
        return frozenset(self._ids)

    @cached_property
    def _newest_event(self) -> float:
        return float(self.features.popularity.times[-1])

    @cached_property
    def _counts(self) -> NDArray[np.float32]:
        cold = len(self._ids) - self.features.catalogue.warm
        return np.concatenate([self.features.counts, np.zeros(cold, np.float32)])

    @cached_property
    def _creation_times(self) -> NDArray[np.float64]:
        """Creation time, else that of the first event, else infinity: an item without events is new."""
        catalogue = self.features.catalogue
        first = np.full(len(catalogue), np.inf)
        first[: catalogue.warm] = self.features.first_event_times
        return np.where(np.isnan(catalogue.creation_times), first, catalogue.creation_times)

    def _scored(self, items: NDArray[np.int64], probabilities: NDArray[np.float64]) -> list[ScoredItem]:
        pairs = zip(items.tolist(), probabilities.tolist(), strict=True)
        return [ScoredItem(self._ids[item], probability) for item, probability in pairs]

    def _allowed_mask(self, allowed: Collection[str]) -> NDArray[np.bool_]:
        positions = self.features.catalogue.positions
        excluded = self._all_ids.difference(allowed)
        if len(excluded) < len(self._ids) - len(excluded):
            # A filter usually excludes a few items. To look up only those is a tenth of the work.
            mask = np.full(len(self._ids), True)
            mask[[positions[item] for item in excluded]] = False
        else:
            mask = np.full(len(self._ids), False)
            mask[[positions[item] for item in allowed if item in positions]] = True
        return mask

    def _user_history(self, history: Sequence[Event], now: float | None) -> UserHistory:
        positions = self.features.catalogue.positions
        known = [event for event in history if event.item_id in positions]
        query_time = now if now is not None or known else float(np.nextafter(self._newest_event, np.inf))
        return UserHistory.from_events(
            np.array([positions[event.item_id] for event in known], np.int64),
            np.array([event.timestamp for event in known], np.float64),
            np.array([self.event_weights.get(event.event_type or "", 1.0) for event in known], np.float32),
            query_time,
        )

    def _utilities(
        self, history: Sequence[Event], now: float | None, added: Mapping[str, float]
    ) -> NDArray[np.float32]:
        utilities = self.weights.utilities(self.features, self._user_history(history, now))
        utilities[: len(self.worth)] += self.worth
        return self._with_added(utilities, added)

    def _with_added(self, values: NDArray[np.float32], added: Mapping[str, float]) -> NDArray[np.float32]:
        """Return the `values` (items,) with what is added to some items; a copy, if there are any."""
        if not added:
            return values
        positions = self.features.catalogue.positions
        result = values.copy()
        for item, value in added.items():
            if (position := positions.get(item)) is not None:
                result[position] += value
        return result


def _probabilities(utilities: NDArray[np.float32], items: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return (n,): the softmax over all finite utilities at the `items` (n,), where it is never 0."""
    if not len(items):
        return np.zeros(0)
    peak = utilities.max()
    # Odds below the bound add nothing to the sum, but are denormal numbers, on which processors are slow.
    total = np.exp(np.maximum(utilities - peak, MINIMUM_SUMMED_LOG_ODDS)).sum(dtype=np.float64)
    log_odds = utilities[items].astype(np.float64) - float(peak)
    return np.asarray(np.exp(np.maximum(log_odds, MINIMUM_LOG_ODDS)) / total, np.float64)


def _top(utilities: NDArray[np.float32], most: int) -> NDArray[np.int64]:
    """Return the positions of the greatest finite utilities, best first, and equal ones by position."""
    candidates = np.flatnonzero(utilities >= max(_bound(utilities, most), LEAST_UTILITY))
    values = -utilities[candidates]
    return np.asarray(candidates[np.lexsort((candidates, values))[: max(most, 0)]])


def _bound(utilities: NDArray[np.float32], most: int) -> np.float32:
    """Return a value that at least `most` of the utilities reach, and few more, if there are many.

    The `most` blocks with the greatest maxima have one such utility each. It takes a fifth of the time of a partition.
    """
    blocks = len(utilities) // BLOCK
    if not 0 < most < blocks:
        return LEAST_UTILITY
    peaks = utilities[: blocks * BLOCK].reshape(blocks, BLOCK).max(axis=1)
    return np.float32(np.partition(peaks, blocks - most)[blocks - most])
