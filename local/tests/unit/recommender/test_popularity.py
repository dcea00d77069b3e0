"""Recent popularity."""

import numpy as np

from local_aws.recommender.popularity import Popularity


def test_given_a_query_time_then_only_earlier_events_count() -> None:
    items = np.array([0] * 300 + [1] * 300, np.int32)
    popularity = Popularity.from_events(items, np.arange(600.0), 2)
    early, late = (popularity.recent_features(time, popularity.counts()) for time in (300.0, 600.0))
    assert early[0, 0] > early[0, 1]
    assert late[0, 0] < late[0, 1]
