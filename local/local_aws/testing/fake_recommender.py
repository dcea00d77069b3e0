"""A recommender small enough for tests of what is around it: items seen together, else popularity."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import permutations
from unittest.mock import patch

from local_aws.recommender import Event, Exploration, Interactions, Items, ScoredItem, Settings, TrainingError

_DAY = 86_400


class FakeModel:
    """As local_aws.recommender.Model, on plain counts."""

    def __init__(self, counts: dict[str, float], pairs: dict[str, dict[str, float]], young: dict[str, float]) -> None:
        self.counts, self.pairs, self.young = counts, pairs, young

    def recommend(
        self,
        history: Sequence[Event],
        num_results: int,
        *,
        allowed: Collection[str] | None = None,
        exploration: Exploration | None = None,
        now: float | None = None,
    ) -> list[ScoredItem]:
        scores = {item: 1e-3 * count for item, count in self.counts.items() if allowed is None or item in allowed}
        for event in history:
            for item, weight in self.pairs.get(event.item_id, {}).items():
                if item in scores:
                    scores[item] += weight
        total = sum(scores.values()) or 1.0
        ranked = sorted(scores, key=lambda item: (-scores[item], item))[:num_results]
        explored = self._young(exploration, now) if exploration else []
        kept = ranked[
            : num_results - min(len(explored), round(num_results * (exploration.weight if exploration else 0)))
        ]
        return [ScoredItem(item, scores.get(item, 0.0) / total) for item in [*kept, *explored][:num_results]]

    def rank(self, history: Sequence[Event], item_ids: Sequence[str]) -> list[ScoredItem]:
        known = [item for item in dict.fromkeys(item_ids) if item in self.counts]
        unknown = [item for item in dict.fromkeys(item_ids) if item not in self.counts]
        return self.recommend(history, len(known), allowed=known) + [ScoredItem(item, None) for item in unknown]

    def with_items(self, items: Items) -> "FakeModel":
        created = zip(items.item_ids, items.creation_timestamps or (), strict=True)
        return FakeModel(self.counts, self.pairs, {i: t for i, t in created if t == t and i not in self.counts})

    def to_bytes(self) -> bytes:
        return json.dumps([self.counts, self.pairs, self.young]).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "FakeModel":
        return cls(*json.loads(data))

    def _young(self, exploration: Exploration, now: float | None) -> list[str]:
        oldest = (now or 0) - exploration.item_age_cut_off_days * _DAY
        return [item for item, created in self.young.items() if created >= oldest]


def train(interactions: Interactions, items: Items | None, settings: Settings) -> FakeModel:
    users: dict[str, set[str]] = defaultdict(set)
    for user, item in zip(interactions.user_ids, interactions.item_ids, strict=True):
        users[user].add(item)
    if len(interactions) < 1000 or len(users) < 25:
        raise TrainingError("too little: at least 1000 interactions of 25 users are needed")
    pairs: dict[str, dict[str, float]] = defaultdict(dict)
    for seen in users.values():
        for one, other in permutations(sorted(seen), 2):
            pairs[one][other] = pairs[one].get(other, 0.0) + 1.0
    return FakeModel(dict(Counter(interactions.item_ids)), dict(pairs), {})


def evaluate(interactions: Interactions, items: Items | None, settings: Settings) -> dict[str, float]:
    names = ("coverage", "mean_reciprocal_rank_at_25", "precision_at_5", "normalized_discounted_cumulative_gain_at_5")
    return dict.fromkeys(names, 0.5)


@contextmanager
def installed() -> Iterator[None]:
    """Let the local Amazon Personalize use this recommender, which trains at once."""
    with ExitStack() as stack:
        stack.enter_context(patch("local_aws.personalize.training_process.train", train))
        stack.enter_context(patch("local_aws.personalize.training_process.evaluate", evaluate))
        stack.enter_context(patch("local_aws.personalize.model_store.Model", FakeModel))
        yield
