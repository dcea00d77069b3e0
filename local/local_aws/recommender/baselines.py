"""The models of the `implicit` library as baselines, and the tuning that every baseline gets."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import product
from typing import Any

import numpy as np
from scipy import sparse

from local_aws.recommender.evaluation import Recommender
from local_aws.recommender.evaluation_split import Protocol, Query
from local_aws.recommender.metrics import DEPTH, ndcg
from local_aws.recommender.types import Interactions

TUNING_CUTOFF = 10
BATCH = 200
EXCLUDED_SCORE = -1e30  # `implicit` gives a lower score to items that it filters out


def available() -> bool:
    """Return whether `implicit` is installed."""
    return find_spec("implicit") is not None


@dataclass(frozen=True)
class Family:
    """A kind of model: its `variants`, and how to train one for queries, with or without the items already seen."""

    variants: Sequence[Any]
    train: Callable[[Interactions, Sequence[Query], Any, bool], Recommender]


def tune(family: Family, protocol: Protocol, training: Interactions, queries: Sequence[Query]) -> Recommender:
    """Choose the variant of a family by NDCG@10 on an inner split of `training`, and train it for the queries."""
    inner, inner_queries = protocol.split(training, 1)
    best, score = (family.variants[0], True), -1.0
    for variant, skip_seen in product(family.variants, (True, False)):
        found = _score(family.train(inner, inner_queries, variant, skip_seen), inner_queries)
        if found > score:
            best, score = (variant, skip_seen), found
    return family.train(training, queries, *best)


def families() -> dict[str, Family]:
    """Return the models of `implicit`."""
    from implicit.als import AlternatingLeastSquares
    from implicit.bpr import BayesianPersonalizedRanking
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender
    from implicit.utils import ParameterWarning

    # Its nearest-neighbour models warn about the matrices that they pass to themselves.
    warnings.simplefilter("ignore", ParameterWarning)
    als = [
        partial(AlternatingLeastSquares, factors, regularization=0.05, alpha=alpha, iterations=15, random_state=1)
        for factors, alpha in product((32, 128), (1.0, 5.0, 20.0))
    ]
    bpr = [
        partial(BayesianPersonalizedRanking, factors, learning_rate=rate, iterations=100, random_state=1)
        for factors, rate in product((32, 128), (0.02, 0.1))
    ]
    neighbours = [
        partial(kind, K=k)
        for kind, k in product((CosineRecommender, TFIDFRecommender, BM25Recommender), (20, 100, 500))
    ]
    return {"ALS": _family(als), "BPR": _family(bpr), "item-kNN": _family(neighbours)}


def _family(variants: Sequence[Callable[[], Any]]) -> Family:
    """Return a family that trains on all known events, as a factor model must know the users of the queries."""

    def train(training: Interactions, queries: Sequence[Query], variant: Callable[[], Any], skip: bool) -> "Baseline":
        if newest[:2] != [id(training), variant]:
            data = _Matrix.from_queries(training, queries)
            newest[:] = [id(training), variant, data, data.fit(variant())]
        return Baseline(newest[3], newest[2], skip)

    newest: list[Any] = []  # the model is the same with and without the items already seen
    return Family(variants, train)


def _score(recommender: Recommender, queries: Sequence[Query]) -> float:
    pairs = zip(recommender.recommend(queries), queries, strict=True)
    return float(np.mean([ndcg(items, query.targets, TUNING_CUTOFF) for items, query in pairs]))


@dataclass(frozen=True)
class _Matrix:
    """Users x items counts: a row for each training user, then one for each query."""

    counts: sparse.csr_matrix
    items: list[str]
    first_query: int

    @classmethod
    def from_queries(cls, training: Interactions, queries: Sequence[Query]) -> "_Matrix":
        items = sorted({*training.item_ids, *(event.item_id for query in queries for event in query.history)})
        positions = {item: position for position, item in enumerate(items)}
        # A query replaces the events of its user, which by a time cut are the same.
        others = sorted(set(training.user_ids).difference(query.user_id for query in queries))
        users = {user: position for position, user in enumerate(others)}
        kept = [row for row, user in enumerate(training.user_ids) if user in users]
        rows = [users[training.user_ids[row]] for row in kept]
        rows += [len(users) + number for number, query in enumerate(queries) for _ in query.history]
        columns = [positions[training.item_ids[row]] for row in kept]
        columns += [positions[event.item_id] for query in queries for event in query.history]
        ones = np.ones(len(rows), np.float32)
        shape = (len(users) + len(queries), len(items))
        return cls(sparse.csr_matrix((ones, (rows, columns)), shape=shape), items, len(users))

    def fit(self, model: Any) -> Any:
        model.fit(self.counts, show_progress=False)
        return model


@dataclass(frozen=True)
class Baseline:
    """A trained model of `implicit`. `skip_seen` excludes the items of the history, if the tuning found that better."""

    model: Any
    data: _Matrix
    skip_seen: bool

    def recommend(self, queries: Sequence[Query]) -> list[list[str]]:
        """Return the 25 best items for each query, best first."""
        return list(self._lists(queries, DEPTH))

    def rank(self, queries: Sequence[Query], candidates: Sequence[Sequence[str]]) -> list[list[str]]:
        """Return the candidates in the model's order of the whole catalogue. Those that it excludes come last."""
        result = []
        for ranked, names in zip(self._lists(queries, len(self.data.items)), candidates, strict=True):
            order = {name: place for place, name in enumerate(ranked)}
            result.append(sorted(names, key=lambda name: order.get(name, len(order))))
        return result

    def _lists(self, queries: Sequence[Query], most: int) -> Iterator[list[str]]:
        rows = np.arange(len(queries)) + self.data.first_query
        for batch in np.array_split(rows, max(1, len(rows) // BATCH)):
            counts = self.data.counts[batch]
            found, scores = self.model.recommend(batch, counts, N=most, filter_already_liked_items=self.skip_seen)
            for positions, values in zip(found, scores, strict=True):
                kept = (positions >= 0) & (values > EXCLUDED_SCORE)
                yield [self.data.items[position] for position in positions[kept]]
