"""The features of each item for one history."""

import numpy as np
import pytest

from local_aws.recommender import Interactions, Items
from local_aws.recommender.features import REPEAT_FEATURES
from local_aws.recommender.sequences import encode, index_names
from local_aws.recommender.statistics import Statistics
from local_aws.recommender.user_history import UserHistory


def test_given_statistics_then_their_features_have_names(interactions: Interactions) -> None:
    names = sorted(set(interactions.item_ids))
    items = Items([*names, "new"], {"KIND": ["even" if int(n[1:]) % 2 else "odd" for n in names] + ["odd"]})
    sequences = encode(interactions, index_names(interactions.item_ids), {})
    extractor = Statistics().fit(sequences, names, items)
    history = UserHistory.from_events(np.array([1, 17, 3]), np.array([1.0, 2.0, 3.0]), np.ones(3, np.float32))
    features = extractor.item_features(history).of(np.arange(18))
    assert features.shape == (len(extractor.names()) - len(REPEAT_FEATURES), 18)
    assert extractor.repeat_features(history).shape == (len(REPEAT_FEATURES), 3)
    assert np.isfinite(features).all()
    weights = np.linspace(-1, 1, len(features)).astype(np.float32)
    assert extractor.item_features(history).weighted_sum(weights) == pytest.approx(weights @ features, rel=1e-4)
