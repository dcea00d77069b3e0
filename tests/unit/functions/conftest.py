"""What the functions' unit tests share: fakes of the services, handlers on these fakes, and no network."""

import io
import socket
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from accept_events import function as accept_events_function
from animal_recommender.event_types import EventTypes
from animal_recommender.filters import Filter
from animal_recommender.observability import logger, metrics
from animal_recommender.pets.age_limits import DEFAULT_AGE_LIMITS
from animal_recommender.recommendations import RecommendationSettings
from animal_recommender.visitor_tokens import KmsSigningKeys, VisitorTokens
from create_visitor import function as create_visitor_function
from get_history import function as get_history_function
from identify_visitor import function as identify_function
from local_aws.testing.manual_clock import ManualClock
from local_aws.testing.personalize_account import PersonalizeAccount, personalize_account
from put_events import function as put_events_function
from put_pets import function as put_pets_function
from recommend import function as recommend_function
from record_history import function as record_history_function
from rerank import function as rerank_function
from similar import function as similar_function
from tests.unit.functions.fakes import (
    FakeContext,
    FakeDynamoDB,
    FakeKinesis,
    FakeKms,
    FakeLambda,
    FakePersonalize,
    FakeS3,
    FakeSqs,
    FakeSsm,
)
from tests.unit.functions.pets_table import FakeFunctions, FakePetsTable
from tests.unit.functions.retraining import NOW, Campaign
from trending import function as trending_function

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
def kms() -> FakeKms:
    return FakeKms()


@pytest.fixture
def kinesis() -> FakeKinesis:
    return FakeKinesis()


@pytest.fixture
def tokens(kms: FakeKms) -> VisitorTokens:
    """The tokens of the environment `test`."""
    return VisitorTokens(KmsSigningKeys(lambda: kms, "key", "test"), lifetime_days=30)


@pytest.fixture
def clock() -> ManualClock:
    """The time of the deadlines: it stands still unless a test moves it."""
    return ManualClock(now=0.0)


@pytest.fixture
def functions() -> FakeLambda:
    return FakeLambda()


@pytest.fixture
def make_put_events(
    personalize: FakePersonalize, sqs: FakeSqs, clock: ManualClock, dynamodb: FakeDynamoDB, functions: FakeLambda
) -> Callable[[int], Any]:
    """Return a function that makes the handler with a number of threads."""

    def make(concurrency: int) -> Any:
        settings = put_events_function.Settings(
            "tracking", "url", "pets", "publish", DEFAULT_AGE_LIMITS, EventTypes(), "put-events", concurrency
        )
        return put_events_function.make_handler(
            settings,
            personalize=personalize,
            sqs=sqs,
            dynamodb=dynamodb,
            make_lambda=lambda: functions,
            clock=clock,
            sleep=lambda _: None,
        )

    return make


@pytest.fixture(name="put_events")
def _put_events(make_put_events: Callable[[int], Any]) -> Any:
    return make_put_events(4)


@pytest.fixture
def make_record_history(dynamodb: FakeDynamoDB, sqs: FakeSqs, clock: ManualClock) -> Callable[[int], Any]:
    """Return a function that makes the handler with a number of threads."""

    def make(concurrency: int) -> Any:
        settings = record_history_function.Settings(
            "history",
            30,
            "url",
            "pets",
            DEFAULT_AGE_LIMITS,
            EventTypes(),
            ("Application",),
            "record-history",
            concurrency,
        )
        return record_history_function.make_handler(
            settings, dynamodb=dynamodb, sqs=sqs, clock=clock, sleep=lambda _: None
        )

    return make


@pytest.fixture(name="record_history")
def _record_history(make_record_history: Callable[[int], Any]) -> Any:
    return make_record_history(4)


@pytest.fixture(name="get_history")
def _get_history(dynamodb: FakeDynamoDB, tokens: VisitorTokens) -> Any:
    settings = get_history_function.Settings("history", EventTypes())
    return get_history_function.make_handler(settings, dynamodb=dynamodb, tokens=tokens)


