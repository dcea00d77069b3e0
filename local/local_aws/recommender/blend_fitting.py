"""Fit the weights of the features to choices that the statistics do not include.

With time cuts, the statistics are those of the events before a moment, and the choices come after it, as in service.
With held-out users, the statistics are those of the other users at all times, as in the documented protocol.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender import catalogue, conditional_logit, training_queries
from local_aws.recommender.blending import CONTEXTS, BlendingWeights
from local_aws.recommender.conditional_logit import Choices
from local_aws.recommender.sequences import Sequences
from local_aws.recommender.statistics import Statistics
from local_aws.recommender.training_queries import TrainingQuery
from local_aws.recommender.types import MINIMUM_EVENTS_PER_USER, Items

MAX_QUERIES = 1500  # of a large catalogue, where they take most of the memory
MAX_QUERIES_WITH_REPETITION = 3000
MINIMUM_QUERIES = 100
CUTS = (0.1, 0.2, 0.35)  # share of the events after each cut
HELD_OUT_USERS = (250, 1000)  # at least, at most
FOLDS = 3
CONTEXT_PRECISION = 16.0  # of the prior of weights that depend on the history; that of the others is 1
MAX_ITEMS_WITH_REPETITION = 2500  # up to which the statistics are computed for each cut and each fold

Part = tuple[NDArray[np.bool_], list[TrainingQuery]]
"""Which events are in the statistics, and queries about others."""


@dataclass(frozen=True)
class Observations:
    """All events, the name of each item with events, and the catalogue with its metadata."""

    sequences: Sequences
    names: list[str]
    items: Items | None


def fit_weights(
    observations: Observations, statistics: Statistics, future_share: float, random: np.random.Generator
) -> BlendingWeights:
    """Return the weights. Of the choices, `future_share` comes after time cuts, the rest from held-out users."""
    parts = list(_time_cuts(observations, future_share, random))
    missing = MINIMUM_QUERIES - sum(len(queries) for _, queries in parts)
    if future_share < 1 or missing > 0:
        parts += _held_out_users(observations, 1 - future_share if future_share < 1 else 1.0, random)
    choices = [_choices(observations, statistics, part, random) for part in parts if part[1]]
    with_history = Choices.concatenate([first for first, _ in choices])
    without_history = Choices.concatenate([second for _, second in choices])
    rows = conditional_logit.fit(with_history, _precisions(with_history.features.shape[1]))
    popularity = conditional_logit.fit(without_history, np.ones(without_history.features.shape[1]))
    return BlendingWeights(rows.astype(np.float32).reshape(len(CONTEXTS), -1), popularity.astype(np.float32))


def _precisions(features: int) -> NDArray[np.float64]:
    """Return the precisions of the prior of all weights, those of the context that is always 1 first.

    Many weights that depend on the history fit chance: without a strong prior they cost a shop with few events of each
    user 2% of its NDCG@10 (measured 2026-11-27).
    """
    result = np.full(features, CONTEXT_PRECISION)
    result[: features // len(CONTEXTS)] = 1.0
    return result


def _time_cuts(observations: Observations, share: float, random: np.random.Generator) -> Iterator[Part]:
    sequences = observations.sequences
    repeated = len(observations.names) <= MAX_ITEMS_WITH_REPETITION
    cuts, most = (CUTS, MAX_QUERIES_WITH_REPETITION) if repeated else (CUTS[:1], MAX_QUERIES)
    for after in cuts if share else ():
        cut = training_queries.time_of_cut(sequences, after)
        queries = training_queries.queries_after(sequences, cut, round(share * most / len(cuts)), random)
        if (sequences.times < cut).any():
            yield sequences.times < cut, queries


def _held_out_users(observations: Observations, share: float, random: np.random.Generator) -> Iterator[Part]:
    sequences = observations.sequences
    users = random.permutation(np.flatnonzero(sequences.lengths >= MINIMUM_EVENTS_PER_USER))
    fewest, most = HELD_OUT_USERS
    count = round(share * min(max(len(users) // 10, fewest), most, len(users) // 3))
    repeated = len(observations.names) <= MAX_ITEMS_WITH_REPETITION and count * 10 > len(users)
    for fold in np.array_split(users[: max(1, count)], FOLDS if repeated else 1):
        known = ~np.isin(sequences.users, fold)
        yield known, training_queries.queries_of_users(sequences, np.sort(fold), random)


def _choices(
    observations: Observations, statistics: Statistics, part: Part, random: np.random.Generator
) -> tuple[Choices, Choices]:
    """Return the choices of the queries with their history, and without it."""
    known, queries = part
    before = observations.sequences.select_events(known)
    seen = np.unique(before.items)
    ids = [observations.names[position] for position in seen]
    places = np.zeros(len(observations.names), np.int64)
    places[seen] = np.arange(len(seen))
    # Items that nobody ever chose are left out: they would teach that new items are not chosen.
    described = catalogue.describe(observations.items, observations.names)
    extractor = statistics.fit(before.renumber(places), ids, described)
    positions = extractor.catalogue.positions
    sequences = observations.sequences.renumber(np.array([positions[name] for name in observations.names]))
    return (
        training_queries.choices_with_history(extractor, sequences, queries, random),
        training_queries.choices_without_history(extractor, sequences, queries, random),
    )
