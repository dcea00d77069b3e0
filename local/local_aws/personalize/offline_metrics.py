"""The offline metrics that only some solutions have, beside those of the recommender.

Sources: developer guide, "Evaluating a solution version with metrics", and the outputs that AWS's notebooks of user
segmentation have saved (the names `hits_at_1_percent` and `recall_at_1_percent`). Not documented, and chosen here: of
how many recommendations the rewards are counted, and which items and users a segmentation is measured with.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from typing import TYPE_CHECKING

import numpy as np

from local_aws.recommender import Event, Interactions, Items, select_rows
from local_aws.recommender.evaluation_split import Query
from local_aws.recommender.metrics import CUTOFFS, DEPTH, average_metrics

if TYPE_CHECKING:
    from local_aws.recommender import Model

_RECOMMENDATIONS = 500
_SEGMENT_ITEMS, _SEGMENT_USERS = 100, 1000
_SEGMENT_TRAINING_SHARE = 0.8


@dataclass(frozen=True)
class SolutionMetrics:
    """What is measured for a solution for items.

    `rewards` are the values of the attribute of an optimizationObjective, and `added` what that adds to the items.
    `weights` are those of the event types of an eventsConfig, and `types` the event type of each user's newest event
    with an item.
    """

    rewards: Mapping[str, float] = field(default_factory=dict)
    added: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    types: Mapping[tuple[str, str], str | None] = field(default_factory=dict)

    def __call__(self, model: "Model", queries: Sequence[Query], catalogue: Sequence[str]) -> dict[str, float]:
        """Return the metrics of GetSolutionMetrics."""
        known = model.with_items(Items(catalogue))
        lists = [self._recommend(known, query) for query in queries]
        metrics = average_metrics(lists, [query.targets for query in queries], len(catalogue))
        if self.rewards:
            metrics["average_rewards_at_k"] = self._average_rewards(lists, queries)
        if self.weights:
            name = "normalized_discounted_cumulative_gain_with_event_weights_at"
            metrics |= {f"{name}_{k}": self._weighted_gain(lists, queries, k) for k in CUTOFFS}
        return metrics

    def _recommend(self, model: "Model", query: Query) -> list[str]:
        count = _RECOMMENDATIONS if self.rewards else DEPTH
        ranked = model.recommend(query.history, count, now=query.now, added=self.added)
        return [scored.item_id for scored in ranked]

    def _average_rewards(self, lists: Sequence[Sequence[str]], queries: Sequence[Query]) -> float:
        """Return the mean share of a user's rewards that the 25 recommendations with the greatest rewards bring."""
        shares = []
        for ranked, query in zip(lists, queries, strict=True):
            best = sorted(ranked, key=lambda item: -self.rewards.get(item, 0.0))[:DEPTH]
            total = self._reward(set(ranked) & query.targets)
            if total > 0:
                shares.append(self._reward(set(best) & query.targets) / total)
        return sum(shares) / len(shares) if shares else 0.0

    def _reward(self, items: set[str]) -> float:
        return sum(max(self.rewards.get(item, 0.0), 0.0) for item in items)

    def _weighted_gain(self, lists: Sequence[Sequence[str]], queries: Sequence[Query], cutoff: int) -> float:
        gains = [self._gain(ranked, query, cutoff) for ranked, query in zip(lists, queries, strict=True)]
        return sum(gains) / max(len(gains), 1)

    def _gain(self, ranked: Sequence[str], query: Query, cutoff: int) -> float:
        worth = {item: self._weight(self.types.get((query.user_id, item))) for item in query.targets}
        best = sorted(worth.values(), reverse=True)[:cutoff]
        ideal = sum(weight / log2(rank + 1) for rank, weight in enumerate(best, 1))
        gain = sum(worth.get(item, 0.0) / log2(rank + 1) for rank, item in enumerate(ranked[:cutoff], 1))
        return gain / ideal if ideal else 0.0

    def _weight(self, event_type: str | None) -> float:
        return self.weights.get((event_type or "").lower(), 0.0)


def newest_types(interactions: Interactions) -> dict[tuple[str, str], str | None]:
    """Return the event type of the newest event of each user with each item."""
    types = interactions.event_types or [None] * len(interactions)
    rows = sorted(range(len(interactions)), key=lambda row: interactions.timestamps[row])
    return {(interactions.user_ids[row], interactions.item_ids[row]): types[row] for row in rows}


def split_each_user(interactions: Interactions, seed: int = 0) -> tuple[Interactions, list[Query]]:
    """Return the oldest 80% of each user's interactions, and a query for the others of each of at most 1,000 users."""
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row in sorted(range(len(interactions)), key=lambda row: interactions.timestamps[row]):
        rows_of[interactions.user_ids[row]].append(row)
    kept = {user: rows[: max(1, int(_SEGMENT_TRAINING_SHARE * len(rows)))] for user, rows in rows_of.items()}
    queries = [
        Query(
            user,
            [Event(interactions.item_ids[row], float(interactions.timestamps[row])) for row in kept[user]],
            frozenset(interactions.item_ids[row] for row in rows_of[user][len(kept[user]) :]),
        )
        for user in sorted(rows_of)[:_SEGMENT_USERS]
    ]
    return select_rows(interactions, sorted(row for rows in kept.values() for row in rows)), queries


def segment_metrics(model: "Model", queries: Sequence[Query], catalogue: Sequence[str]) -> dict[str, float]:
    """Return how many, and which share, of the users who used an item are in the best percent of users for it."""
    used = Counter(item for query in queries for item in query.targets)
    items = [item for item, _ in used.most_common(_SEGMENT_ITEMS)]
    groups = [model.positions([item]) for item in items]
    affinities = np.array([model.shares(query.history, groups) for query in queries]).reshape(len(queries), len(items))
    size = max(1, round(len(queries) / 100))
    best = np.argsort(-affinities, axis=0, kind="stable")[:size].T
    hits = [sum(item in queries[place].targets for place in row) for item, row in zip(items, best, strict=True)]
    shares = [count / used[item] for item, count in zip(items, hits, strict=True)]
    users = {int(place) for place in best.ravel()}
    return {
        "coverage": len(users) / max(len(queries), 1),
        "hits_at_1_percent": sum(hits) / max(len(items), 1),
        "recall_at_1_percent": sum(shares) / max(len(items), 1),
    }
