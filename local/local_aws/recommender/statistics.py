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
from local_aws.recommender.types import Items

MAX_ITEM_PAIRS = 3e8
PAST_DECAY = 0.5
FUTURE_DECAY = 0.7


@dataclass(frozen=True)
class Regularization:
    """Hyperparameters of the regressions. Each ridge is in units of the mean diagonal of its Gram matrix.

    `damping` is the exponent by which users with many items count less in `ease`.
    """

    ease: float = 8.0
    sequential: float = 3.0
    damping: float = 0.0


def fit_features(
    sequences: Sequences,
    warm: Sequence[str],
    items: Items | None,
    regularization: Regularization,
    *,
    use_recency: bool = True,
) -> FeatureExtractor:
    """Compute the statistics of the `warm` items (those with events) and of the other `items`."""
    size = len(warm)
    popularity = Popularity.from_events(sequences.items, sequences.times, size)
    recent = limit_histories(sequences)
    user_items = item_similarity.user_item_matrix(recent, size, 0.0)
    cooccurrence = sparse.csr_matrix(user_items.T @ user_items)
    return FeatureExtractor(
        catalogue.build(warm, items, cooccurrence),
        _fit_similarities(recent, cooccurrence, popularity.counts(), regularization),
        popularity,
        _repeat_log_odds(popularity.counts(), np.asarray(user_items.sum(axis=0)).ravel()),
        use_recency,
    )


def limit_histories(sequences: Sequences) -> Sequences:
    """Return the newest events of each user, so few that the pairs of items stay within MAX_ITEM_PAIRS."""
    lengths, most = sequences.lengths, int(sequences.lengths.max())
    while float((np.minimum(lengths, most).astype(float) ** 2).sum()) > MAX_ITEM_PAIRS:
        most = int(most * 0.8)
    keep = np.arange(len(sequences.items)) >= np.repeat(sequences.starts[1:] - most, lengths)
    starts = np.concatenate([[0], np.cumsum(np.minimum(lengths, most))])
    return Sequences(sequences.items[keep], sequences.times[keep], sequences.weights[keep], starts)


def regression_data(sequences: Sequences, size: int) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Return the decayed past and the near future, each (events, size), of evenly drawn events."""
    past = item_similarity.decayed_neighbours(sequences, size, PAST_DECAY)
    future = item_similarity.decayed_neighbours(sequences, size, FUTURE_DECAY, forward=True)
    drawn = np.linspace(0, past.shape[0] - 1, min(past.shape[0], item_similarity.REGRESSION_EVENTS)).astype(np.int64)
    return past[drawn], future[drawn]


def _fit_similarities(
    sequences: Sequences,
    cooccurrence: sparse.csr_matrix,
    counts: NDArray[np.float32],
    regularization: Regularization,
) -> dict[str, SimilarityMatrix]:
    """Return all similarities. Two are computed at a time, because the solves release the interpreter lock."""
    size = len(counts)
    frequent = np.sort(np.argsort(-counts, kind="stable")[: item_similarity.MAX_REGRESSION_ITEMS])
    without_repeats = item_similarity.drop_consecutive_repeats(sequences)
    with ThreadPoolExecutor(max_workers=2) as pool:
        sequential = pool.submit(_fit_sequential, without_repeats, frequent, size, regularization.sequential)
        ease = pool.submit(_fit_ease, sequences, cooccurrence, frequent, regularization)
        transition = pool.submit(_fit_transition, without_repeats, size)
        cosine = pool.submit(_fit_cosine, cooccurrence, size)
    return {
        "ease": ease.result(),
        "sequential": sequential.result(),
        "transition": transition.result(),
        "cosine": cosine.result(),
    }


def _fit_sequential(sequences: Sequences, frequent: NDArray[np.int64], size: int, ridge: float) -> SimilarityMatrix:
    past, future = regression_data(sequences, size)
    weights = item_similarity.sequential_regression(past[:, frequent], future[:, frequent], ridge)
    return item_similarity.keep_strongest(weights, frequent, size)


def _fit_ease(
    sequences: Sequences,
    cooccurrence: sparse.csr_matrix,
    frequent: NDArray[np.int64],
    regularization: Regularization,
) -> SimilarityMatrix:
    size = cooccurrence.shape[0]
    gram = cooccurrence[frequent][:, frequent]
    if regularization.damping:
        damped = item_similarity.user_item_matrix(sequences, size, regularization.damping)[:, frequent]
        gram = damped.T @ damped
    return item_similarity.keep_strongest(item_similarity.ease(gram.toarray(), regularization.ease), frequent, size)


def _fit_transition(sequences: Sequences, size: int) -> SimilarityMatrix:
    past = item_similarity.decayed_neighbours(sequences, size, PAST_DECAY)
    present = item_similarity.one_hot(sequences, size)
    weights = item_similarity.transition_probabilities(past, present)
    return item_similarity.keep_strongest(weights, np.arange(size), size)


def _fit_cosine(cooccurrence: sparse.csr_matrix, size: int) -> SimilarityMatrix:
    return item_similarity.keep_strongest(item_similarity.cosine_similarity(cooccurrence), np.arange(size), size)


def _repeat_log_odds(events: NDArray[np.float32], users: NDArray[np.float32]) -> NDArray[np.float32]:
    log_odds: NDArray[np.float32] = np.log((np.maximum(events - users, 0) + 0.5) / (users + 2)).astype(np.float32)
    return log_odds
