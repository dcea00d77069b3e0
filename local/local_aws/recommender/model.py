"""A trained model: answers for a history, knows no user."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender import storage
from local_aws.recommender.blending import Weights
from local_aws.recommender.exploration import explored
from local_aws.recommender.features import Knowledge
from local_aws.recommender.types import Event, Exploration, Items, Scored
from local_aws.recommender.user_history import Past


@dataclass(frozen=True)
class Model:
    """Immutable, and safe for many threads at once."""

    knowledge: Knowledge
    weights: Weights
    event_weights: Mapping[str, float]

    def recommend(
        self,
        history: Sequence[Event],
        num_results: int,
        *,
        allowed: Collection[str] | None = None,
        exploration: Exploration | None = None,
        now: float | None = None,
    ) -> list[Scored]:
        """The best `num_results` items, best first; `history` is newest last, [] means popularity.

        `allowed` restricts the candidates; the scores of all candidates sum to 1. `now` (epoch seconds) is the moment
        for which trends are read; default is the newest event of the history or else of the training. A place that
        explores keeps its score.
        """
        shares = self._shares(history, self._allowed(allowed), now)
        best = _best(shares, num_results)
        chosen = best
        if exploration is not None and exploration.weight > 0:
            chosen = explored(best, shares, self._born, self._counts, self._newest, exploration)
        return [Scored(self._ids[place], float(shares[slot])) for place, slot in zip(chosen, best, strict=False)]

    def rank(self, history: Sequence[Event], item_ids: Sequence[str]) -> list[Scored]:
        """Every item once, best first; those without any interaction come last and have no score, as the service does.

        Among these the ones the catalogue describes come in the order of their likely interest, then the unknown ones.
        """
        catalogue = self.knowledge.catalogue
        distinct = list(dict.fromkeys(item_ids))
        known = np.array([catalogue.places[item] for item in distinct if item in catalogue.places], np.int64)
        mask = np.zeros(len(catalogue), bool)
        mask[known[known < catalogue.warm]] = True
        utilities = self._utilities(history, None)
        order = known[np.lexsort((known, -utilities[known], known >= catalogue.warm))].tolist()
        shares = _shares(utilities, mask)
        ranked = [Scored(self._ids[p], float(shares[p]) if p < catalogue.warm else None) for p in order]
        return ranked + [Scored(item, None) for item in distinct if item not in catalogue.places]

    def with_items(self, items: Items) -> "Model":
        """The same model with new catalogue items, which then are recommended for what they are, and explored."""
        return replace(self, knowledge=replace(self.knowledge, catalogue=self.knowledge.catalogue.with_items(items)))

    def to_bytes(self) -> bytes:
        """The model as an npz archive without pickles; equal models give equal bytes."""
        return storage.dump(self.knowledge, self.weights, self.event_weights)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Model":
        """The model that `to_bytes` wrote; raises ValueError for anything else."""
        return cls(*storage.load(data))

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        return self.knowledge.catalogue.item_ids

    @cached_property
    def _everything(self) -> frozenset[str]:
        return frozenset(self._ids)

    @cached_property
    def _newest(self) -> float:
        return float(self.knowledge.popularity.times[-1])

    @cached_property
    def _counts(self) -> NDArray[np.float32]:
        cold = len(self._ids) - self.knowledge.catalogue.warm
        return np.concatenate([self.knowledge.counts, np.zeros(cold, np.float32)])

    @cached_property
    def _born(self) -> NDArray[np.float64]:
        """Creation time, else that of the first event, else now: an item nobody has met yet is new."""
        catalogue = self.knowledge.catalogue
        first = np.full(len(catalogue), np.inf)
        first[: catalogue.warm] = self.knowledge.births
        return np.where(np.isnan(catalogue.born), first, catalogue.born)

    def _allowed(self, allowed: Collection[str] | None) -> NDArray[np.bool_]:
        if allowed is None:
            return np.full(len(self._ids), True)
        places = self.knowledge.catalogue.places
        refused = self._everything.difference(allowed)
        if len(refused) < len(self._ids) - len(refused):
            # A filter mostly leaves out a few items: looking those up is a tenth of the work.
            mask = np.full(len(self._ids), True)
            mask[[places[item] for item in refused]] = False
        else:
            mask = np.full(len(self._ids), False)
            mask[[places[item] for item in allowed if item in places]] = True
        return mask

    def _past(self, history: Sequence[Event], now: float | None) -> Past:
        places = self.knowledge.catalogue.places
        known = [event for event in history if event.item_id in places]
        moment = now if now is not None or known else float(np.nextafter(self._newest, np.inf))
        return Past.of(
            np.array([places[event.item_id] for event in known], np.int64),
            np.array([event.timestamp for event in known], np.float64),
            np.array([self.event_weights.get(event.event_type or "", 1.0) for event in known], np.float32),
            moment,
        )

    def _utilities(self, history: Sequence[Event], now: float | None) -> NDArray[np.float32]:
        return self.weights.utilities(self.knowledge, self._past(history, now))

    def _shares(
        self, history: Sequence[Event], candidates: NDArray[np.bool_], now: float | None
    ) -> NDArray[np.float64]:
        return _shares(self._utilities(history, now), candidates)


def _shares(utilities: NDArray[np.float32], candidates: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(items,) softmax over the candidates, never quite 0 there, and 0 elsewhere."""
    if not candidates.any():
        return np.zeros(len(utilities))
    odds = np.exp(np.maximum(utilities.astype(np.float64) - utilities[candidates].max(), -500.0))
    odds[~candidates] = 0.0
    return odds / odds.sum()


def _best(shares: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """Places of the greatest shares, best first; equal ones by place."""
    count = min(most, int(np.count_nonzero(shares)))
    if count <= 0:
        return np.zeros(0, np.int64)
    top = np.argpartition(-shares, count - 1)[:count]
    return top[np.lexsort((top, -shares[top]))]
