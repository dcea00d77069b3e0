"""The fit of the choice model."""

import numpy as np
import pytest

from local_aws.recommender.conditional_logit import Choices, fit


def test_given_choices_then_the_odds_are_learned() -> None:
    """Of two candidates the one with the feature is chosen three times in four: its weight is log 3."""
    features = np.tile(np.array([[1.0], [0.0]], np.float32), (400, 1))
    targets = np.tile(np.array([1, 0, 1, 0, 1, 0, 0, 1], np.float32), 100)
    weights = fit(Choices(features, np.arange(0, 801, 2), targets, np.zeros(800, np.float32)))
    assert weights[0] == pytest.approx(np.log(3), abs=0.05)
