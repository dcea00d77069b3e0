"""The fit of the choice model."""

import numpy as np
import pytest

from local_aws.recommender.conditional_logit import Choices, fit


def test_given_choices_then_the_odds_are_learned() -> None:
    """Of two candidates the one with the feature is chosen three times in four: its weight is log 3."""
    features = np.tile(np.array([[1.0], [0.0]], np.float32), (400, 1))
    targets = np.tile(np.array([1, 0, 1, 0, 1, 0, 0, 1], np.float32), 100)
    weights = fit(Choices(features, np.arange(0, 801, 2), targets, np.zeros(800, np.float32)), np.ones(1))
    assert weights[0] == pytest.approx(np.log(3), abs=0.05)


def test_given_a_precise_prior_then_the_weight_stays_nearer_to_zero() -> None:
    features = np.tile(np.array([[1.0], [0.0]], np.float32), (40, 1))
    targets = np.tile(np.array([1, 0, 1, 0, 1, 0, 0, 1], np.float32), 10)
    choices = Choices(features, np.arange(0, 81, 2), targets, np.zeros(80, np.float32))
    vague, precise = (fit(choices, np.array([precision]))[0] for precision in (1.0, 100.0))
    assert 0 < precise < vague / 2
