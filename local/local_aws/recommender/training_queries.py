"""The inner validation: queries with known targets, about users whose events the statistics do not include."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender.blending import design_matrix
from local_aws.recommender.conditional_logit import Choices
from local_aws.recommender.evaluation_split import HELD_OUT_EVENTS
from local_aws.recommender.features import FeatureExtractor
from local_aws.recommender.sequences import Sequences
from local_aws.recommender.user_history import UserHistory

TOP_CANDIDATES_PER_FEATURE = 6
RECENT_CANDIDATES = 30
SAMPLED_CANDIDATES = 50


@dataclass(frozen=True)
class TrainingQuery:
    """One query about a user: the rows `begin:middle` of the sequences are the history, `middle:end` the targets."""

    begin: int
    middle: int
    end: int


def sample_queries(sequences: Sequences, users: NDArray[np.int64], random: np.random.Generator) -> list[TrainingQuery]:
    """Return for each user the query of the documented protocol, and one at an earlier time.

    The earlier one makes the weights fit short histories too.
    """
    result = []
    for user in users:
        begin, end = int(sequences.starts[user]), int(sequences.starts[user + 1])
        if end - begin >= 2:
            result.append(_hold_out_newest(begin, end))
        if end - begin >= 4:
            result.append(_hold_out_newest(begin, begin + int(random.integers(2, end - begin))))
    return result


def _hold_out_newest(begin: int, end: int) -> TrainingQuery:
    return TrainingQuery(begin, end - max(1, round(HELD_OUT_EVENTS * (end - begin))), end)


def history_of(sequences: Sequences, query: TrainingQuery) -> UserHistory:
    """Return the history of a query."""
    rows = slice(query.begin, query.middle)
    return UserHistory.from_events(sequences.items[rows], sequences.times[rows], sequences.weights[rows])


def targets_of(sequences: Sequences, query: TrainingQuery) -> NDArray[np.int32]:
    """Return the distinct items that a query should find."""
    return np.unique(sequences.items[query.middle : query.end])


def choices_with_history(
    extractor: FeatureExtractor, sequences: Sequences, queries: list[TrainingQuery], random: np.random.Generator
) -> Choices:
    """Return the choices of users with a history, among the top candidates of each feature and a sample of the rest."""
    parts = []
    for query in queries:
        history, targets = history_of(sequences, query), targets_of(sequences, query)
        features = extractor.item_features(history)
        candidates, offsets = _sample_candidates(
            features[: extractor.distinct_orders],
            np.concatenate([targets, history.items[:RECENT_CANDIDATES]]),
            random,
        )
        chosen = np.isin(candidates, targets) / len(targets)
        parts.append((design_matrix(extractor, history, candidates, features), chosen, offsets))
    return _concatenate(parts)


def choices_without_history(
    extractor: FeatureExtractor, sequences: Sequences, queries: list[TrainingQuery], random: np.random.Generator
) -> Choices:
    """Return the first target of each query as a choice by the popularity features alone."""
    parts = []
    for query in queries:
        targets = sequences.items[query.middle : query.middle + 1]
        features = extractor.popularity_features(float(sequences.times[query.middle]))
        candidates, offsets = _sample_candidates(features, targets, random)
        parts.append((features[:, candidates].T, np.isin(candidates, targets).astype(np.float32), offsets))
    return _concatenate(parts)


def _sample_candidates(
    features: NDArray[np.float32], required: NDArray[np.integer], random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the candidates, and for each the log of how many items it represents."""
    items = features.shape[1]
    most = min(TOP_CANDIDATES_PER_FEATURE, items)
    top = np.zeros(items, bool)
    top[np.argpartition(-features, most - 1, axis=1)[:, :most]] = True
    top[required] = True
    others = np.flatnonzero(~top)
    sample = others[random.permutation(len(others))[:SAMPLED_CANDIDATES]]
    candidates = np.concatenate([np.flatnonzero(top), sample])
    offsets = np.zeros(len(candidates))
    offsets[len(candidates) - len(sample) :] = np.log(len(others) / max(len(sample), 1)) if len(sample) else 0.0
    return candidates, offsets


def _concatenate(parts: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]) -> Choices:
    starts = np.concatenate([[0], np.cumsum([len(chosen) for _, chosen, _ in parts])]).astype(np.int64)
    features, targets, offsets = (
        np.concatenate([part[side] for part in parts]).astype(np.float32) for side in range(3)
    )
    return Choices(features, starts, targets, offsets)
