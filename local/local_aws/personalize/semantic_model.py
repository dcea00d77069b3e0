"""Items that are similar by their texts and categories, ranked by popularity and freshness too if a campaign says so.

Source: developer guide, "Semantic-Similarity recipe". In place of embeddings there are keywords, weighted by how rare
they are. How popularity and freshness are mixed with the similarity is not documented, and chosen here.
"""

import io
import json
import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender import Items, ScoredItem

if TYPE_CHECKING:
    from scipy import sparse

_SIMILAR = 5
"""Popularity and freshness rank that many times the requested number of similar items."""


@dataclass(frozen=True)
class SemanticModel:
    """The keywords of each item, and what popularity and freshness (0..1) were when it was trained."""

    item_ids: Sequence[str]
    words: Sequence[Sequence[str]]
    popularity: Mapping[str, float]
    freshness: Mapping[str, float]

    @classmethod
    def fit(cls, items: Items, counts: Mapping[str, int]) -> "SemanticModel":
        """Learn from a catalogue, and how often each item was interacted with."""
        most = max(counts.values(), default=1)
        popularity = {item: count / most for item, count in counts.items()}
        return cls(list(items.item_ids), list(_words(items)), popularity, _freshness(items))

    def with_items(self, items: Items) -> "SemanticModel":
        """Return the same model with another catalogue. Popularity and freshness stay, as in the service."""
        return replace(self, item_ids=list(items.item_ids), words=list(_words(items)))

    def similar(
        self, item_id: str, count: int, allowed: Collection[str] | None, influence: Mapping[str, float]
    ) -> list[ScoredItem]:
        """Return the `count` items that are most similar to one, the best first, without scores.

        `influence` (0..1) is how much POPULARITY and FRESHNESS count among the similar items.
        """
        similarities = self._similarities(item_id)
        places = [p for p in np.argsort(-similarities, kind="stable").tolist() if similarities[p] > 0]
        items = [i for p in places if (i := self.item_ids[p]) != item_id and (allowed is None or i in allowed)]
        scores = {self.item_ids[p]: float(similarities[p]) for p in places}
        nearest = items[: count * _SIMILAR if influence else count]
        nearest.sort(key=lambda item: -(scores[item] + self._influence(item, influence)))
        return [ScoredItem(item, None) for item in nearest[:count]]

    def to_bytes(self) -> bytes:
        """Return the model as JSON."""
        return json.dumps([list(self.item_ids), list(map(list, self.words)), self.popularity, self.freshness]).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "SemanticModel":
        """Return the model that `to_bytes` wrote."""
        return cls(*json.load(io.BytesIO(data)))

    def _influence(self, item: str, influence: Mapping[str, float]) -> float:
        popularity = influence.get("POPULARITY", 0.0) * self.popularity.get(item, 0.0)
        return popularity + influence.get("FRESHNESS", 0.0) * self.freshness.get(item, 0.0)

    def _similarities(self, item_id: str) -> NDArray[np.float64]:
        """Return (items,): the cosine of the keywords of an item and of each item; zeros for an unknown item."""
        if item_id not in self.item_ids:
            return np.zeros(len(self.item_ids))
        row = self._vectors[self.item_ids.index(item_id)]
        return np.asarray((self._vectors @ row.T).todense(), np.float64).ravel()

    @cached_property
    def _vectors(self) -> "sparse.csr_matrix":
        """(items, words): the weight of each keyword, each row of length 1."""
        from scipy import sparse  # here, because it takes memory that only this recipe needs

        used = Counter(word for words in self.words for word in set(words))
        columns = {word: place for place, word in enumerate(used)}
        weights = {word: math.log((1 + len(self.words)) / count) for word, count in used.items()}
        cells = [(row, word) for row, words in enumerate(self.words) for word in sorted(set(words))]
        lengths = [math.sqrt(sum(weights[word] ** 2 for word in set(words))) or 1.0 for words in self.words]
        values = [weights[word] / lengths[row] for row, word in cells]
        places = ([row for row, _ in cells], [columns[word] for _, word in cells])
        return sparse.csr_matrix((values, places), shape=(len(self.words), max(len(columns), 1)))


def influence_of(config: Mapping[str, Any]) -> dict[str, float]:
    """Return the rankingInfluence of a campaign or batch job."""
    return {name: float(weight) for name, weight in (config.get("rankingInfluence") or {}).items() if weight}


def _words(items: Items) -> Iterator[list[str]]:
    columns = [(name, values) for name, values in items.metadata.items() if any(isinstance(v, str) for v in values)]
    for row in range(len(items.item_ids)):
        texts = [(name, values[row]) for name, values in columns]
        yield [f"{name}:{word}" for name, text in texts if isinstance(text, str) for word in text.split("|")]


def _freshness(items: Items) -> dict[str, float]:
    times = {
        item: float(time)
        for item, time in zip(items.item_ids, items.creation_timestamps or (), strict=False)
        if time is not None and math.isfinite(time)
    }
    oldest, newest = min(times.values(), default=0.0), max(times.values(), default=0.0)
    return {item: (time - oldest) / ((newest - oldest) or 1.0) for item, time in times.items()}
