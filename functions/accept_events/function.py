"""The function accept_events: events of a browser or an app to the stream."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accept_events.request import parse_request, restrict_events
from accept_events.stream import put_records
from animal_recommender.event_types import EventTypes, parse_event_types
from animal_recommender.observability import Handler, add_count_metric, instrument
from animal_recommender.request_errors import RequestError
from animal_recommender.request_handling import handle_request
from animal_recommender.visitor_access import TokenSettings
from animal_recommender.visitor_tokens import VisitorTokens

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_kinesis import KinesisClient


@dataclass(frozen=True)
class Settings(TokenSettings):
    """Environment variables."""

    stream_name: str
    event_types: EventTypes = field(metadata={"parse": parse_event_types})


def make_handler(
    settings: Settings,
    *,
    kinesis: "KinesisClient",
    tokens: VisitorTokens | None = None,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Handler[Any, Any]:
    """Return the Lambda handler."""

    def accept(payload: Mapping[str, Any]) -> dict[str, int]:
        records = parse_request(payload, settings.event_types, clock())
        failed = put_records(kinesis, settings.stream_name, records, sleep)
        add_count_metric("EventsReceived", len(records) - len(failed))
        if failed:
            add_count_metric("EventsNotReceived", len(failed))
            message = "The stream did not take all events: send those with these indexes again"
            raise RequestError(503, {"message": message, "failed": failed})
        return {"accepted": len(records)}

    @instrument
    def handle(event: Any, context: "LambdaContext") -> Any:
        """Return `{"accepted": number}` once the stream has all events (see `accept_events.request`), as status 202.

        If the stream does not take some of them in several attempts: `{"message", "failed": [indexes]}`, status 503.
        """
        return handle_request(event, accept, tokens, status=202, restrict=restrict_events)

    return handle
