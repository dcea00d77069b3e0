"""Events to PutEvents: grouped by visitor and session, ten in a call, groups side by side."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from animal_recommender.aws_errors import AwsError, Deadline, Failure, classify, code_of, delays
from animal_recommender.events import Event
from animal_recommender.observability import logger
from animal_recommender.stream_batches import Outcome
from animal_recommender.tracing import traced

# Personalize, PutEvents: 1-10 events, all of one session (and user).
MAX_EVENTS = 10


class Sender:
    """Sends events with one `put_events` callable (botocore's, or a fake) and a pool of `workers` threads."""

    def __init__(
        self,
        put_events: Callable[..., Any],
        tracking_id: str,
        workers: int,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._put_events = put_events
        self._tracking_id = tracking_id
        self._pause = pause
        self._pool = ThreadPoolExecutor(max_workers=workers)

    def send(self, events: list[Event], deadline: Deadline) -> Outcome:
        """Send all events, each group in order; what fails for now, and all behind it in its group, is reported."""
        total = Outcome()
        for outcome in self._pool.map(lambda group: self._send_group(group, deadline), group_events(events)):
            total.merge(outcome)
        return total

    def _send_group(self, events: list[Event], deadline: Deadline) -> Outcome:
        outcome = Outcome()
        for start in range(0, len(events), MAX_EVENTS):
            if not self._send_chunk(events[start : start + MAX_EVENTS], deadline, outcome):
                outcome.fail(events[start:])
                break
        return outcome

    def _send_chunk(self, chunk: list[Event], deadline: Deadline, outcome: Outcome) -> bool:
        """Send one call's worth, again while it may help and time is left; answers whether the group may go on."""
        if not deadline.allows(0):
            return False  # of a service that hangs, each group's first call would take its whole time-out
        for delay in delays():
            try:
                with traced("Personalize"):
                    self._put_events(**request(chunk, self._tracking_id))
                return True
            except AwsError as error:
                failure, code = classify(error), code_of(error)
            if failure is Failure.INVALID:
                return self._isolate(chunk, code, deadline, outcome)
            if failure is Failure.BROKEN or not deadline.allows(delay):
                logger.warning("PutEvents failed", extra={"error": code, "events": len(chunk)})
                return False
            outcome.retried += len(chunk)
            self._pause(delay)
        return False

    def _isolate(self, chunk: list[Event], code: str, deadline: Deadline, outcome: Outcome) -> bool:
        """Find the events the service refuses, by sending each alone, in order."""
        if len(chunk) == 1:
            outcome.refused[chunk[0].position] = f"PutEvents: {code}"
            return True
        return all(self._send_chunk([event], deadline, outcome) for event in chunk)


def group_events(events: Iterable[Event]) -> list[list[Event]]:
    """Group events by (user, session), each group in order, groups in the order of their first event."""
    groups: dict[tuple[str | None, str], list[Event]] = {}
    for event in events:
        groups.setdefault((event.user_id, event.session_id), []).append(event)
    return list(groups.values())


def request(chunk: list[Event], tracking_id: str) -> dict[str, Any]:
    """Make the parameters of PutEvents for events of one group; a visitor without an account has no userId."""
    first = chunk[0]
    user = {"userId": first.user_id} if first.user_id else {}
    return {
        "trackingId": tracking_id,
        "sessionId": first.session_id,
        **user,
        "eventList": [_event(event) for event in chunk],
    }


def _event(event: Event) -> dict[str, Any]:
    optional = {
        "recommendationId": event.recommendation_id,
        "impression": list(event.impression),
        "eventValue": event.event_value,
    }
    return {
        "eventId": event.event_id,
        "eventType": event.event_type,
        "itemId": event.item_id,
        "sentAt": datetime.fromtimestamp(event.timestamp, UTC),
        **{name: value for name, value in optional.items() if value not in (None, [])},
    }
