"""The weights of event types, and what they make of items."""

import numpy as np
import pytest

from local_aws.recommender.sequences import Sequences, event_type_weights, log_event_worth


def test_given_rare_event_types_then_they_count_more_unless_named() -> None:
    weights = event_type_weights(["view"] * 400 + ["apply"] * 25 + [None], {"buy": 7.0})
    assert weights == {"view": 1.0, "apply": 4.0, "buy": 7.0}


def test_given_weighty_events_then_an_item_is_worth_more_the_more_of_them_it_has() -> None:
    # Items 0 and 1 have 20 events of weight 1 and of weight 3, item 2 has one of weight 3, and item 3 has none.
    items = np.repeat(np.array([0, 1, 2], np.int32), [20, 20, 1])
    weights = np.repeat(np.array([1.0, 3.0, 3.0], np.float32), [20, 20, 1])
    worth = log_event_worth(Sequences(items, np.arange(41.0), weights, np.array([0, 41])), 4)
    assert worth[0] < 0 < worth[2] < worth[1]
    assert worth[3] == pytest.approx(0)
