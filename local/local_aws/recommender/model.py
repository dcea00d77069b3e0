"""A trained model. It returns recommendations for a history and holds no user data."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class Model:
    """A trained model: immutable, and safe for many threads at once."""

    features: FeatureExtractor
    weights: BlendingWeights
    event_weights: Mapping[str, float]

    def recommend(
        self,
        history: Sequence[Event],
        num_results: int,
        *,
        allowed: Collection[str] | None = None,
        exploration: Exploration | None = None,
        now: float | None = None,
    ) -> list[ScoredItem]:
        """Return the best `num_results` items, best first.

        Args:
            history: The events of the user, newest last. Without events the items are ranked by popularity.
            num_results: The length of the list; it is shorter if there are fewer candidates.
            allowed: The candidates; by default every item. The scores of all candidates sum to 1.
            exploration: How many places go to new items. An explored place keeps the score of the item it replaces.
            now: The time (epoch seconds) for which recent popularity is read. By default it is the time of the newest
                event of the history, or of the training data.
        """
        probabilities = self._probabilities(history, self._allowed_mask(allowed), now)
        best = _top(probabilities, num_results)
        chosen = best
        if exploration is not None and exploration.weight > 0:
            chosen = explore(best, probabilities, self._creation_times, self._counts, self._newest_event, exploration)
        pairs = zip(chosen, best, strict=False)
        return [ScoredItem(self._ids[item], float(probabilities[place])) for item, place in pairs]

    def rank(self, history: Sequence[Event], item_ids: Sequence[str]) -> list[ScoredItem]:
        """Return every item once, best first.

        Items without an interaction come last and have no score, as in the service. Among them, those in the catalogue
        come first, in the order of their utility, then those that are unknown.
        """
        catalogue = self.features.catalogue
        distinct = list(dict.fromkeys(item_ids))
        known = np.array([catalogue.positions[item] for item in distinct if item in catalogue.positions], np.int64)
        mask = np.zeros(len(catalogue), bool)
        mask[known[known < catalogue.warm]] = True
        utilities = self._utilities(history, None)
        order = known[np.lexsort((known, -utilities[known], known >= catalogue.warm))].tolist()
        probabilities = _softmax(utilities, mask)
        ranked = [ScoredItem(self._ids[p], float(probabilities[p]) if p < catalogue.warm else None) for p in order]
        return ranked + [ScoredItem(item, None) for item in distinct if item not in catalogue.positions]

    def with_items(self, items: Items) -> "Model":
        """Return the same model with new catalogue items. They are recommended by their metadata, and explored."""
        return replace(self, features=replace(self.features, catalogue=self.features.catalogue.with_items(items)))

    def to_bytes(self) -> bytes:
        """Return the model as an npz archive without pickles. Equal models give equal bytes."""
        return storage.dump(self.features, self.weights, self.event_weights)

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

    def _allowed_mask(self, allowed: Collection[str] | None) -> NDArray[np.bool_]:
        if allowed is None:
            return np.full(len(self._ids), True)
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

    def _utilities(self, history: Sequence[Event], now: float | None) -> NDArray[np.float32]:
        return self.weights.utilities(self.features, self._user_history(history, now))

    def _probabilities(
        self, history: Sequence[Event], candidates: NDArray[np.bool_], now: float | None
    ) -> NDArray[np.float64]:
        return _softmax(self._utilities(history, now), candidates)


def _softmax(utilities: NDArray[np.float32], candidates: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return (items,): the softmax over the candidates, which is never 0 there, and 0 elsewhere."""
    if not candidates.any():
        return np.zeros(len(utilities))
    odds = np.exp(np.maximum(utilities.astype(np.float64) - utilities[candidates].max(), MINIMUM_LOG_ODDS))
    odds[~candidates] = 0.0
    return np.asarray(odds / odds.sum(), np.float64)


def _top(probabilities: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """Return the positions of the greatest probabilities, best first, and equal ones by position."""
    count = min(most, int(np.count_nonzero(probabilities)))
    if count <= 0:
        return np.zeros(0, np.int64)
    top = np.argpartition(-probabilities, count - 1)[:count]
    return top[np.lexsort((top, -probabilities[top]))]
