"""Calls of PutEvents. Events are grouped by user and session, up to ten in a call, and groups are sent concurrently."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from animal_recommender.aws_errors import AwsError, ErrorKind, classify, error_code
from animal_recommender.events import Event
from animal_recommender.observability import logger
from animal_recommender.personalize_ids import session_as_user
from animal_recommender.retries import Deadline, backoff_delays
from animal_recommender.stream_batches import DeliveryResult
from animal_recommender.tracing import record_subsegment
from animal_recommender.validation import MAX_ID_LENGTH

if TYPE_CHECKING:
    from types_boto3_personalize_events import PersonalizeEventsClient
    from types_boto3_personalize_events.type_defs import EventTypeDef, PutEventsRequestTypeDef

# Personalize, PutEvents: 1-10 events, all of one session (and user).
MAX_EVENTS = 10


class EventSender:
    """Sends events to one event tracker, with a pool of `workers` threads."""

    def __init__(
        self,
        personalize: "PersonalizeEventsClient",
        tracking_id: str,
        workers: int,
        sleep: Callable[[float], None],
    ) -> None:
        self._personalize = personalize
        self._tracking_id = tracking_id
        self._sleep = sleep
        self._pool = ThreadPoolExecutor(max_workers=workers)

    def send(self, events: list[Event], deadline: Deadline) -> DeliveryResult:
        """Send all events, those of a group in their order.

        After an event that may succeed later, the rest of its group is not sent, and all of them are `failed`. Repeats
        are sent, too: Personalize ignores them, but does not say so, and only those of one batch are known here.
        """
        total = DeliveryResult(repeated=find_repeats(events))
        for result in self._pool.map(lambda group: self._send_group(group, deadline), group_events(events)):
            total.add(result)
        return total

    def _send_group(self, events: list[Event], deadline: Deadline) -> DeliveryResult:
        result = DeliveryResult()
        for start, chunk in _chunks(events):
            if not self._send_chunk(chunk, deadline, result):
                result.add_failed(events[start:])
                break
        return result

    def _send_chunk(self, chunk: list[Event], deadline: Deadline, result: DeliveryResult) -> bool:
        """Send the events of one call, with retries until the deadline. Return whether the group may go on."""
        if not deadline.allows(0):
            return False  # Otherwise, while a service hangs, each group's first call would wait for its whole timeout.
        for delay in backoff_delays():
            try:
                with record_subsegment("Personalize"):
                    self._personalize.put_events(**put_events_request(chunk, self._tracking_id))
                return True
            except AwsError as error:
                kind, code = classify(error), error_code(error)
            if kind is ErrorKind.INVALID_REQUEST:
                return self._send_one_by_one(chunk, code, deadline, result)
            if kind is ErrorKind.CONFIGURATION or not deadline.allows(delay):
                logger.warning("PutEvents failed", extra={"error": code, "events": len(chunk)})
                return False
            result.retried += len(chunk)
            self._sleep(delay)
        return False

    def _send_one_by_one(self, chunk: list[Event], code: str, deadline: Deadline, result: DeliveryResult) -> bool:
        """Find the events that the service refuses: send each one alone, in order."""
        if len(chunk) == 1:
            result.refused[chunk[0].position] = f"PutEvents: {code}"
            return True
        return all(self._send_chunk([event], deadline, result) for event in chunk)


def find_repeats(events: Iterable[Event]) -> set[int]:
    """Return the positions of events that have the Personalize id of an earlier one."""
    seen: dict[str, int] = {}
    return {
        event.position
        for event in events
        if seen.setdefault(personalize_event_id(event), event.position) != event.position
    }


def group_events(events: Iterable[Event]) -> list[list[Event]]:
    """Group events by session. Each group keeps its order, and groups are in the order of their first event.

    Not by user as well: a session's events must reach the tracker in the order of the stream, also if two people used
    the session or its visitor logged in.
    """
    groups: dict[str, list[Event]] = {}
    for event in events:
        groups.setdefault(event.session_id, []).append(event)
    return list(groups.values())


def _chunks(events: list[Event]) -> Iterator[tuple[int, list[Event]]]:
    """Cut the events of a session into calls: at most ten events, all of one user. Yield their start, too."""
    start = 0
    for end in range(1, len(events) + 1):
        full = end - start == MAX_EVENTS
        if full or end == len(events) or events[end].user_id != events[start].user_id:
            yield start, events[start:end]
            start = end


def put_events_request(chunk: list[Event], tracking_id: str) -> "PutEventsRequestTypeDef":
    """Return the parameters of PutEvents for events of one group. A visitor without an account has no userId."""
    first = chunk[0]
    request: PutEventsRequestTypeDef = {
        "trackingId": tracking_id,
        "sessionId": session_as_user(first.session_id),
        "eventList": [_event(event) for event in chunk],
    }
    if first.user_id:
        request["userId"] = first.user_id
    return request


def personalize_event_id(event: Event) -> str:
    """Return an id that no other visitor's event has.

    Personalize ignores an event whose id it has seen from anybody, but apps number events for each visitor or session.
    So the id gets a digest of visitor and session. An id of the maximum length is replaced by a digest as a whole.
    """
    whose = f"{event.user_id or ''}\n{event.session_id}"
    unique = f"{event.event_id}@{hashlib.sha256(whose.encode()).hexdigest()[:16]}"
    return unique if len(unique) <= MAX_ID_LENGTH else hashlib.sha256(f"{whose}\n{event.event_id}".encode()).hexdigest()


def _event(event: Event) -> "EventTypeDef":
    request: EventTypeDef = {
        "eventId": personalize_event_id(event),
        "eventType": event.event_type,
        "itemId": event.item_id,
        "sentAt": datetime.fromtimestamp(event.timestamp, UTC),
    }
    if event.recommendation_id is not None:
        request["recommendationId"] = event.recommendation_id
    if event.impression:
        request["impression"] = list(event.impression)
    if event.event_value is not None:
        request["eventValue"] = event.event_value
    return request
