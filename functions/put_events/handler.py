"""Lambda entry: batches of the event stream to Personalize."""

import os
from typing import Any

from animal_recommender.aws_errors import Deadline
from animal_recommender.clients import client
from animal_recommender.dead_letters import DeadLetters
from animal_recommender.events import Event
from animal_recommender.observability import observed
from animal_recommender.stream_batches import Outcome, consume
from put_events.sender import Sender

# How many groups are sent side by side. Personalize takes 1,000 calls a second for a dataset group.
CONCURRENCY = int(os.environ.get("CONCURRENCY", "32"))
TIMEOUT = float(os.environ.get("PERSONALIZE_TIMEOUT_SECONDS", "3"))
# The last call may take its whole time, then dead letters and the answer go out.
RESERVE = TIMEOUT + 1.5

# Retries are the sender's own, since only it knows the time that is left.
_personalize = client(
    "personalize-events", connect_timeout=1.0, read_timeout=TIMEOUT, attempts=1, connections=CONCURRENCY
)
_sender = Sender(_personalize.put_events, os.environ["TRACKING_ID"], CONCURRENCY)
_dead_letters = DeadLetters(
    client("sqs"), os.environ["DEAD_LETTER_QUEUE_URL"], os.environ.get("POWERTOOLS_SERVICE_NAME", "put_events")
)


@observed
def handler(event: Any, context: Any) -> dict[str, Any]:
    """Send a Kinesis batch to the event tracker; answers the partial-batch response of `stream.consume`."""
    deadline = Deadline(context, RESERVE)

    def deliver(events: list[Event]) -> Outcome:
        return _sender.send(events, deadline)

    return consume(event, deliver, _dead_letters, "EventsAccepted")