RECOMMEND_SETTINGS = RecommendationSettings(
    campaign_arn=CAMPAIGN_ARN,
    fallback_bucket="bucket",
    fallback_key="popular.json",
    pets_table="pets",
    pets_bucket="pets-bucket",
    history_table="history",
    age_limits=DEFAULT_AGE_LIMITS,
    long_waiting_days=60,
    long_waiting_share=0.2,
    filters=FILTERS,
)


@pytest.fixture(name="recommend")
def _recommend(personalize: FakePersonalize, s3: FakeS3, dynamodb: FakeDynamoDB, tokens: VisitorTokens) -> Any:
    return recommend_function.make_handler(
        RECOMMEND_SETTINGS, personalize=personalize, make_s3=lambda: s3, make_dynamodb=lambda: dynamodb, tokens=tokens
    )


@pytest.fixture(name="similar")
def _similar(personalize: FakePersonalize, s3: FakeS3, dynamodb: FakeDynamoDB, tokens: VisitorTokens) -> Any:
    return similar_function.make_handler(
        RECOMMEND_SETTINGS, personalize=personalize, make_s3=lambda: s3, make_dynamodb=lambda: dynamodb, tokens=tokens
    )


@pytest.fixture(name="trending")
def _trending(personalize: FakePersonalize, s3: FakeS3, dynamodb: FakeDynamoDB, tokens: VisitorTokens) -> Any:
    return trending_function.make_handler(
        RECOMMEND_SETTINGS, personalize=personalize, make_s3=lambda: s3, make_dynamodb=lambda: dynamodb, tokens=tokens
    )


@pytest.fixture(name="rerank")
def _rerank(personalize: FakePersonalize, tokens: VisitorTokens, dynamodb: FakeDynamoDB) -> Any:
    settings = rerank_function.Settings(CAMPAIGN_ARN, "pets", DEFAULT_AGE_LIMITS, FILTERS)
    return rerank_function.make_handler(
        settings, personalize=personalize, make_dynamodb=lambda: dynamodb, tokens=tokens
    )


@pytest.fixture(name="accept_events")
def _accept_events(kinesis: FakeKinesis, tokens: VisitorTokens) -> Any:
    settings = accept_events_function.Settings("events", EventTypes())
    return accept_events_function.make_handler(settings, kinesis=kinesis, tokens=tokens, sleep=lambda _: None)


@pytest.fixture(name="create_visitor")
def _create_visitor(tokens: VisitorTokens) -> Any:
    return create_visitor_function.make_handler(tokens)


@pytest.fixture(name="identify_visitor")
def _identify(dynamodb: FakeDynamoDB, kinesis: FakeKinesis, tokens: VisitorTokens) -> Any:
    settings = identify_function.Settings(
        visitor_key_id="key", history_table="history", history_ttl_days=30, stream_name="events", user_claim="sub"
    )
    return identify_function.make_handler(settings, tokens=tokens, dynamodb=dynamodb, kinesis=kinesis)


@pytest.fixture
def account() -> Iterator[PersonalizeAccount]:
    """A local Amazon Personalize, whose clock stands at NOW."""
    with personalize_account(ManualClock(NOW.timestamp())) as made:
        yield made


@pytest.fixture
def now(account: PersonalizeAccount) -> Callable[[], datetime]:
    """The account's clock as the retraining functions take it."""
    return lambda: datetime.fromtimestamp(account.clock(), UTC)


@pytest.fixture
def campaign(account: PersonalizeAccount) -> Campaign:
    return Campaign(account)


@pytest.fixture
def ssm() -> FakeSsm:
    return FakeSsm()


@pytest.fixture
def put_pets() -> Any:
    settings = put_pets_function.Settings("pets", "publish:live")
    return put_pets_function.make_handler(
        settings,
        dynamodb=FakePetsTable(),  # type: ignore[arg-type]
        functions=FakeFunctions(),  # type: ignore[arg-type]
    )
