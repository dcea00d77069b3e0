"""Short implementations of published recommenders to compare with, each tuned on an inner split.

They answer the same queries as our model, from the history of the query and the training events:

- personal frequency: the items that the user chose most, and then popular ones.
- item-kNN with recency decay: cosine neighbours of the items of the history, the newer the more.
- V-SKNN (Ludewig and Jannach 2018): the items of similar users, matches and items by how recent they are.
- SLIST (Choi et al. 2021): linear regressions of the future and of the whole session on the past.
- EASE^R (Steck 2019), over all items.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve

from local_aws.recommender.baselines import Family
from local_aws.recommender.evaluation_split import Query
from local_aws.recommender.metrics import DEPTH
from local_aws.recommender.types import Interactions

Matrix = NDArray[Any]

MAX_DENSE_ITEMS = 9000
POPULARITY_SHARE = 1e-6  # breaks ties, and fills lists that are too short
SESSIONS = 1500  # the newest users that V-SKNN compares with


@dataclass(frozen=True)
class Events:
    """The training events as arrays, sorted by user and time: `users`, `items` and `positions` from the newest."""

    users: Matrix
    items: Matrix
    positions: Matrix
    times: Matrix
    names: list[str]
    index: dict[str, int]

    @classmethod
    def of(cls, training: Interactions, queries: Sequence[Query]) -> "Events":
        """Encode the training events. Items that only histories hold get a column too."""
        held = (event.item_id for query in queries for event in query.history)
        names = sorted({*training.item_ids, *held})
        index = {name: place for place, name in enumerate(names)}
        _, users = np.unique(training.user_ids, return_inverse=True)
        items = np.array([index[item] for item in training.item_ids])
        times = np.asarray(training.timestamps, float)
        order = np.lexsort((times, users))
        users, items, times = users[order], items[order], times[order]
        ends = np.searchsorted(users, users, side="right")
        return cls(users, items, ends - 1 - np.arange(len(users)), times, names, index)

    def matrix(self, values: Matrix) -> sparse.csr_matrix:
        """Return (users, items): the greatest of the `values` (events,) of each user and item."""
        order = np.lexsort((-values, self.items, self.users))
        keys = self.users[order] * len(self.names) + self.items[order]
        first = order[np.append(True, keys[1:] != keys[:-1])]
        shape = (int(self.users.max()) + 1, len(self.names))
        return sparse.csr_matrix((values[first], (self.users[first], self.items[first])), shape=shape)

    def popularity(self) -> Matrix:
        """Return (items,) events of each item, as a share of those of the most popular one."""
        counts = np.bincount(self.items, minlength=len(self.names))
        return counts / counts.max()

    def newest_first(self, query: Query) -> Matrix:
        """Return the distinct items of a history, newest first."""
        return np.array(list(dict.fromkeys(self.index[event.item_id] for event in reversed(query.history))))


@dataclass
class Scorer:
    """A baseline: `score` (events, query) returns (items,). With `skip_seen` items of the history are left out."""

    score: Callable[[Query], Matrix]
    events: Events
    skip_seen: bool
    popularity: Matrix = field(init=False)

    def __post_init__(self) -> None:
        """Compute what fills a list."""
        self.popularity = self.events.popularity() * POPULARITY_SHARE

    def recommend(self, queries: Sequence[Query]) -> list[list[str]]:
        """Return the 25 best items for each query, best first."""
        return [[self.events.names[place] for place in self._order(query)[:DEPTH]] for query in queries]

    def rank(self, queries: Sequence[Query], candidates: Sequence[Sequence[str]]) -> list[list[str]]:
        """Return the candidates, best first."""
        result = []
        for query, names in zip(queries, candidates, strict=True):
            place = {self.events.names[item]: rank for rank, item in enumerate(self._order(query))}
            result.append(sorted(names, key=lambda name, place=place: place.get(name, len(place))))
        return result

    def _order(self, query: Query) -> Matrix:
        scores = self.score(query)
        scores = scores / max(float(np.abs(scores).max()), 1e-12) + self.popularity
        if self.skip_seen:
            scores[self.events.newest_first(query)] = -np.inf
        return np.argsort(-scores, kind="stable")[: np.count_nonzero(np.isfinite(scores))]


def families() -> dict[str, Family]:
    """Return the baselines of this module, each with its variants."""
    return {
        "frequency": family(frequency, product((3.0, 30.0, 1e9))),
        "decayed kNN": family(decayed_neighbours, product((100, 500), (2.0, 5.0, 20.0))),
        "V-SKNN": family(session_neighbours, product((100, 500), (5.0, 30.0))),
        "SLIST": family(slist, product((0.2, 0.8), (10.0, 100.0))),
        "EASE": family(ease, product((50.0, 300.0, 1500.0))),
    }


def family(fit: Callable[..., Callable[[Query], Matrix]], settings: Any) -> Family:
    """Return a family of which `fit` (events, *setting) gives the score of each item after the history of a query."""

    def train(training: Interactions, queries: Sequence[Query], values: tuple[Any, ...], skip_seen: bool) -> Scorer:
        key = (id(training), values)
        if key not in trained:
            events = Events.of(training, queries)
            trained.clear()
            trained[key] = events, fit(events, *values)
        events, score = trained[key]
        return Scorer(score, events, skip_seen)

    trained: dict[Any, Any] = {}
    return Family(list(settings), train)


def frequency(events: Events, half_life: float) -> Callable[[Query], Matrix]:
    """Count the events of each item of the history, halved for every `half_life` newer events."""

    def score(query: Query) -> Matrix:
        items = np.array([events.index[event.item_id] for event in query.history])
        weights = 0.5 ** (np.arange(len(items))[::-1] / half_life)
        return np.bincount(items, weights, len(events.names))

    return score


def decayed_neighbours(events: Events, neighbours: int, half_life: float) -> Callable[[Query], Matrix]:
    """Sum the cosines to the items of the history, halved for every `half_life` newer items."""
    seen = events.matrix(np.ones(len(events.items)))
    norms = np.sqrt(np.maximum(np.asarray(seen.sum(axis=0)).ravel(), 1))
    cosine = sparse.csr_matrix(seen.T @ seen).multiply(1 / norms[:, None]).multiply(1 / norms[None, :]).tocsr()
    cosine.setdiag(0)
    cosine = _strongest(cosine, neighbours)

    def score(query: Query) -> Matrix:
        items = events.newest_first(query)
        weights = 0.5 ** (np.arange(len(items)) / half_life)
        return np.asarray(weights @ cosine[items]).ravel()

    return score


def session_neighbours(events: Events, neighbours: int, half_life: float) -> Callable[[Query], Matrix]:
    """V-SKNN, with users in place of sessions: of the newest users, sum the items of the most similar ones."""
    recent = events.matrix(0.5 ** (events.positions / half_life))
    last = np.zeros(recent.shape[0])
    np.maximum.at(last, events.users, events.times)
    recent = recent[np.argsort(-last, kind="stable")[: max(SESSIONS, recent.shape[0] // 4)]]
    seen = recent.sign()
    rarity = np.log(seen.shape[0] / np.maximum(np.asarray(seen.sum(axis=0)).ravel(), 1))

    def score(query: Query) -> Matrix:
        items = events.newest_first(query)
        weights = np.zeros(len(events.names))
        weights[items] = 0.5 ** (np.arange(len(items)) / half_life) * rarity[items]
        similarity = seen @ weights
        best = np.argsort(-similarity, kind="stable")[:neighbours]
        best = best[similarity[best] > 0]
        return np.asarray(similarity[best] @ recent[best]).ravel()

    return score


def slist(events: Events, share: float, ridge: float) -> Callable[[Query], Matrix]:
    """SLIST: `share` of its objective is the transition from the past to the future, the rest whole sessions."""
    past, future = _past_and_future(events)
    whole = events.matrix(np.ones(len(events.items)))
    gram = share * (past.T @ past) + (1 - share) * (whole.T @ whole)
    product_ = share * (past.T @ future) + (1 - share) * (whole.T @ whole)
    weights = cho_solve(_factor(gram, ridge), product_.toarray().astype(np.float32), overwrite_b=True)
    return _decayed(events, weights, 3.0)


def ease(events: Events, ridge: float) -> Callable[[Query], Matrix]:
    """EASE^R over all items."""
    whole = events.matrix(np.ones(len(events.items)))
    inverse = cho_solve(_factor(whole.T @ whole, ridge), np.eye(len(events.names), dtype=np.float32))
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return _decayed(events, weights, 1e9)


def _decayed(events: Events, weights: Matrix, half_life: float) -> Callable[[Query], Matrix]:
    def score(query: Query) -> Matrix:
        items = events.newest_first(query)
        return np.asarray(0.5 ** (np.arange(len(items)) / half_life) @ weights[items])

    return score


def _past_and_future(events: Events, steps: int = 8) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Return (events, items): the items before each event, and it with those after it, with decaying weights."""
    count, shape = len(events.items), (len(events.items), len(events.names))
    past, future = sparse.csr_matrix(shape), sparse.csr_matrix(shape)
    for gap in range(steps + 1):
        rows = np.arange(gap, count)
        rows = rows[events.users[rows] == events.users[rows - gap]]
        weights = np.full(len(rows), 0.7**gap)
        future = future + sparse.csr_matrix((weights, (rows - gap, events.items[rows])), shape=shape)
        if gap:
            past = past + sparse.csr_matrix((weights, (rows, events.items[rows - gap])), shape=shape)
    return past, future


def _factor(gram: sparse.csr_matrix, ridge: float) -> Any:
    if gram.shape[0] > MAX_DENSE_ITEMS:
        raise MemoryError(f"{gram.shape[0]} items are too many for a dense inverse")
    dense = gram.toarray().astype(np.float32)
    dense[np.diag_indices_from(dense)] += ridge
    return cho_factor(dense, lower=True, overwrite_a=True)


def _strongest(matrix: sparse.csr_matrix, count: int) -> sparse.csr_matrix:
    """Return the matrix with only the greatest `count` values of each column."""
    columns = matrix.tocsc()
    for start, end in zip(columns.indptr[:-1], columns.indptr[1:], strict=True):
        if end - start > count:
            values = columns.data[start:end]
            values[np.argsort(-values, kind="stable")[count:]] = 0
    columns.eliminate_zeros()
    return columns.tocsr()
