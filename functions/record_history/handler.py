"""Lambda entry: batches of the event stream to the history table."""

import os
from typing import Any

from animal_recommender.aws_errors import Deadline
from animal_recommender.clients import client
from animal_recommender.dead_letters import DeadLetters
from animal_recommender.events import Event
from animal_recommender.observability import observed
from animal_recommender.stream_batches import Outcome, consume
from record_history.store import Store

# How many requests to DynamoDB are under way at a time.
CONCURRENCY = int(os.environ.get("CONCURRENCY", "16"))
TIMEOUT = 3.0
RESERVE = TIMEOUT + 1.5

_dynamodb = client("dynamodb", connect_timeout=1.0, read_timeout=TIMEOUT, attempts=1, connections=CONCURRENCY)
_store = Store(_dynamodb, os.environ["HISTORY_TABLE"], int(os.environ["HISTORY_TTL_DAYS"]), CONCURRENCY)
_dead_letters = DeadLetters(
    client("sqs"), os.environ["DEAD_LETTER_QUEUE_URL"], os.environ.get("POWERTOOLS_SERVICE_NAME", "record_history")
)


@observed
def handler(event: Any, context: Any) -> dict[str, Any]:
    """Write a Kinesis batch to the history; answers the partial-batch response of `stream.consume`."""
    deadline = Deadline(context, RESERVE)

    def deliver(events: list[Event]) -> Outcome:
        return _store.record(events, deadline)

    return consume(event, deliver, _dead_letters, "HistoryRecorded")
