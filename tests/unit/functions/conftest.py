"""What the functions' unit tests share: fakes of the services, handlers on these fakes, and no network."""

import io
import socket
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from animal_recommender.filters import Filter
from animal_recommender.observability import logger, metrics
from get_history import function as get_history_function
from local_aws.testing.manual_clock import ManualClock
from local_aws.testing.personalize_account import PersonalizeAccount, personalize_account
from put_events import function as put_events_function
from recommend import function as recommend_function
from record_history import function as record_history_function
from rerank import function as rerank_function
from tests.unit.functions.fakes import FakeContext, FakeDynamoDB, FakePersonalize, FakeS3, FakeSqs
from tests.unit.functions.retraining import NOW

CAMPAIGN_ARN = "arn:aws:personalize:eu-west-1:123456789012:campaign/test"
FILTERS = {
    "species": Filter("arn:aws:personalize:eu-west-1:123456789012:filter/species", frozenset({"SPECIES"})),
    "new-arrivals": Filter("arn:aws:personalize:eu-west-1:123456789012:filter/new"),
}
# What Lambda and Powertools themselves read from the environment.
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "POWERTOOLS_METRICS_NAMESPACE": "AnimalRecommender",
    "POWERTOOLS_SERVICE_NAME": "test-animal-recommender",
}


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a unit test opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def _no_metrics_left_over() -> Iterator[None]:
    # As observability does; pytest resets the filters of warnings.
    warnings.filterwarnings("ignore", message="No application metrics to publish")
    yield
    metrics.clear_metrics()


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """What the functions log, as JSON lines; the metrics go to standard output."""
    written = io.StringIO()
    before = logger.registered_handler.setStream(written)
    yield written
    logger.registered_handler.setStream(before)


@pytest.fixture
def context() -> FakeContext:
    return FakeContext()


@pytest.fixture
def personalize() -> FakePersonalize:
    return FakePersonalize()


@pytest.fixture
def dynamodb() -> FakeDynamoDB:
    return FakeDynamoDB()


@pytest.fixture
def sqs() -> FakeSqs:
    return FakeSqs()


@pytest.fixture
def s3() -> FakeS3:
    return FakeS3()


@pytest.fixture
def clock() -> ManualClock:
    """The time of the deadlines: it stands still unless a test moves it."""
    return ManualClock(now=0.0)


@pytest.fixture
def make_put_events(personalize: FakePersonalize, sqs: FakeSqs, clock: ManualClock) -> Callable[[int], Any]:
    """Return a function that makes the handler with a number of threads."""

    def make(concurrency: int) -> Any:
        settings = put_events_function.Settings("tracking", "url", "put-events", concurrency)
        return put_events_function.make_handler(
            settings, personalize=personalize, sqs=sqs, clock=clock, sleep=lambda _: None
        )

    return make


@pytest.fixture(name="put_events")
def _put_events(make_put_events: Callable[[int], Any]) -> Any:
    return make_put_events(4)


@pytest.fixture
def make_record_history(dynamodb: FakeDynamoDB, sqs: FakeSqs, clock: ManualClock) -> Callable[[int], Any]:
    """Return a function that makes the handler with a number of threads."""

    def make(concurrency: int) -> Any:
        settings = record_history_function.Settings("history", 30, "url", "record-history", concurrency)
        return record_history_function.make_handler(
            settings, dynamodb=dynamodb, sqs=sqs, clock=clock, sleep=lambda _: None
        )

    return make


@pytest.fixture(name="record_history")
def _record_history(make_record_history: Callable[[int], Any]) -> Any:
    return make_record_history(4)


@pytest.fixture(name="get_history")
def _get_history(dynamodb: FakeDynamoDB) -> Any:
    return get_history_function.make_handler(get_history_function.Settings("history"), dynamodb=dynamodb)


@pytest.fixture(name="recommend")
def _recommend(personalize: FakePersonalize, s3: FakeS3) -> Any:
    settings = recommend_function.Settings(CAMPAIGN_ARN, "bucket", "popular.json", FILTERS)
    return recommend_function.make_handler(settings, personalize=personalize, make_s3=lambda: s3)


@pytest.fixture(name="rerank")
def _rerank(personalize: FakePersonalize) -> Any:
    return rerank_function.make_handler(rerank_function.Settings(CAMPAIGN_ARN, FILTERS), personalize=personalize)


@pytest.fixture
def account() -> Iterator[PersonalizeAccount]:
    """A local Amazon Personalize, whose clock stands at NOW."""
    with personalize_account(ManualClock(NOW.timestamp())) as made:
        yield made


@pytest.fixture
def now(account: PersonalizeAccount) -> Callable[[], datetime]:
    """The account's clock as the retraining functions take it."""
    return lambda: datetime.fromtimestamp(account.clock(), UTC)
