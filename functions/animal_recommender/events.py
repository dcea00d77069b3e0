"""The event that an app puts on the stream. Every consumer uses this parser."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from animal_recommender.animal_groups import animal_group_id, group_metadata
from animal_recommender.timestamps import EARLIEST, parse_time
from animal_recommender.validation import FieldError, FieldReader, ValidationError, as_text, parse_json

# Personalize, PutEvents: 1-25 item ids, ids of at most 40 characters, values of single precision.
MAX_IMPRESSION = 25
MAX_RECOMMENDATION_ID = 40
MIN_EVENT_VALUE, MAX_EVENT_VALUE = 1.2e-38, 3.4e38
# How far a producer's clock may be ahead of the stream's, in seconds.
MAX_AHEAD = 86_400.0


@dataclass(frozen=True)
class Event:
    """Something that a visitor did.

    `position` is the event's index among the events of its batch, `record` the index of the record that holds it.
    `timestamp` is epoch seconds. `user_id` is None for a visitor without an account. `metadata` has the four fields of
    the animal group as strings. `unknown_fields` are names that no consumer knows. `placeholder_user` says whether the
    app sent a placeholder such as "undefined" as the user's id.
    """

    position: int
    record: int
    event_id: str
    timestamp: float
    session_id: str
    user_id: str | None
    event_type: str
    item_id: str
    metadata: Mapping[str, str]
    animal_id: str | None = None
    recommendation_id: str | None = None
    impression: tuple[str, ...] = ()
    event_value: float | None = None
    unknown_fields: tuple[str, ...] = ()
    placeholder_user: bool = False


def parse_event(document: Any, *, position: int, record: int, default_id: str, arrival: float) -> Event:
    """Read a JSON document: an event, or an event inside the envelope `{"Partitionkey": …, "Data": {event}}`.

    An event without an id gets `default_id`; one without a time gets `arrival` (epoch seconds).

    Raises:
        ValidationError: Its `reason` is the kind of fault, its text names each wrong field.
    """
    reader = FieldReader(_unwrap(document))
    event = Event(
        position=position,
        record=record,
        event_id=reader.read_identifier("eventId") or default_id,
        timestamp=_read_timestamp(reader, arrival),
        session_id=reader.read_session(required=True) or "",
        user_id=reader.read_user(),
        event_type=reader.read_text("eventType", required=True) or "",
        item_id=_read_item_id(reader),
        metadata=_metadata(reader.value("animalMetadata")),
        animal_id=reader.read_identifier("animal_id"),
        recommendation_id=reader.read_text("recommendationId", maximum=MAX_RECOMMENDATION_ID),
        impression=_read_impression(reader),
        event_value=reader.read_number("eventValue", minimum=MIN_EVENT_VALUE, maximum=MAX_EVENT_VALUE),
        placeholder_user=reader.placeholder_ids > 0,
        unknown_fields=tuple(reader.unknown_fields()),  # when all known ones were read
    )
    reader.add_misspelling_error("userId")
    reader.raise_errors()
    return event


def _unwrap(document: Any) -> Mapping[str, Any]:
    if _is_envelope(document):
        inner = document["Data"]
        document = parse_json(inner, "Data") if isinstance(inner, str) else inner
        if _is_envelope(document):
            raise ValidationError(
                [FieldError("Data", "must be an event, not another envelope")], "envelope-in-envelope"
            )
    if not isinstance(document, Mapping):
        raise ValidationError([FieldError("data", "must be a JSON object")], "not-an-object")
    return document


def _is_envelope(document: Any) -> bool:
    return isinstance(document, Mapping) and "Data" in document and "eventType" not in document


def _read_timestamp(reader: FieldReader, arrival: float) -> float:
    value = reader.value("timestamp")
    if value is None:
        return arrival
    seconds = parse_time(value)
    if seconds is not None and EARLIEST <= seconds <= arrival + MAX_AHEAD:
        return seconds
    valid = "must be epoch seconds or ISO 8601, from the year 2000 to one day after the record arrived"
    reader.add_error("timestamp", valid + (" (it looks like milliseconds)" if _is_milliseconds(value) else ""))
    return math.nan


def _is_milliseconds(value: object) -> bool:
    return isinstance(value, int | float) and EARLIEST * 1000 <= value < 1e14


def _read_item_id(reader: FieldReader) -> str:
    try:
        return animal_group_id(reader.value("animalMetadata"))
    except ValidationError as error:
        reader.errors.extend(error.errors)
        return ""


def _metadata(metadata: Any) -> dict[str, str]:
    return group_metadata(metadata) if isinstance(metadata, Mapping) else {}


def _read_impression(reader: FieldReader) -> tuple[str, ...]:
    value = reader.value("impression")
    if value is None:
        return ()
    ids = [as_text(item) for item in value[: MAX_IMPRESSION + 1]] if isinstance(value, list) else []
    if not 1 <= len(ids) <= MAX_IMPRESSION or not all(item and len(item) <= 256 for item in ids):
        reader.add_error("impression", f"must be a list of 1-{MAX_IMPRESSION} item ids of 1-256 characters")
    return tuple(item for item in ids if item)
