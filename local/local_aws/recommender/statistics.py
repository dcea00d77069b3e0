"""From sequences to knowledge: all graphs and statistics that need no validation."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from local_aws.recommender import catalogue, item_similarity
from local_aws.recommender.features import Knowledge
from local_aws.recommender.item_similarity import Graph
from local_aws.recommender.popularity import Popularity
from local_aws.recommender.sequences import Sequences
from local_aws.recommender.types import Items

PAIRS = 3e8
PAST_DECAY = 0.5
FUTURE_DECAY = 0.7


@dataclass(frozen=True)
class Ridges:
    """Hyperparameters of the regressions, each ridge in units of its Gram matrix's mean diagonal."""

    taste: float = 8.0
    soon: float = 3.0
    damping: float = 0.0


def learn(
    sequences: Sequences, warm: Sequence[str], items: Items | None, ridges: Ridges, *, trendy: bool = True
) -> Knowledge:
    """What these sequences teach about the `warm` items (those that events name) and the other `items`."""
    size = len(warm)
    popularity = Popularity.of(sequences.items, sequences.times, size)
    recent = newest(sequences)
    ones = item_similarity.incidence(recent, size, 0.0)
    together = sparse.csr_matrix(ones.T @ ones)
    return Knowledge(
        catalogue.build(warm, items, together),
        _graphs(recent, together, popularity.counts(), ridges),
        popularity,
        _returns(popularity.counts(), np.asarray(ones.sum(axis=0)).ravel()),
        trendy,
    )


def newest(sequences: Sequences) -> Sequences:
    """The newest events of everybody, so few of each that the pairs of items stay within `PAIRS`."""
    lengths, most = sequences.lengths, int(sequences.lengths.max())
    while float((np.minimum(lengths, most).astype(float) ** 2).sum()) > PAIRS:
        most = int(most * 0.8)
    keep = np.arange(len(sequences.items)) >= np.repeat(sequences.starts[1:] - most, lengths)
    starts = np.concatenate([[0], np.cumsum(np.minimum(lengths, most))])
    return Sequences(sequences.items[keep], sequences.times[keep], sequences.weights[keep], starts)


def regression_parts(sequences: Sequences, size: int) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """(events, size) decayed past and near future of evenly drawn events."""
    past = item_similarity.decayed(sequences, size, PAST_DECAY)
    future = item_similarity.decayed(sequences, size, FUTURE_DECAY, forward=True)
    drawn = np.linspace(0, past.shape[0] - 1, min(past.shape[0], item_similarity.REGRESSION_EVENTS)).astype(np.int64)
    return past[drawn], future[drawn]


def _graphs(
    sequences: Sequences, together: sparse.csr_matrix, counts: NDArray[np.float32], ridges: Ridges
) -> dict[str, Graph]:
    """All graphs; two at a time, since the solves let go of the interpreter."""
    size = len(counts)
    often = np.sort(np.argsort(-counts, kind="stable")[: item_similarity.DENSE_ITEMS])
    single = item_similarity.without_echoes(sequences)
    with ThreadPoolExecutor(max_workers=2) as pool:
        soon = pool.submit(_soon, single, often, size, ridges.soon)
        taste = pool.submit(_taste, sequences, together, often, ridges)
        after = pool.submit(_next, single, size)
        similar = pool.submit(
            lambda: item_similarity.strongest(item_similarity.similar(together), np.arange(size), size)
        )
    return {"taste": taste.result(), "soon": soon.result(), "next": after.result(), "similar": similar.result()}


def _soon(sequences: Sequences, often: NDArray[np.int64], size: int, ridge: float) -> Graph:
    past, future = regression_parts(sequences, size)
    return item_similarity.strongest(item_similarity.soon(past[:, often], future[:, often], ridge), often, size)


def _taste(sequences: Sequences, together: sparse.csr_matrix, often: NDArray[np.int64], ridges: Ridges) -> Graph:
    gram = together[often][:, often]
    if ridges.damping:
        damped = item_similarity.incidence(sequences, together.shape[0], ridges.damping)[:, often]
        gram = damped.T @ damped
    return item_similarity.strongest(item_similarity.taste(gram.toarray(), ridges.taste), often, together.shape[0])


def _next(sequences: Sequences, size: int) -> Graph:
    past = item_similarity.decayed(sequences, size, PAST_DECAY)
    return item_similarity.strongest(
        item_similarity.following(past, item_similarity.one_hot(sequences, size)), np.arange(size), size
    )


def _returns(events: NDArray[np.float32], people: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.log((np.maximum(events - people, 0) + 0.5) / (people + 2)).astype(np.float32)
