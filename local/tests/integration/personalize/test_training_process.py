"""Trainings in a subprocess."""

import time

import pytest

from local_aws.personalize.errors import JobFailedError
from local_aws.personalize.training_process import TrainingJob, train_in_subprocess
from local_aws.recommender import Interactions, Model, Settings


def _interactions(count: int) -> Interactions:
    users, items = [f"u{n % 40}" for n in range(count)], [f"i{(n % 40 // 2 * 7 + n) % 30}" for n in range(count)]
    return Interactions(users, items, [1_700_000_000.0 + n for n in range(count)])


def test_given_data_when_trained_in_a_subprocess_then_the_model_and_its_metrics_come_back() -> None:
    trained = train_in_subprocess(TrainingJob(_interactions(1200), None, Settings()), lambda: False)
    assert len(Model.from_bytes(trained.model).recommend([], 5)) == 5
    assert "coverage" in trained.metrics


def test_given_too_little_data_when_trained_in_a_subprocess_then_the_reason_comes_back() -> None:
    with pytest.raises(JobFailedError, match=r"1,?000"):
        train_in_subprocess(TrainingJob(_interactions(10), None, Settings()), lambda: False)


def test_given_a_training_when_it_is_stopped_then_its_process_ends() -> None:
    began = time.monotonic()
    with pytest.raises(JobFailedError, match="process failed"):
        train_in_subprocess(TrainingJob(_interactions(200_000), None, Settings()), lambda: True)
    assert time.monotonic() - began < 30
