"""Blend the features into one utility for each item.

The weights depend on the length of the history and how long ago it ended, and on whether the user has seen the item.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender.features import POPULARITY_FEATURES, REPEAT_FEATURES, FeatureExtractor, ItemFeatures
from local_aws.recommender.user_history import UserHistory

Matrix = NDArray[np.float32]

TYPICAL_LOG_LENGTH = 3.0
TYPICAL_LOG_PAUSE = 3.0
CONTEXTS = ("always", "relative log length", "relative log pause")


@dataclass(frozen=True)
class BlendingWeights:
    """The weights of the features.

    `with_history` (contexts, features) has a row for each value of `context`, which that value multiplies. Its features
    are the item features, and then those that only count for items of the history: the repeat features and, once more,
    the item features. `without_history` (popularity features,) is for a user without a history.
    """

    with_history: Matrix
    without_history: Matrix

    @classmethod
    def of_features(cls, extractor: FeatureExtractor, given: Mapping[str, float]) -> "BlendingWeights":
        """Return the `given` weights of item features by name, the same for every history; the others are 0.

        Without a history the items are ordered by their number of events.
        """
        count = np.array([name == "popularity" for name in POPULARITY_FEATURES], np.float32)
        names = extractor.names()[: -len(REPEAT_FEATURES)]
        seen_features = len(names) - extractor.similarity_features + len(REPEAT_FEATURES)
        weights = np.zeros((len(CONTEXTS), len(names) + seen_features), np.float32)
        weights[0, : len(names)] = [given.get(name, 0.0) for name in names]
        return cls(weights, count)

    def utilities(self, extractor: FeatureExtractor, history: UserHistory) -> Matrix:
        """Return the (items,) utility of every item of the catalogue. Only differences have a meaning.

        An unknown item that the user has not seen has the least utility of all items.
        """
        if len(history):
            result = self._utilities_with_history(extractor, history)
        else:
            result = np.asarray(self.without_history @ extractor.popularity_features(history.query_time), np.float32)
        if len(extractor.catalogue.unknown_items):
            unknown = np.setdiff1d(extractor.catalogue.unknown_items, history.items)
            result[unknown] = result[: extractor.catalogue.warm].min()
        return result

    def _utilities_with_history(self, extractor: FeatureExtractor, history: UserHistory) -> Matrix:
        weights = np.asarray(context(history) @ self.with_history, np.float32)
        features = extractor.item_features(history)
        result = features.weighted_sum(weights[: len(features)])
        result[history.items] += weights[len(features) :] @ features_of_seen_items(extractor, history, features)
        return result


def context(history: UserHistory) -> Matrix:
    """Return (contexts,): 1, the log of the history's length and of the hours since it ended, less typical logs."""
    log_length = np.log1p(len(history)) - TYPICAL_LOG_LENGTH
    return np.array([1.0, log_length, np.log1p(history.pause / 3600) - TYPICAL_LOG_PAUSE], np.float32)


def features_of_seen_items(extractor: FeatureExtractor, history: UserHistory, features: ItemFeatures) -> Matrix:
    """Return (features, items of the history): the features that only count for the items of the history."""
    return np.vstack([extractor.repeat_features(history), features.of(history.items)[: features.distinct_orders]])


def design_matrix(
    extractor: FeatureExtractor, history: UserHistory, candidates: NDArray[np.int64], features: ItemFeatures
) -> Matrix:
    """Return (candidates, contexts * features): the columns of each row of the weights, one row after the other."""
    seen_features = features_of_seen_items(extractor, history, features)
    columns = np.zeros((len(candidates), len(features) + len(seen_features)), np.float32)
    columns[:, : len(features)] = features.of(candidates).T
    _, rows, places = np.intersect1d(candidates, history.items, return_indices=True)
    columns[rows, len(features) :] = seen_features[:, places].T
    return np.hstack([value * columns for value in context(history)])
