"""The inner validation: queries with known targets, whose events the statistics do not include."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender.blending import design_matrix
from local_aws.recommender.conditional_logit import Choices
from local_aws.recommender.evaluation_split import HELD_OUT_EVENTS, TARGET_EVENTS
from local_aws.recommender.features import FeatureExtractor
from local_aws.recommender.sequences import Sequences
from local_aws.recommender.user_history import UserHistory

FREQUENT_CANDIDATES = 30  # of a history, by each order
SAMPLED_CANDIDATES = 50  # of the rest of a history, and of the rest of the catalogue
NO_ITEMS: NDArray[np.int64] = np.zeros(0, np.int64)
LATER_QUERIES = 2


@dataclass(frozen=True)
class TrainingQuery:
    """One query about a user: the rows `begin:middle` of the sequences are the history, `middle:end` the targets.

    `now` is the time of the query in epoch seconds.
    """

    begin: int
    middle: int
    end: int
    now: float


def time_of_cut(sequences: Sequences, after: float) -> float:
    """Return the time that the share `after` of the events does not precede."""
    place = min(int((1 - after) * len(sequences.times)), len(sequences.times) - 1)
    return float(np.partition(sequences.times, place)[place])


def queries_after(sequences: Sequences, cut: float, most: int, random: np.random.Generator) -> list[TrainingQuery]:
    """Return about `most` queries with targets after a cut: for each user one at the cut, and some at later moments.

    The later ones follow histories of any length, the short ones as often as the long ones, as those of new visitors
    are short. A user without events before the cut has only later ones.
    """
    before = np.add.reduceat(np.append(sequences.times < cut, False), sequences.starts[:-1]) * (sequences.lengths > 0)
    users = np.flatnonzero(sequences.lengths > before)
    result: list[TrainingQuery] = []
    for user in random.permutation(users):
        if len(result) >= most:
            break
        begin, end = int(sequences.starts[user]), int(sequences.starts[user + 1])
        first = begin + int(before[user])
        middles = {first, *_draw_middles(begin, max(first, begin + 1), end, LATER_QUERIES, random)}
        for middle in sorted(middles - {begin}):
            now = cut if middle == first else float(sequences.times[middle])
            result.append(TrainingQuery(begin, middle, min(end, middle + TARGET_EVENTS), now))
    return result


def _draw_middles(begin: int, first: int, end: int, count: int, random: np.random.Generator) -> list[int]:
    """Return ends of a history, at least `first` and less than `end`. The log of the length is evenly distributed."""
    if first >= end:
        return []
    shortest, longest = np.log([first - begin, end - begin])
    lengths = np.exp(random.uniform(shortest, longest, count)).astype(np.int64)
    return [min(begin + int(length), end - 1) for length in lengths]


def queries_of_users(
    sequences: Sequences, users: NDArray[np.int64], random: np.random.Generator
) -> list[TrainingQuery]:
    """Return for each user the query of the documented protocol, and one at an earlier time."""
    result = []
    for user in users:
        begin, end = int(sequences.starts[user]), int(sequences.starts[user + 1])
        ends = [end, *(middle + 1 for middle in _draw_middles(begin, begin + 1, end - 1, 1, random))]
        result += [_hold_out_newest(sequences, begin, last) for last in ends if last - begin >= 2]
    return result


def _hold_out_newest(sequences: Sequences, begin: int, end: int) -> TrainingQuery:
    middle = end - max(1, round(HELD_OUT_EVENTS * (end - begin)))
    return TrainingQuery(begin, middle, end, float(sequences.times[middle - 1]))


def history_of(sequences: Sequences, query: TrainingQuery) -> UserHistory:
    """Return the history of a query."""
    rows = slice(query.begin, query.middle)
    return UserHistory.from_events(sequences.items[rows], sequences.times[rows], sequences.weights[rows], query.now)


def targets_of(sequences: Sequences, query: TrainingQuery) -> NDArray[np.int32]:
    """Return the distinct items that a query should find."""
    return np.unique(sequences.items[query.middle : query.end])


def choices_with_history(
    extractor: FeatureExtractor, sequences: Sequences, queries: list[TrainingQuery], random: np.random.Generator
) -> Choices:
    """Return the choices of users with a history, among the leaders of each feature and a sample of the rest.

    A target that is neither in the history nor described by events or metadata could never be recommended, so it is
    left out.
    """
    parts = []
    for query in queries:
        history = history_of(sequences, query)
        excluded = np.setdiff1d(extractor.catalogue.unknown_items, history.items)
        targets = np.setdiff1d(targets_of(sequences, query), excluded)
        if not len(targets):
            continue
        features = extractor.item_features(history)
        required = np.concatenate([features.leaders(), extractor.popular_items(query.now), targets])
        required = np.append(np.setdiff1d(required, excluded), _frequent_items(history))
        candidates, offsets = _sample_candidates(len(extractor.catalogue), required, excluded, history.items, random)
        chosen = np.isin(candidates, targets) / len(targets)
        parts.append((design_matrix(extractor, history, candidates, features), chosen, offsets))
    return _concatenate(parts)


def choices_without_history(
    extractor: FeatureExtractor, sequences: Sequences, queries: list[TrainingQuery], random: np.random.Generator
) -> Choices:
    """Return the first target of each query as a choice by the popularity features alone."""
    parts = []
    excluded = extractor.catalogue.unknown_items
    for query in queries:
        targets = np.setdiff1d(sequences.items[query.middle], excluded)
        if len(targets):
            features = extractor.popularity_features(query.now)
            required = np.append(np.setdiff1d(extractor.popular_items(query.now), excluded), targets)
            candidates, offsets = _sample_candidates(features.shape[1], required, excluded, NO_ITEMS, random)
            parts.append((features[:, candidates].T, np.isin(candidates, targets).astype(np.float32), offsets))
    return _concatenate(parts)


def _frequent_items(history: UserHistory) -> NDArray[np.int64]:
    """Return the items of a history that are newest, and those that are most frequent by each count."""
    counts = np.vstack([history.counts, history.decayed_counts, -history.ranks])
    places = np.argsort(-counts, axis=1, kind="stable")[:, :FREQUENT_CANDIDATES]
    return np.asarray(history.items[np.unique(places)])


def _sample_candidates(
    items: int,
    required: NDArray[np.integer],
    excluded: NDArray[np.integer],
    seen: NDArray[np.integer],
    random: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the required candidates and samples of the others, and for each the log of how many it represents.

    The `seen` items are sampled apart: there are few of them, but they are chosen far more often than others.
    """
    rest = np.ones(items, bool)
    rest[required] = rest[excluded] = False
    history = np.unique(seen[rest[seen]])
    rest[seen] = False
    samples = [_sample(others, random) for others in (history, np.flatnonzero(rest))]
    required = np.unique(required)
    candidates = np.concatenate([required, *(sample for sample, _ in samples)])
    return candidates, np.concatenate([np.zeros(len(required)), *(offsets for _, offsets in samples)])


def _sample(others: NDArray[np.int64], random: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return a sample, and for each item of it the log of how many it represents."""
    sample = random.choice(others, min(SAMPLED_CANDIDATES, len(others)), replace=False)
    return sample, np.full(len(sample), np.log(len(others) / max(len(sample), 1)) if len(sample) else 0.0)


def _concatenate(parts: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]) -> Choices:
    starts = np.concatenate([[0], np.cumsum([len(chosen) for _, chosen, _ in parts])]).astype(np.int64)
    features, targets, offsets = (
        np.concatenate([part[side] for part in parts]).astype(np.float32) for side in range(3)
    )
    return Choices(features, starts, targets, offsets)
