"""The function put_events: batches of the event stream to Personalize."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from animal_recommender.dead_letters import DeadLetterQueue
from animal_recommender.observability import Handler, instrument
from animal_recommender.retries import Deadline
from animal_recommender.stream_batches import process_batch
from put_events.sender import EventSender

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_personalize_events import PersonalizeEventsClient
    from types_boto3_sqs import SQSClient

# Seconds for the dead letters and the response, after a last call that takes its whole timeout.
_RESERVE = 1.5


@dataclass(frozen=True)
class Settings:
    """Environment variables.

    CONCURRENCY is the number of (user, session) groups that are sent at the same time. Personalize takes 1,000 calls
    a second for a dataset group.
    """

    tracking_id: str
    dead_letter_queue_url: str
    powertools_service_name: str = "put_events"
    concurrency: int = 32
    personalize_timeout_seconds: float = 3.0


def make_handler(
    settings: Settings,
    *,
    personalize: "PersonalizeEventsClient",
    sqs: "SQSClient",
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Handler[Any, dict[str, Any]]:
    """Return the Lambda handler."""
    sender = EventSender(personalize, settings.tracking_id, settings.concurrency, sleep)
    dead_letters = DeadLetterQueue(sqs, settings.dead_letter_queue_url, settings.powertools_service_name)
    reserve = settings.personalize_timeout_seconds + _RESERVE

    @instrument
    def handle(event: Any, context: "LambdaContext") -> dict[str, Any]:
        """Send a Kinesis batch to the event tracker. Return the partial-batch response of `process_batch`."""
        deadline = Deadline(context, reserve, clock)
        return process_batch(event, lambda events: sender.send(events, deadline), dead_letters, "EventsAccepted")

    return handle
