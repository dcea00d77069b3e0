"""What the retraining's unit tests share."""

from collections.abc import Iterator

import pytest

from animal_recommender.observability import metrics
from tests.unit.functions.retraining.fakes import FakePersonalize

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "eu-west-1",
    "ENVIRONMENT": "test",
    "POWERTOOLS_METRICS_NAMESPACE": "AnimalRecommender",
    "POWERTOOLS_SERVICE_NAME": "test-animal-recommender-retraining",
    "PUT_EVENTS_SERVICE": "test-animal-recommender-put-events",
    "TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:topic",
    "LEDGER_PREFIX": "/animal-recommender/test/models",
    "FALLBACK_BUCKET": "bucket",
    "FALLBACK_KEY": "popular.json",
    "FALLBACK_CAMPAIGN_ARN": "arn:aws:personalize:eu-west-1:123456789012:campaign/test-recommender",
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def _no_metrics_left_over() -> Iterator[None]:
    yield
    metrics.clear_metrics()


@pytest.fixture
def personalize() -> FakePersonalize:
    return FakePersonalize()
