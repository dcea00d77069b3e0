"""The lines of the raw store: each event of a stream record as one line of compact JSON.

A line is the event as the app sent it, without its envelope: unknown fields stay, and so do events that the other
consumers refuse, because the raw store is the record of what was sent. `normalize_events` adds only the group of a pet
that an event names without it. `modules/analytics` reads the lines with SQL.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from animal_recommender.events import unwrap_event
from animal_recommender.record_formats import Document, find_documents
from animal_recommender.validation import FieldError, ValidationError

_ENVELOPE = {"Partitionkey", "Data"}
# Some readers end a line at these. JSON escapes the other control characters anyway. Half a character is no UTF-8.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class RawEvents(NamedTuple):
    """The lines of a record, each with its newline, in the order of the events; and why other parts hold no event."""

    lines: list[bytes]
    refusals: list[ValidationError]


def read_events(data: bytes) -> list[Document]:
    """Return the events of a record in any form that `record_formats` reads, without their envelopes.

    What is no event stands as it is: another JSON value, or the error of what cannot be read.
    """
    return [_without_envelope(one) if isinstance(one, Mapping) else one for one in find_documents(data)]


def raw_events(events: Iterable[Document]) -> RawEvents:
    """Return the lines of the events of a record."""
    found = RawEvents([], [])
    for event in events:
        try:
            found.lines.append(_line(event))
        except ValidationError as error:
            found.refusals.append(error)
    return found


def read_raw_events(data: bytes) -> RawEvents:
    """Return the lines of a record; the same record gives the same lines."""
    return raw_events(read_events(data))


def _line(event: Document) -> bytes:
    if isinstance(event, ValidationError):
        raise event
    if not isinstance(event, Mapping):
        raise ValidationError([FieldError("data", "must be a JSON object")], "not-an-object")
    try:
        text = _dump(event)
    except RecursionError:
        raise _too_deep() from None
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode() + b"\n"


def _without_envelope(document: Mapping[str, Any]) -> Document:
    """Return the event in an envelope. An envelope with more fields, or without an event, is kept as it is."""
    if document.keys() <= _ENVELOPE:
        try:
            return unwrap_event(document)
        except ValidationError:
            pass
        except RecursionError:
            return _too_deep()
    return document


def _too_deep() -> ValidationError:
    return ValidationError([FieldError("data", "is nested too deeply")], "too-deep")


def _dump(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        return _dump(_finite(value))


def _finite(value: Any) -> Any:
    """Write a number that no double holds (1e400) as text: `Infinity` is no JSON, and its line would be lost."""
    if isinstance(value, Mapping):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
