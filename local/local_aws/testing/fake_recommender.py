"""A recommender that trains at once, for tests of everything around it: items seen together, else popularity."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import permutations
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender import Event, Exploration, Interactions, Items, ScoredItem, Settings, TrainingError
from local_aws.recommender.types import MINIMUM_INTERACTIONS, MINIMUM_USERS

_DAY = 86_400


class FakeModel:
    """A model like local_aws.recommender.Model that counts items and pairs of items."""

    def __init__(self, counts: dict[str, float], pairs: dict[str, dict[str, float]], new: dict[str, float]) -> None:
        self.counts, self.pairs, self.new = counts, pairs, new

    def recommend(
        self,
        history: Sequence[Event],
        num_results: int,
        *,
        allowed: Collection[str] | None = None,
        exploration: Exploration | None = None,
        now: float | None = None,
        added: Mapping[str, float] = MappingProxyType({}),
    ) -> list[ScoredItem]:
        """Return the items with the best scores. With exploration, new items take the last places."""
        scores = {item: 1e-3 * count for item, count in self.counts.items() if allowed is None or item in allowed}
        scores |= {item: score + 1e-2 * added.get(item, 0.0) for item, score in scores.items()}
        for event in history:
            for item, weight in self.pairs.get(event.item_id, {}).items():
                if item in scores:
                    scores[item] += weight
        total = sum(scores.values()) or 1.0
        ranked = sorted(scores, key=lambda item: (-scores[item], item))[:num_results]
        explored = self._new_items(exploration, now) if exploration else []
        places = min(len(explored), round(num_results * (exploration.weight if exploration else 0)))
        chosen = [*ranked[: num_results - places], *explored][:num_results]
        return [ScoredItem(item, scores.get(item, 0.0) / total) for item in chosen]

    def rank(
        self,
        history: Sequence[Event],
        item_ids: Sequence[str],
        *,
        added: Mapping[str, float] = MappingProxyType({}),
    ) -> list[ScoredItem]:
        """Return each item once, best first, and unknown items last without a score."""
        known = [item for item in dict.fromkeys(item_ids) if item in self.counts]
        unknown = [item for item in dict.fromkeys(item_ids) if item not in self.counts]
        return self.recommend(history, len(known), allowed=known, added=added) + [
            ScoredItem(item, None) for item in unknown
        ]

    def positions(self, item_ids: Collection[str]) -> NDArray[np.int64]:
        """Return the places of known items in alphabetical order."""
        known = sorted(self.counts)
        return np.array([known.index(item) for item in sorted(item_ids) if item in self.counts], np.int64)

    def shares(self, history: Sequence[Event], groups: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
        """Return the sum of the scores of each group."""
        scores = {scored.item_id: scored.score or 0.0 for scored in self.recommend(history, len(self.counts))}
        ordered = np.array([scores[item] for item in sorted(self.counts)])
        return np.array([ordered[group].sum() for group in groups])

    def with_items(self, items: Items) -> "FakeModel":
        """Return the same model with new items to explore."""
        times = items.creation_timestamps or [None] * len(items.item_ids)
        created = zip(items.item_ids, times, strict=True)
        known = ((item, time) for item, time in created if time is not None and time == time)
        return FakeModel(self.counts, self.pairs, {item: time for item, time in known if item not in self.counts})

    def to_bytes(self) -> bytes:
        """Return the model as JSON."""
        return json.dumps([self.counts, self.pairs, self.new]).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "FakeModel":
        """Return the model that `to_bytes` wrote."""
        return cls(*json.loads(data))

    def _new_items(self, exploration: Exploration, now: float | None) -> list[str]:
        oldest = (now or 0) - exploration.item_age_cut_off_days * _DAY
        return [item for item, created in self.new.items() if created >= oldest]


def train_and_evaluate(
    interactions: Interactions, items: Items | None, settings: Settings, evaluation: Any = None
) -> tuple[FakeModel, dict[str, float]]:
    """Count the items, and how many users have each pair of items, and return constant metrics without `evaluation`.

    Raises:
        TrainingError: There are too few interactions or users.
    """
    users: dict[str, set[str]] = defaultdict(set)
    for user, item in zip(interactions.user_ids, interactions.item_ids, strict=True):
        users[user].add(item)
    if len(interactions) < MINIMUM_INTERACTIONS or len(users) < MINIMUM_USERS:
        raise TrainingError(f"at least {MINIMUM_INTERACTIONS} interactions of {MINIMUM_USERS} users are needed")
    pairs: dict[str, dict[str, float]] = defaultdict(dict)
    for user_items in users.values():
        for one, other in permutations(sorted(user_items), 2):
            pairs[one][other] = pairs[one].get(other, 0.0) + 1.0
    names = ("coverage", "mean_reciprocal_rank_at_25", "precision_at_5", "normalized_discounted_cumulative_gain_at_5")
    model = FakeModel(dict(Counter(interactions.item_ids)), dict(pairs), {})
    if evaluation and evaluation.measure:
        _, queries = evaluation.split(interactions, settings.seed)
        return model, evaluation.measure(model, queries, sorted(model.counts))
    return model, dict.fromkeys(names, 0.5)


def search(
    interactions: Interactions, items: Items | None, settings: Settings, candidates: Sequence[Mapping[str, str]]
) -> Mapping[str, str]:
    """Return the last candidate."""
    return candidates[-1]


@contextmanager
def installed() -> Iterator[None]:
    """Let the local Amazon Personalize use this recommender."""
    with ExitStack() as stack:
        stack.enter_context(patch("local_aws.recommender.train_and_evaluate", train_and_evaluate))
        stack.enter_context(patch("local_aws.recommender.search", search))
        stack.enter_context(patch("local_aws.recommender.Model", FakeModel))
        yield
