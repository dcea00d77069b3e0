"""Requests to `accept_events`: their events, validated as the stream's consumers will do it, and made records."""

import json
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from animal_recommender.event_types import EventTypes
from animal_recommender.events import parse_event
from animal_recommender.request_errors import ForbiddenError
from animal_recommender.validation import FieldError, FieldReader, ValidationError
from animal_recommender.visitor_access import other_ids, with_ids_of
from animal_recommender.visitor_tokens import Visitor

MAX_EVENTS = 25
_COUNT_MESSAGE = f"must be a list of 1-{MAX_EVENTS} events"


class Record(NamedTuple):
    """A record for the stream. Events of one session have one key, so they are in one shard and keep their order."""

    data: bytes
    partition_key: str


def restrict_events(visitor: Visitor, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the payload with the visitor's ids in each of its events.

    Raises:
        ForbiddenError: An event has another's id.
    """
    events = payload.get("events")
    if not isinstance(events, list) or len(events) > MAX_EVENTS:
        return payload  # parse_request refuses it
    objects = {index: event for index, event in enumerate(events) if isinstance(event, Mapping)}
    errors = [error for index, event in objects.items() for error in other_ids(visitor, event, f"events[{index}].")]
    if errors:
        raise ForbiddenError(errors)
    return {**payload, "events": [with_ids_of(visitor, it) if isinstance(it, Mapping) else it for it in events]}


def parse_request(payload: Mapping[str, Any], event_types: EventTypes, now: float) -> list[Record]:
    """Parse a payload: `{"events": [event, …]}` with 1-25 events (`animal_recommender.events`), without envelopes.

    An event without `eventId` gets one, so that no repetition inside AWS counts twice. An event without `timestamp`
    gets `now` (epoch seconds), a millisecond later for each event before it, so that the history keeps their order.

    Raises:
        ValidationError: Names each wrong field of each event.
    """
    reader = FieldReader(payload)
    events = reader.value("events")
    reader.add_unknown_errors()
    if not isinstance(events, list) or not 1 <= len(events) <= MAX_EVENTS:
        reader.add_error("events", _COUNT_MESSAGE)
        events = []
    records = []
    for index, event in enumerate(events):
        try:
            records.append(_parse_event(event, event_types, now + index / 1000))
        except ValidationError as error:
            reader.errors.extend(FieldError(_path(index, one.field), one.message) for one in error.errors)
    reader.raise_errors()
    return records


def _path(index: int, field: str) -> str:
    return f"events[{index}].{field}" if field else f"events[{index}]"


def _parse_event(document: Any, event_types: EventTypes, now: float) -> Record:
    if not isinstance(document, Mapping) or "Data" in document:
        raise ValidationError([FieldError("", "must be an event: a JSON object without an envelope")])
    event = parse_event(document, position=0, record=0, place=str(uuid.uuid4()), arrival=now, event_types=event_types)
    if event.unknown_fields:
        raise ValidationError([FieldError(name, "is unknown") for name in event.unknown_fields])
    whole = {**document, "eventId": event.event_id, "timestamp": document.get("timestamp") or now}
    return Record(json.dumps(whole, separators=(",", ":")).encode(), event.session_id)
