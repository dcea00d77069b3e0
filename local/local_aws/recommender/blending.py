"""Blend the features into one utility for each item.

The weights depend on the length of the history, and on whether the user has seen the item.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender.features import FeatureExtractor
from local_aws.recommender.user_history import UserHistory

Matrix = NDArray[np.float32]

TYPICAL_LOG_LENGTH = 3.0


@dataclass(frozen=True)
class BlendingWeights:
    """The weights of the features.

    `base` (features,) is the weight of each feature, and `per_log_length` (features,) what a longer history adds to it.
    Their features are the item features, and then those that only count for items of the history: the repeat features
    and, once more, the item features. `without_history` (popularity features,) is for a user without a history.
    """

    base: Matrix
    per_log_length: Matrix
    without_history: Matrix

    def utilities(self, extractor: FeatureExtractor, history: UserHistory) -> Matrix:
        """Return the (items,) utility of every item of the catalogue. Only differences have a meaning.

        An unknown item has the least utility of all items.
        """
        if len(history):
            result = self._utilities_with_history(extractor, history)
        else:
            result = self.without_history @ extractor.popularity_features(history.query_time)
        result[extractor.catalogue.unknown_items] = result[: extractor.catalogue.warm].min()
        return result

    def _utilities_with_history(self, extractor: FeatureExtractor, history: UserHistory) -> Matrix:
        weights = self.base + relative_log_length(history) * self.per_log_length
        features = extractor.item_features(history)
        result = weights[: len(features)] @ features
        result[history.items] += weights[len(features) :] @ features_of_seen_items(extractor, history, features)
        return result


def relative_log_length(history: UserHistory) -> np.float32:
    """Return the log of the history's length, relative to a typical one."""
    return np.float32(np.log1p(len(history)) - TYPICAL_LOG_LENGTH)


def features_of_seen_items(extractor: FeatureExtractor, history: UserHistory, item_features: Matrix) -> Matrix:
    """Return (features, items of the history): the features that only count for the items of the history."""
    return np.vstack([extractor.repeat_features(history), item_features[: extractor.distinct_orders, history.items]])


def design_matrix(
    extractor: FeatureExtractor, history: UserHistory, candidates: NDArray[np.int64], item_features: Matrix
) -> Matrix:
    """Return (candidates, 2 * features): the columns of the weights `base`, then those of `per_log_length`."""
    seen_features = features_of_seen_items(extractor, history, item_features)
    columns = np.zeros((len(candidates), len(item_features) + len(seen_features)), np.float32)
    columns[:, : len(item_features)] = item_features[:, candidates].T
    places = np.full(item_features.shape[1], -1)
    places[history.items] = np.arange(len(history))
    seen = places[candidates]
    columns[seen >= 0, len(item_features) :] = seen_features[:, seen[seen >= 0]].T
    return np.hstack([columns, relative_log_length(history) * columns])
