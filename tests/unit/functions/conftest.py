"""What the functions' unit tests share: fakes of the services, and no way to a network."""

import importlib
import io
import socket
from collections.abc import Iterator
from functools import partial
from types import ModuleType
from typing import Any

import pytest

from tests.unit.functions.fakes import FakeContext, FakeDynamoDB, FakePersonalize, FakeS3, FakeSqs

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "POWERTOOLS_METRICS_NAMESPACE": "AnimalRecommender",
    "POWERTOOLS_SERVICE_NAME": "test-animal-recommender",
    "TRACKING_ID": "tracking",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/dead",
    "HISTORY_TABLE": "history",
    "HISTORY_TTL_DAYS": "30",
    "CAMPAIGN_ARN": "arn:aws:personalize:eu-west-1:123456789012:campaign/test",
    "FILTERS": '{"species": {"arn": "arn:aws:personalize:eu-west-1:123456789012:filter/species",'
    ' "placeholders": ["SPECIES"]},'
    ' "new-arrivals": {"arn": "arn:aws:personalize:eu-west-1:123456789012:filter/new", "placeholders": []}}',
    "FALLBACK_BUCKET": "bucket",
    "FALLBACK_KEY": "popular.json",
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


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """What the functions log, as JSON lines; the metrics go to standard output."""
    from animal_recommender.observability import logger

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
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The one number is the time of the consumers' deadlines, in seconds: it stands still unless a test moves it."""
    from animal_recommender.aws_errors import Deadline

    now = [0.0]
    for name in ("put_events", "record_history"):
        monkeypatch.setattr(_handler_of(name), "Deadline", partial(Deadline, clock=lambda: now[0]))
    return now


def _handler_of(name: str) -> ModuleType:
    return importlib.import_module(f"{name}.handler")


@pytest.fixture
def put_events(monkeypatch: pytest.MonkeyPatch, personalize: FakePersonalize, sqs: FakeSqs) -> Any:
    from animal_recommender.dead_letters import DeadLetters
    from put_events.sender import Sender

    module = _handler_of("put_events")
    monkeypatch.setattr(module, "_sender", Sender(personalize.put_events, "tracking", 4, pause=lambda _: None))
    monkeypatch.setattr(module, "_dead_letters", DeadLetters(sqs, "url", "put-events"))
    return module.handler


@pytest.fixture
def record_history(monkeypatch: pytest.MonkeyPatch, dynamodb: FakeDynamoDB, sqs: FakeSqs) -> Any:
    from animal_recommender.dead_letters import DeadLetters
    from record_history.store import Store

    module = _handler_of("record_history")
    monkeypatch.setattr(module, "_store", Store(dynamodb, "history", 30, 4, pause=lambda _: None))
    monkeypatch.setattr(module, "_dead_letters", DeadLetters(sqs, "url", "record-history"))
    return module.handler


@pytest.fixture
def get_history(monkeypatch: pytest.MonkeyPatch, dynamodb: FakeDynamoDB) -> Any:
    module = _handler_of("get_history")
    monkeypatch.setattr(module, "_dynamodb", dynamodb)
    return module.handler


@pytest.fixture
def recommend(monkeypatch: pytest.MonkeyPatch, personalize: FakePersonalize, s3: FakeS3) -> Any:
    from recommend.popular import PopularList

    module = _handler_of("recommend")
    monkeypatch.setattr(module, "_personalize", personalize)
    monkeypatch.setattr(module, "_popular", PopularList("bucket", "popular.json", lambda: s3))
    return module.handler


@pytest.fixture
def rerank(monkeypatch: pytest.MonkeyPatch, personalize: FakePersonalize) -> Any:
    module = _handler_of("rerank")
    monkeypatch.setattr(module, "_personalize", personalize)
    return module.handler
