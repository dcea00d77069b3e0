"""The event that an app puts on the stream. Every consumer uses this parser."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from animal_recommender.animal_groups import animal_group_id, group_metadata, read_group
from animal_recommender.event_types import EventTypes
from animal_recommender.timestamps import EARLIEST, parse_time
from animal_recommender.validation import (
    FieldError,
    FieldReader,
    ValidationError,
    as_text,
    is_placeholder,
    parse_json,
)

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
    `place` is where the event is in the stream; it is the `event_id` of an event to which the app gave none.
    `timestamp` is epoch seconds. `user_id` is None for a visitor without an account. `metadata` has the four fields of
    the animal group as strings; without `animalMetadata` it and `item_id` are empty until `with_metadata` fills them.
    `unknown_fields` are names that no consumer knows. `placeholder_user` says whether the app sent a placeholder such
    as "undefined" as the user's id, `unknown_type` whether the deployment does not know the event's type.
    """

    position: int
    record: int
    place: str
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
    unknown_type: bool = False


def parse_event(
    document: Any, *, position: int, record: int, place: str, arrival: float, event_types: EventTypes
) -> Event:
    """Read a JSON document: an event, or an event inside the envelope `{"Partitionkey": …, "Data": {event}}`.

    An event without `animalMetadata` must have an `animal_id`, of which the catalogue knows the metadata.
    An event without an id gets `place` as its id; one without a time gets `arrival` (epoch seconds). A type that is
    another spelling of one of `event_types` is refused, any other unknown type is not.

    Raises:
        ValidationError: Its `reason` is the kind of fault, its text names each wrong field.
    """
    reader = FieldReader(unwrap_event(document))
    event_type, misspelt = _read_event_type(reader, event_types)
    animal_id = reader.read_identifier("animal_id")
    animal = _animal_reader(reader, animal_id)
    event = Event(
        position=position,
        record=record,
        place=place,
        event_id=reader.read_identifier("eventId") or place,
        timestamp=_read_timestamp(reader, arrival),
        session_id=reader.read_session(required=True) or "",
        user_id=reader.read_user(),
        event_type=event_type,
        item_id=read_group(animal),
        metadata=_metadata(reader.value("animalMetadata")),
        animal_id=animal_id,
        recommendation_id=reader.read_text("recommendationId", maximum=MAX_RECOMMENDATION_ID),
        impression=_read_impression(reader),
        event_value=reader.read_number("eventValue", minimum=MIN_EVENT_VALUE, maximum=MAX_EVENT_VALUE),
        placeholder_user=reader.placeholder_ids > 0,
        unknown_type=event_type not in event_types,
        unknown_fields=(*reader.unknown_fields(), *animal.unknown_fields()),  # when all known ones were read
    )
    reader.errors.extend(animal.errors)
    reader.add_misspelling_error("userId")
    reader.raise_errors(reason="event-type" if misspelt and len(reader.errors) == 1 else "invalid-fields")
    return event


def _animal_reader(reader: FieldReader, animal_id: str | None) -> FieldReader:
    animal = FieldReader(reader.value("animalMetadata"), "animalMetadata")
    if reader.value("animalMetadata") is None and animal_id:
        animal.errors.clear()
    return animal


def with_metadata(event: Event, metadata: Mapping[str, str]) -> Event:
    """Return an event with the metadata of its animal, the four fields of a valid group as texts."""
    return replace(event, metadata=group_metadata(metadata), item_id=animal_group_id(metadata))


def unwrap_event(document: Any) -> Mapping[str, Any]:
    """Return the event of a JSON document: the object itself, or the one in its envelope.

    Raises:
        ValidationError: There is no object, or the envelope holds none.
    """
    if _is_envelope(document):
        inner = document["Data"]
        document = parse_json(inner, "Data") if isinstance(inner, str) else inner
        if _is_envelope(document):
            raise ValidationError(
                [FieldError("Data", "must be an event, not another envelope")], "envelope-in-envelope"
            )
    if not isinstance(document, Mapping):
        raise ValidationError([FieldError("data", f"must be a JSON object{_kind_hint(document)}")], "not-an-object")
    return document


def _kind_hint(document: Any) -> str:
    if isinstance(document, list):
        return ", but is an array where one event belongs (in Data or inside an array)"
    return ", but is a string: put the JSON itself, not a string that holds it" if isinstance(document, str) else ""


def _is_envelope(document: Any) -> bool:
    return isinstance(document, Mapping) and "Data" in document and "eventType" not in document


def _read_event_type(reader: FieldReader, event_types: EventTypes) -> tuple[str, bool]:
    """Return the type, and whether it is refused as another spelling of a known one."""
    name = reader.read_text("eventType", required=True)
    if name is None:
        return "", False
    if is_placeholder(name) and name not in event_types:
        reader.add_error("eventType", "looks like a missing value")
        return "", False
    meant = event_types.meant_by(name)
    if meant:
        reader.add_error("eventType", f"is another spelling of {meant}: send it exactly so")
    return name, meant is not None


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
