"""The features of each item for one user history. The conditional logit learns their weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from local_aws.recommender.catalogue import Catalogue
from local_aws.recommender.item_similarity import SimilarityMatrix, sum_similarities
from local_aws.recommender.popularity import FEATURES_WITHOUT_EVENTS, WINDOWS, Popularity
from local_aws.recommender.user_history import COUNT_HALF_LIVES, UserHistory

Matrix = NDArray[np.float32]

NO_DECAY = 1e9
HALF_LIVES = {
    "ease": (NO_DECAY, 10.0, 2.0),
    "sequential": (4.0, 1.0),
    "transition": (2.0, 0.3),
    "cosine": (NO_DECAY, 3.0),
}
METADATA_HALF_LIVES = (NO_DECAY, 2.0)
METADATA_SMOOTHING = 2.0
LOG_SMOOTHING = 0.01
NO_SIMILARITY = np.float32(np.log(LOG_SMOOTHING))
LEADERS = 6
MAX_MOMENTS = 8  # whose popularity is kept in memory
REPEAT_HALF_LIFE = 6
POPULARITY_FEATURES = (
    "popularity",
    "no event yet",
    *(f"{kind} {window:g}" for window in WINDOWS for kind in ("recent", "trend")),
)
NO_EVENT_YET = POPULARITY_FEATURES.index("no event yet")
REPEAT_FEATURES = (
    "seen",
    "newest",
    "decayed rank",
    "log rank",
    "log count",
    *(f"log decayed count {half_life:g}" for half_life in COUNT_HALF_LIVES),
    "log strength",
    "repeat rate",
    "log age",
)


@dataclass(frozen=True)
class ItemFeatures:
    """The features that every item has, for one history. Items unlike the history share most of their values.

    `popularity` (popularity features, items) differs for every item. The `similar` items (n,), in ascending order, have
    `similarities` (similarity features, n) and `logs` of them; for the others they are 0 and log(LOG_SMOOTHING).
    The metadata features are `categories` (items, labels) times `preferences` (metadata features, labels).
    """

    popularity: Matrix
    similar: NDArray[np.int64]
    similarities: Matrix
    logs: Matrix
    categories: sparse.csr_matrix
    preferences: Matrix

    @property
    def distinct_orders(self) -> int:
        """How many of the first features each order the items differently: all but the similarities."""
        return len(self.popularity) + len(self.logs) + len(self.preferences)

    def __len__(self) -> int:
        return self.distinct_orders + len(self.similarities)

    def of(self, items: NDArray[np.integer]) -> Matrix:
        """Return (features, n): the features of the `items` (n,)."""
        places = np.minimum(np.searchsorted(self.similar, items), max(len(self.similar) - 1, 0))
        logs = np.full((len(self.logs), len(items)), NO_SIMILARITY, np.float32)
        similarities = np.zeros(logs.shape, np.float32)
        if len(self.similar):
            found = self.similar[places] == items
            logs[:, found], similarities[:, found] = self.logs[:, places[found]], self.similarities[:, places[found]]
        parts = [self.popularity[:, items], logs, similarities]
        if len(self.preferences):  # to index a sparse matrix takes long
            parts.insert(2, np.asarray(self.categories[items] @ self.preferences.T, np.float32).T)
        return np.vstack(parts)

    def weighted_sum(self, weights: Matrix) -> Matrix:
        """Return (items,): the sum of the features of every item, weighted by `weights` (features,)."""
        ends = np.cumsum([len(self.popularity), len(self.logs), len(self.preferences)])
        popularity, logs, metadata, similarities = np.split(weights, ends)
        same = NO_SIMILARITY * logs.sum()
        result = np.asarray(popularity @ self.popularity, np.float32)
        result += same
        result[self.similar] += logs @ self.logs - same + similarities @ self.similarities
        if len(metadata):
            result += self.categories @ (metadata @ self.preferences)
        return result

    def leaders(self) -> NDArray[np.int64]:
        """Return the items that are among the best of a similarity or a metadata feature."""
        metadata = np.asarray(self.categories @ self.preferences.T, np.float32).T
        return np.union1d(self.similar[_leaders(self.logs)], _leaders(metadata))


def _leaders(rows: Matrix) -> NDArray[np.int64]:
    """Return the columns that are among the greatest LEADERS of any row."""
    count = min(LEADERS, rows.shape[1])
    if not count:
        return np.zeros(0, np.int64)
    return np.unique(np.argpartition(-rows, count - 1, axis=1)[:, :count])


@dataclass(frozen=True)
class FeatureExtractor:
    """The statistics of the training data, and the features that they give for a history.

    `repeat_log_odds` (warm items,) is the log-odds that users return to an item. With `use_recency` False the features
    of recent popularity are 0.
    """

    catalogue: Catalogue
    similarities: Mapping[str, SimilarityMatrix]
    popularity: Popularity
    repeat_log_odds: Matrix
    use_recency: bool = True
    _popularity: dict[int, tuple[Matrix, NDArray[np.int64]]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @cached_property
    def counts(self) -> Matrix:
        """(warm items,) number of events of each item."""
        return self.popularity.counts()

    @cached_property
    def first_event_times(self) -> NDArray[np.float64]:
        """(warm items,) time of the first event of each item."""
        return self.popularity.first_event_times()

    def names(self) -> list[str]:
        """Return the names of the item features, then of the repeat features."""
        similarities = [f"{name} {half_life:g}" for name in self.similarities for half_life in HALF_LIVES[name]]
        metadata = [f"{column.name} {life:g}" for column in self.catalogue.columns for life in METADATA_HALF_LIVES]
        logs = [f"{similarity} log" for similarity in similarities]
        return [*POPULARITY_FEATURES, *logs, *metadata, *similarities, *REPEAT_FEATURES]

    @property
    def similarity_features(self) -> int:
        """Number of similarity features."""
        return sum(len(HALF_LIVES[name]) for name in self.similarities)

    def item_features(self, history: UserHistory) -> ItemFeatures:
        """Return the features that every item has."""
        similar, similarities = self._similarities(history)
        peaks = np.maximum(similarities.max(axis=1, keepdims=True, initial=0), 1e-9)
        logs = np.log(np.maximum(similarities, 0) / peaks + LOG_SMOOTHING)
        categories, preferences = self._preferences(history)
        popularity = self.popularity_features(history.query_time)
        return ItemFeatures(popularity, similar, similarities, logs, categories, preferences)

    def popularity_features(self, query_time: float) -> Matrix:
        """Return (popularity features, items): the rows of the item features that need no history."""
        return self._popularity_at(query_time)[0]

    def popular_items(self, query_time: float) -> NDArray[np.int64]:
        """Return the items that are among the best of a popularity feature."""
        return self._popularity_at(query_time)[1]

    def repeat_features(self, history: UserHistory) -> Matrix:
        """Return (features, items of the history): how likely the user is to return to each of them."""
        warm = history.items < self.catalogue.warm
        repeats = np.where(warm, self.repeat_log_odds[np.where(warm, history.items, 0)], 0.0)
        rows = [
            np.ones(len(history)),
            history.ranks == 0,
            np.exp2(-history.ranks / REPEAT_HALF_LIFE),
            np.log1p(history.ranks),
            np.log(history.counts),
            *np.log(np.maximum(history.decayed_counts, 1e-3)),
            np.log(np.maximum(history.strengths, 1e-3)),
            repeats,
            np.log1p(history.ages / 3600),
        ]
        return np.array(rows, dtype=np.float32)

    def _popularity_at(self, query_time: float) -> tuple[Matrix, NDArray[np.int64]]:
        moment = self.popularity.events_before(query_time)
        found = self._popularity.get(moment)
        if found is None:
            features = self._compute_popularity_features(query_time)
            found = features, _leaders(features)
            if len(self._popularity) >= MAX_MOMENTS:
                self._popularity.clear()
            self._popularity[moment] = found
        return found

    def _compute_popularity_features(self, query_time: float) -> Matrix:
        result = np.empty((len(POPULARITY_FEATURES), len(self.catalogue)), np.float32)
        self.catalogue.extend_to_cold_items(self._warm_popularity_features(query_time), result)
        if self.use_recency:
            result[NO_EVENT_YET, self.catalogue.warm :] = 1
            result[NO_EVENT_YET + 1 :, self.catalogue.unknown_items] = FEATURES_WITHOUT_EVENTS[:, None]
        return result

    def _warm_popularity_features(self, query_time: float) -> Matrix:
        recent = self.popularity.recent_features(query_time, self.counts)
        no_event_yet = (self.first_event_times >= query_time).astype(np.float32)
        rows = np.vstack([np.log1p(self.counts), no_event_yet, recent])
        if not self.use_recency:
            rows[1:] = 0
        return rows

    def _warm_inputs(self, history: UserHistory, weights: Matrix) -> tuple[NDArray[np.int64], Matrix]:
        """Return warm items and their weights (k, items). A cold item passes its weight to its neighbours."""
        cold = history.items >= self.catalogue.warm
        if not cold.any():
            return history.items, weights
        neighbours = self.catalogue.cold_item_neighbours[history.items[cold] - self.catalogue.warm].tocoo()
        passed = weights[:, cold][:, neighbours.row] * neighbours.data
        return np.concatenate([history.items[~cold], neighbours.col]), np.hstack([weights[:, ~cold], passed])

    def _similarities(self, history: UserHistory) -> tuple[NDArray[np.int64], Matrix]:
        """Return the items (n,) that any similarity connects with the history, and (similarity features, n)."""
        parts = []
        for name, similarity in self.similarities.items():
            weights = np.stack([history.decayed_weights(half_life) for half_life in HALF_LIVES[name]])
            items, weights = self._warm_inputs(history, weights)
            parts.append((similarity.rows(items), weights))
        warm, values = sum_similarities(parts, self.catalogue.warm)
        cold = self.catalogue.described_items
        if not len(cold):
            return warm, values
        dense = np.zeros((self.catalogue.warm, len(values)), np.float32)
        dense[warm] = values.T
        extended = self.catalogue.cold_item_neighbours[cold - self.catalogue.warm] @ dense
        return np.concatenate([warm, cold]), np.hstack([values, extended.T])

    def _preferences(self, history: UserHistory) -> tuple[sparse.csr_matrix, Matrix]:
        """Return the categories (items, labels), and how much more than average the user prefers each label.

        The preferences are (columns * half-lives, labels): 0 for the labels of other columns.
        """
        categories, average = self._all_categories
        if not self.catalogue.columns:
            return categories, np.zeros((0, 0), np.float32)
        weights = np.stack([history.decayed_weights(half_life) for half_life in METADATA_HALF_LIVES])
        observed = (categories[history.items].T @ weights.T).T
        totals = weights.sum(axis=1, keepdims=True) + METADATA_SMOOTHING
        preference = np.log((observed + METADATA_SMOOTHING * average) / (totals * average))
        blocks = self._column_of_label[:, None, :] * preference
        return categories, np.asarray(blocks.reshape(-1, blocks.shape[2]), np.float32)

    @cached_property
    def _all_categories(self) -> tuple[sparse.csr_matrix, Matrix]:
        """(items, labels of all columns), and (labels,) the share of each category in all events."""
        if not self.catalogue.columns:
            return sparse.csr_matrix((len(self.catalogue), 0), dtype=np.float32), np.zeros(0, np.float32)
        counts = [matrix[: self.catalogue.warm].T @ self.counts + 1.0 for matrix in self.catalogue.categories]
        average = np.concatenate([row / row.sum() for row in counts]).astype(np.float32)
        return sparse.csr_matrix(sparse.hstack(self.catalogue.categories)), average

    @cached_property
    def _column_of_label(self) -> Matrix:
        """(columns, labels of all columns): 1 where the label belongs to the column."""
        sizes = [matrix.shape[1] for matrix in self.catalogue.categories]
        return np.repeat(np.eye(len(sizes), dtype=np.float32), sizes, axis=1)
