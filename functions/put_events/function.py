"""The function put_events: batches of the event stream to Personalize."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from animal_recommender.dead_letters import DeadLetterQueue
from animal_recommender.event_types import EventTypes, parse_event_types
from animal_recommender.events import Event
from animal_recommender.observability import Handler, instrument
from animal_recommender.pets.age_limits import AgeLimits, parse_age_limits
from animal_recommender.pets.event_pets import EventPets
from animal_recommender.pets.new_groups import NewGroups, first_seen
from animal_recommender.retries import Deadline
from animal_recommender.stream_batches import DeliveryResult, process_batch
from put_events.sender import EventSender

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_personalize_events import PersonalizeEventsClient
    from types_boto3_sqs import SQSClient

# Seconds for the dead letters and the response, after a last call that takes its whole timeout.
_RESERVE = 1.5


@dataclass(frozen=True)
class Settings:
    """Environment variables.

    PUBLISHER is the ARN of the alias of `publish_pets`. CONCURRENCY is the number of sessions whose events are
    sent at the same time. Personalize takes 1,000 calls a second for a dataset group.
    """

    tracking_id: str
    dead_letter_queue_url: str
    pets_table: str
    publisher: str
    age_limits: AgeLimits = field(metadata={"parse": parse_age_limits})
    event_types: EventTypes = field(metadata={"parse": parse_event_types})
    powertools_service_name: str = "put_events"
    concurrency: int = 32
    personalize_timeout_seconds: float = 3.0


def make_handler(
    settings: Settings,
    *,
    personalize: "PersonalizeEventsClient",
    sqs: "SQSClient",
    dynamodb: "DynamoDBClient",
    make_lambda: "Callable[[], LambdaClient]",
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Handler[Any, dict[str, Any]]:
    """Return the Lambda handler."""
    sender = EventSender(personalize, settings.tracking_id, settings.concurrency, sleep)
    dead_letters = DeadLetterQueue(sqs, settings.dead_letter_queue_url, settings.powertools_service_name)
    pets = EventPets(dynamodb, settings.pets_table, settings.age_limits, clock, sleep)
    reserve = settings.personalize_timeout_seconds + _RESERVE

    def publish() -> None:
        make_lambda().invoke(FunctionName=settings.publisher, InvocationType="Event", Payload=b"{}")

    new_groups = NewGroups(dynamodb, settings.pets_table, publish)

    def send(events: list[Event], deadline: Deadline) -> DeliveryResult:
        result = sender.send(events, deadline)
        delivered = [one for one in events if one.position not in result.failed | result.refused.keys()]
        new_groups.note(first_seen((one.item_id, one.timestamp) for one in delivered))
        return result

    @instrument
    def handle(event: Any, context: "LambdaContext") -> dict[str, Any]:
        """Send a Kinesis batch to the event tracker. Return the partial-batch response of `process_batch`."""
        deadline = Deadline(context, reserve, clock)
        return process_batch(
            event,
            settings.event_types,
            lambda events: pets.deliver(events, lambda complete: send(complete, deadline)),
            dead_letters,
            "EventsAccepted",
        )

    return handle
