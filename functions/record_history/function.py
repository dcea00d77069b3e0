"""The function record_history: batches of the event stream to the history table."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from animal_recommender.dead_letters import DeadLetterQueue
from animal_recommender.event_types import EventTypes, parse_event_types, parse_names
from animal_recommender.observability import Handler, instrument
from animal_recommender.pets.age_limits import AgeLimits, parse_age_limits
from animal_recommender.pets.event_pets import EventPets
from animal_recommender.retries import Deadline
from animal_recommender.stream_batches import process_batch
from record_history.store import HistoryStore

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sqs import SQSClient

TIMEOUT = 3.0  # seconds for one request to DynamoDB
# Seconds for a last request that takes its whole timeout, and then for the dead letters and the response.
_RESERVE = TIMEOUT + 1.5


@dataclass(frozen=True)
class Settings:
    """Environment variables.

    An event of one of APPLICATION_EVENT_TYPES with an `animal_id` is an application for that pet. CONCURRENCY is the
    number of concurrent requests to DynamoDB.
    """

    history_table: str
    history_ttl_days: int
    dead_letter_queue_url: str
    pets_table: str
    age_limits: AgeLimits = field(metadata={"parse": parse_age_limits})
    event_types: EventTypes = field(metadata={"parse": parse_event_types})
    application_event_types: tuple[str, ...] = field(metadata={"parse": parse_names})
    powertools_service_name: str = "record_history"
    concurrency: int = 16


def make_handler(
    settings: Settings,
    *,
    dynamodb: "DynamoDBClient",
    sqs: "SQSClient",
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Handler[Any, dict[str, Any]]:
    """Return the Lambda handler."""
    store = HistoryStore(
        dynamodb,
        settings.history_table,
        settings.history_ttl_days,
        settings.application_event_types,
        settings.concurrency,
        sleep,
    )
    pets = EventPets(dynamodb, settings.pets_table, settings.age_limits, clock, sleep)
    dead_letters = DeadLetterQueue(sqs, settings.dead_letter_queue_url, settings.powertools_service_name)

    @instrument
    def handle(event: Any, context: "LambdaContext") -> dict[str, Any]:
        """Write a Kinesis batch to the history. Return the partial-batch response of `process_batch`."""
        deadline = Deadline(context, _RESERVE, clock)
        return process_batch(
            event,
            settings.event_types,
            lambda events: pets.deliver(events, lambda complete: store.record(complete, deadline)),
            dead_letters,
            "HistoryRecorded",
        )

    return handle
