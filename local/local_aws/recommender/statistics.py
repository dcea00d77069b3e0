"""Compute the statistics that need no validation: item similarities, popularity and repeat rates."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from local_aws.recommender import catalogue, item_similarity
from local_aws.recommender.features import FeatureExtractor
from local_aws.recommender.item_similarity import SimilarityMatrix
from local_aws.recommender.popularity import Popularity
from local_aws.recommender.sequences import Sequences
from local_aws.recommender.sparse_products import local_regression, strongest_products
from local_aws.recommender.types import Items

MAX_ITEM_PAIRS = 1.5e8
MAX_DENSE_ITEMS = 4000  # up to which a regression inverts a dense matrix
MAX_REGRESSION_EVENTS = 300_000
MAX_TRANSITION_EVENTS = 2_000_000
PAST_DECAY = 0.5
FUTURE_DECAY = 0.7

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Regularization:
    """Hyperparameters of the regressions. Each ridge is in units of the mean diagonal of its Gram matrix.

    `damping` is the exponent by which users with many items count less in `ease`.
    """

    ease: float = 8.0
    sequential: float = 3.0
    damping: float = 0.0


@dataclass(frozen=True)
class Statistics:
    """How to compute the statistics."""

    regularization: Regularization = Regularization()
    use_recency: bool = True

    def fit(self, sequences: Sequences, warm: Sequence[str], items: Items | None) -> FeatureExtractor:
        """Compute the statistics of the `warm` items (those with events) and of the other `items`."""
        size = len(warm)
        popularity = Popularity.from_events(sequences.items, sequences.times, size)
        recent = limit_histories(sequences)
        user_items = item_similarity.user_item_matrix(recent, size, 0.0)
        cooccurrence = count_cooccurrences(user_items)
        return FeatureExtractor(
            catalogue.build(warm, items, cooccurrence),
            _fit_similarities(recent, cooccurrence, self.regularization),
            popularity,
            _repeat_log_odds(popularity.counts(), np.asarray(user_items.sum(axis=0)).ravel()),
            self.use_recency,
        )


def select_informative_columns(sequences: Sequences, warm: Sequence[str], items: Items | None) -> Items | None:
    """Return the items with only the metadata columns that tell which items have the same users."""
    if not items or not items.metadata:
        return items
    user_items = item_similarity.user_item_matrix(limit_histories(sequences), len(warm), 0.0)
    return catalogue.select_informative_columns(warm, items, count_cooccurrences(user_items))


def limit_histories(sequences: Sequences) -> Sequences:
    """Return the newest events of each user, so few that the pairs of items stay within MAX_ITEM_PAIRS."""
    lengths, most = sequences.lengths, int(sequences.lengths.max())
    while float((np.minimum(lengths, most).astype(float) ** 2).sum()) > MAX_ITEM_PAIRS:
        most = int(most * 0.8)
    keep = np.arange(len(sequences.items)) >= np.repeat(sequences.starts[1:] - most, lengths)
    return sequences.select_events(keep)


def regression_data(sequences: Sequences, size: int) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Return the decayed past and the near future, each (events, size), of evenly drawn events."""
    drawn = _draw_evenly(len(sequences.items), MAX_REGRESSION_EVENTS)
    past = item_similarity.decayed_neighbours(sequences, size, PAST_DECAY, drawn)
    return past, item_similarity.decayed_neighbours(sequences, size, FUTURE_DECAY, drawn, forward=True)


def _draw_evenly(count: int, most: int) -> NDArray[np.int64]:
    return np.linspace(0, count - 1, min(count, most)).astype(np.int64)


def count_cooccurrences(user_items: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return (items, items): how many users two items share; of many items only the strongest pairs."""
    if user_items.shape[1] <= MAX_DENSE_ITEMS:
        return sparse.csr_matrix(user_items.T @ user_items)
    norms = np.sqrt(np.asarray(user_items.power(2).sum(axis=0)).ravel())
    return strongest_products(user_items, user_items, norms)


def _fit_similarities(
    sequences: Sequences, cooccurrence: sparse.csr_matrix, regularization: Regularization
) -> dict[str, SimilarityMatrix]:
    """Return all similarities. Two are computed at a time, because the solves release the interpreter lock."""
    size = cooccurrence.shape[0]
    without_repeats = item_similarity.drop_consecutive_repeats(sequences)
    with ThreadPoolExecutor(max_workers=2) as pool:
        sequential = pool.submit(_fit_sequential, without_repeats, size, regularization.sequential)
        ease = pool.submit(_fit_ease, sequences, cooccurrence, regularization)
        transition = pool.submit(_fit_transition, without_repeats, size)
        cosine = pool.submit(item_similarity.cosine_similarity, cooccurrence)
        futures = {"ease": ease, "sequential": sequential, "transition": transition, "cosine": cosine}
        return {name: SimilarityMatrix.of(future.result()) for name, future in futures.items()}


def _fit_sequential(sequences: Sequences, size: int, ridge: float) -> Matrix | sparse.csr_matrix:
    past, future = regression_data(sequences, size)
    if size <= MAX_DENSE_ITEMS:
        return item_similarity.sequential_regression(past, future, ridge)
    norms = np.sqrt(np.asarray(past.power(2).sum(axis=0)).ravel())
    return local_regression(strongest_products(past, past, norms), strongest_products(past, future), ridge)


def _fit_ease(
    sequences: Sequences, cooccurrence: sparse.csr_matrix, regularization: Regularization
) -> Matrix | sparse.csr_matrix:
    size, gram = cooccurrence.shape[0], cooccurrence
    if regularization.damping:
        gram = count_cooccurrences(item_similarity.user_item_matrix(sequences, size, regularization.damping))
    if size <= MAX_DENSE_ITEMS:
        return item_similarity.ease(gram.toarray(), regularization.ease)
    return local_regression(gram, gram, regularization.ease)


def _fit_transition(sequences: Sequences, size: int) -> sparse.csr_matrix:
    drawn = _draw_evenly(len(sequences.items), MAX_TRANSITION_EVENTS)
    past = item_similarity.decayed_neighbours(sequences, size, PAST_DECAY, drawn)
    return item_similarity.transition_probabilities(past, item_similarity.one_hot(sequences, size, drawn))


def _repeat_log_odds(events: NDArray[np.float32], users: NDArray[np.float32]) -> NDArray[np.float32]:
    log_odds: NDArray[np.float32] = np.log((np.maximum(events - users, 0) + 0.5) / (users + 2)).astype(np.float32)
    return log_odds
