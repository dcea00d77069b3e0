"""Choose the regularization on the newest events, over the most frequent items, where a solve is cheap."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from local_aws.recommender import item_similarity
from local_aws.recommender.sequences import Sequences
from local_aws.recommender.statistics import Regularization, limit_histories, regression_data
from local_aws.recommender.training_queries import TrainingQuery, history_of, queries_after, targets_of, time_of_cut
from local_aws.recommender.user_history import UserHistory

MAX_ITEMS = 1500
MAX_EVENTS = 200_000
EVENTS_AFTER_CUT = 0.2
MAX_QUERIES = 500
EASE_RIDGES = (2.0, 8.0, 30.0)
SEQUENTIAL_RIDGES = (1.0, 5.0)
DAMPING = 0.5
EASE_HALF_LIFE = 1e9  # no decay
SEQUENTIAL_HALF_LIFE = 4.0


def tune(sequences: Sequences, size: int, random: np.random.Generator) -> Regularization:
    """Return the regularization with which each regression alone ranks the new targets best."""
    validation = _Validation.split(_subsample(sequences, size, random), random)
    if not validation.queries:
        return Regularization()
    gram = validation.gram(0.0)
    scores = {ridge: validation.score(item_similarity.ease(gram, ridge), EASE_HALF_LIFE) for ridge in EASE_RIDGES}
    best = Regularization(ease=max(scores, key=scores.__getitem__))
    damped = validation.score(item_similarity.ease(validation.gram(DAMPING), best.ease), EASE_HALF_LIFE)
    if damped > scores[best.ease]:
        best = replace(best, damping=DAMPING)
    return replace(best, sequential=_tune_sequential(validation))


def _tune_sequential(validation: "_Validation") -> float:
    past, future = regression_data(item_similarity.drop_consecutive_repeats(validation.training), validation.size)

    def score(ridge: float) -> float:
        return validation.score(item_similarity.sequential_regression(past, future, ridge), SEQUENTIAL_HALF_LIFE)

    return max(SEQUENTIAL_RIDGES, key=score)


def _subsample(sequences: Sequences, size: int, random: np.random.Generator) -> tuple[Sequences, int]:
    """Return the events of some users on the most frequent items, renumbered, and the number of these items."""
    users = random.permutation(len(sequences.lengths))
    users = users[: max(1, int(np.searchsorted(np.cumsum(sequences.lengths[users]), MAX_EVENTS)))]
    part = limit_histories(sequences.select_users(users))
    counts = np.bincount(part.items, minlength=size)
    frequent = np.sort(np.argsort(-counts, kind="stable")[:MAX_ITEMS])
    number = np.full(size, -1, np.int32)
    number[frequent] = np.arange(len(frequent))
    return part.select_events(number[part.items] >= 0).renumber(number), len(frequent)


@dataclass(frozen=True)
class _Validation:
    training: Sequences
    sequences: Sequences
    queries: list[TrainingQuery]
    size: int

    @classmethod
    def split(cls, subsample: tuple[Sequences, int], random: np.random.Generator) -> "_Validation":
        sequences, size = subsample
        cut = time_of_cut(sequences, EVENTS_AFTER_CUT)
        queries = queries_after(sequences, cut, MAX_QUERIES, random)
        return cls(sequences.select_events(sequences.times < cut), sequences, queries, size)

    def gram(self, damping: float) -> NDArray[np.float32]:
        user_items = item_similarity.user_item_matrix(self.training, self.size, damping)
        return cast(NDArray[np.float32], (user_items.T @ user_items).toarray())

    @cached_property
    def histories(self) -> list[UserHistory]:
        return [history_of(self.sequences, query) for query in self.queries]

    @cached_property
    def new_targets(self) -> list[NDArray[np.integer]]:
        """For each query the targets that its history does not hold."""
        pairs = zip(self.queries, self.histories, strict=True)
        return [np.setdiff1d(targets_of(self.sequences, query), history.items) for query, history in pairs]

    def score(self, weights: NDArray[np.float32], half_life: float) -> float:
        """Return the mean discounted gain 1 / log2(1 + rank) of the new targets among the items not seen."""
        starts = np.concatenate([[0], np.cumsum([len(history) for history in self.histories])])
        columns = np.concatenate([history.items for history in self.histories])
        decayed = np.concatenate([history.decayed_weights(half_life) for history in self.histories])
        scores = sparse.csr_matrix((decayed, columns, starts), shape=(len(self.histories), self.size)) @ weights
        scores[np.repeat(np.arange(len(self.histories)), np.diff(starts)), columns] = -np.inf
        pairs = zip(scores, self.new_targets, strict=True)
        gains = [1 / np.log2(2 + np.count_nonzero(row > row[item])) for row, items in pairs for item in items]
        return float(np.mean(gains)) if gains else 0.0
