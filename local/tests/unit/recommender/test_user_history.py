"""The history of one user."""

import numpy as np
import pytest

from local_aws.recommender.user_history import COUNT_HALF_LIVES, UserHistory


def test_given_a_history_then_each_item_once_newest_first() -> None:
    history = UserHistory.from_events(
        np.array([4, 2, 4]), np.array([10.0, 20.0, 30.0]), np.array([1, 1, 2], np.float32)
    )
    assert history.items.tolist() == [4, 2]
    assert history.counts.tolist() == [2, 1]
    assert history.strengths.tolist() == [2, 1]
    assert history.ages.tolist() == [0, 10]
    assert history.query_time == 30


def test_given_repeated_items_then_newer_events_count_more() -> None:
    history = UserHistory.from_events(np.array([4, 7, 4, 4]), np.arange(4.0), np.ones(4, np.float32))
    expected = [[sum(0.5 ** (age / life) for age in ages) for ages in ([0, 1, 3], [2])] for life in COUNT_HALF_LIVES]
    assert history.items.tolist() == [4, 7]
    assert history.decayed_counts == pytest.approx(np.array(expected))
