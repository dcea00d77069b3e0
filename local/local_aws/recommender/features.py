"""The features of each item for one user history. The conditional logit learns their weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from local_aws.recommender.catalogue import Catalogue
from local_aws.recommender.item_similarity import SimilarityMatrix
from local_aws.recommender.popularity import WINDOWS, Popularity
from local_aws.recommender.user_history import UserHistory

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
REPEAT_HALF_LIFE = 6
POPULARITY_FEATURES = (
    "popularity",
    "no event yet",
    *(f"{kind} {window:g}" for window in WINDOWS for kind in ("recent", "trend")),
)
REPEAT_FEATURES = (
    "seen",
    "newest",
    "decayed rank",
    "log rank",
    "log count",
    "log strength",
    "repeat rate",
    "log age",
)


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

    @cached_property
    def counts(self) -> Matrix:
        """(warm items,) number of events of each item."""
        return self.popularity.counts()

    @cached_property
    def first_event_times(self) -> NDArray[np.float64]:
        """(warm items,) time of the first event of each item."""
        return self.popularity.first_event_times()

    def names(self) -> list[str]:
        """Return the names of the rows of `item_features`, then of `repeat_features`."""
        similarities = [f"{name} {half_life:g}" for name in self.similarities for half_life in HALF_LIVES[name]]
        metadata = [f"{column.name} {life:g}" for column in self.catalogue.columns for life in METADATA_HALF_LIVES]
        logs = [f"{similarity} log" for similarity in similarities]
        return [*POPULARITY_FEATURES, *logs, *metadata, *similarities, *REPEAT_FEATURES]

    @cached_property
    def distinct_orders(self) -> int:
        """How many of the first rows of `item_features` each order the items differently.

        The rows after them are the similarities whose logs are among the first rows, so they repeat an order.
        """
        return len(POPULARITY_FEATURES) + self._similarity_rows + len(METADATA_HALF_LIVES) * len(self.catalogue.columns)

    def item_features(self, history: UserHistory) -> Matrix:
        """Return (features, items): the features that every item has."""
        result = np.empty((self.distinct_orders + self._similarity_rows, len(self.catalogue)), np.float32)
        first_log, first_metadata = len(POPULARITY_FEATURES), len(POPULARITY_FEATURES) + self._similarity_rows
        self.catalogue.extend_to_cold_items(self._warm_popularity_features(history.query_time), result[:first_log])
        logs, similarities = result[first_log:first_metadata], result[self.distinct_orders :]
        self._write_similarities(history, similarities)
        peaks = np.maximum(similarities.max(axis=1, keepdims=True), 1e-9)
        np.log(np.maximum(similarities, 0) / peaks + LOG_SMOOTHING, out=logs)
        if self.catalogue.columns:
            result[first_metadata : self.distinct_orders] = self._metadata_features(history)
        return result

    def popularity_features(self, query_time: float) -> Matrix:
        """Return (popularity features, items): the rows of `item_features` that need no history."""
        result = np.empty((len(POPULARITY_FEATURES), len(self.catalogue)), np.float32)
        return self.catalogue.extend_to_cold_items(self._warm_popularity_features(query_time), result)

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
            np.log(np.maximum(history.strengths, 1e-3)),
            repeats,
            np.log1p(history.ages / 3600),
        ]
        return np.array(rows, dtype=np.float32)

    def _warm_popularity_features(self, query_time: float) -> Matrix:
        recent = self.popularity.recent_features(query_time, self.counts)
        no_event_yet = (self.first_event_times >= query_time).astype(np.float32)
        rows = np.vstack([self._log_counts, no_event_yet, recent])
        if not self.use_recency:
            rows[1:] = 0
        return rows

    @cached_property
    def _log_counts(self) -> Matrix:
        return np.log1p(self.counts)

    def _warm_inputs(self, history: UserHistory, weights: Matrix) -> tuple[NDArray[np.int64], Matrix]:
        """Return warm items and their weights (k, items). A cold item passes its weight to its neighbours."""
        cold = history.items >= self.catalogue.warm
        if not cold.any():
            return history.items, weights
        neighbours = self.catalogue.cold_item_neighbours[history.items[cold] - self.catalogue.warm].tocoo()
        passed = weights[:, cold][:, neighbours.row] * neighbours.data
        return np.concatenate([history.items[~cold], neighbours.col]), np.hstack([weights[:, ~cold], passed])

    @cached_property
    def _similarity_rows(self) -> int:
        return sum(len(HALF_LIVES[name]) for name in self.similarities)

    def _write_similarities(self, history: UserHistory, result: Matrix) -> None:
        start = 0
        for name, similarity in self.similarities.items():
            weights = np.stack([history.decayed_weights(half_life) for half_life in HALF_LIVES[name]])
            items, weights = self._warm_inputs(history, weights)
            self.catalogue.extend_to_cold_items(similarity.scores(items, weights), result[start : start + len(weights)])
            start += len(weights)

    def _metadata_features(self, history: UserHistory) -> Matrix:
        """Return (columns * half-lives, items): how much more than average the user prefers an item's categories."""
        categories, average = self._all_categories
        weights = np.stack([history.decayed_weights(half_life) for half_life in METADATA_HALF_LIVES])
        observed = (categories[history.items].T @ weights.T).T
        totals = weights.sum(axis=1, keepdims=True) + METADATA_SMOOTHING
        preference = np.log((observed + METADATA_SMOOTHING * average) / (totals * average))
        blocks = self._column_of_label[:, None, :] * preference
        return np.asarray(categories @ blocks.reshape(-1, blocks.shape[2]).T, np.float32).T

    @cached_property
    def _all_categories(self) -> tuple[sparse.csr_matrix, Matrix]:
        """(items, labels of all columns), and (labels,) the share of each category in all events."""
        counts = [matrix[: self.catalogue.warm].T @ self.counts + 1.0 for matrix in self.catalogue.categories]
        average = np.concatenate([row / row.sum() for row in counts]).astype(np.float32)
        return sparse.csr_matrix(sparse.hstack(self.catalogue.categories)), average

    @cached_property
    def _column_of_label(self) -> Matrix:
        """(columns, labels of all columns): 1 where the label belongs to the column."""
        sizes = [matrix.shape[1] for matrix in self.catalogue.categories]
        return np.repeat(np.eye(len(sizes), dtype=np.float32), sizes, axis=1)
