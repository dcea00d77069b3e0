"""Rising items, and how well they are predicted."""

import pytest

from local_aws.personalize.trends import find_rising_items, prediction_accuracy, trend_seconds
from local_aws.recommender import Interactions

HOUR = 3600.0


def events(**times: list[float]) -> list[tuple[str, float]]:
    return [(item, time * HOUR) for item, listed in times.items() for time in listed]


def interactions(pairs: list[tuple[str, float]]) -> Interactions:
    return Interactions(["u"] * len(pairs), [item for item, _ in pairs], [time for _, time in pairs])


def test_given_events_then_items_with_a_greater_increase_come_first() -> None:
    pairs = events(old=[0.5, 1.5], up=[0.5, 1.2, 1.4], high=[1.2, 1.3, 1.5, 1.9], down=[0.1, 0.2])
    assert find_rising_items(pairs, 2 * HOUR, HOUR) == ["high", "up"]


def test_given_a_trend_that_goes_on_then_the_prediction_is_right_and_else_wrong() -> None:
    going_on = events(up=[0.5, 1.2, 1.3, 2.2, 2.3, 2.4], base=[0.1, 1.1, 3.0])
    ended = events(up=[0.5, 1.2, 1.3, 2.2], other=[2.2, 2.3, 2.9], base=[3.0])
    assert prediction_accuracy(interactions(going_on), HOUR) == pytest.approx(1.0)
    assert prediction_accuracy(interactions(ended), HOUR) == 0
    assert prediction_accuracy(interactions([]), HOUR) == 0


def test_given_no_parameter_then_the_interval_is_the_default() -> None:
    assert trend_seconds({}) == 2 * HOUR
    assert trend_seconds({"trend_discovery_frequency": "1 day"}) == 24 * HOUR
