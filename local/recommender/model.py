"""A trained model: answers for a history, knows no user."""

import io
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from local.recommender.types import Event, Exploration, Items, Scored


class Model:
    """Immutable and safe for many threads at once."""

    def __init__(
        self,
        item_ids: tuple[str, ...],
        coefficients: NDArray[np.float32],
        counts: NDArray[np.float32],
        newest: float,
        weights: Mapping[str, float],
    ) -> None:
        self._item_ids = item_ids
        self._places = {item: place for place, item in enumerate(item_ids)}
        self._coefficients = coefficients
        self._counts = counts
        self._newest = newest
        self._weights = dict(weights)

    def recommend(
        self,
        history: Sequence[Event],
        num_results: int,
        *,
        allowed: Collection[str] | None = None,
        exploration: Exploration | None = None,
        now: float | None = None,
    ) -> list[Scored]:
        """The best `num_results` items, best first; `history` is newest last, [] means popularity."""
        shares = self._shares(history, self._candidates(allowed))
        best = np.argsort(-shares, kind="stable")[:num_results]
        return [Scored(self._item_ids[i], float(shares[i])) for i in best if shares[i] > 0]

    def rank(self, history: Sequence[Event], item_ids: Sequence[str]) -> list[Scored]:
        """Every item once, best first; items unknown to the model come last, without a score."""
        distinct = list(dict.fromkeys(item_ids))
        known = [item for item in distinct if item in self._places]
        ranked = self.recommend(history, len(known), allowed=known)
        return ranked + [Scored(item, None) for item in distinct if item not in self._places]

    def with_items(self, items: Items) -> "Model":
        """The same model with new catalogue items, which may then be explored."""
        return self

    def to_bytes(self) -> bytes:
        """The model as an npz archive without pickles."""
        stream = io.BytesIO()
        np.savez(
            stream,
            item_ids=np.array(self._item_ids),
            coefficients=self._coefficients,
            counts=self._counts,
            newest=self._newest,
            types=np.array(list(self._weights), dtype=str),
            type_weights=np.array(list(self._weights.values()), dtype=float),
        )
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Model":
        """The model that `to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as a:
            weights = dict(zip(a["types"].tolist(), a["type_weights"].tolist(), strict=True))
            return cls(tuple(a["item_ids"].tolist()), a["coefficients"], a["counts"], float(a["newest"]), weights)

    def _candidates(self, allowed: Collection[str] | None) -> NDArray[np.bool_]:
        mask = np.full(len(self._item_ids), allowed is None)
        mask[[self._places[item] for item in allowed or () if item in self._places]] = True
        return mask

    def _shares(self, history: Sequence[Event], candidates: NDArray[np.bool_]) -> NDArray[np.float64]:
        utility = 0.5 * np.log1p(self._counts.astype(np.float64))
        known = [event for event in history if event.item_id in self._places]
        for age, event in enumerate(reversed(known)):
            weight = 0.9**age * self._weights.get(event.event_type or "", 1.0)
            utility = utility + 10 * weight * self._coefficients[self._places[event.item_id]]
        exponentials = np.where(candidates, np.exp(utility - utility.max()), 0.0)
        return exponentials / max(exponentials.sum(), 1e-300)
