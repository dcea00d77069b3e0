"""The history of one user."""

import numpy as np

from local_aws.recommender.user_history import UserHistory


def test_given_a_history_then_each_item_once_newest_first() -> None:
    history = UserHistory.from_events(
        np.array([4, 2, 4]), np.array([10.0, 20.0, 30.0]), np.array([1, 1, 2], np.float32)
    )
    assert history.items.tolist() == [4, 2]
    assert history.counts.tolist() == [2, 1]
    assert history.strengths.tolist() == [2, 1]
    assert history.ages.tolist() == [0, 10]
    assert history.query_time == 30
