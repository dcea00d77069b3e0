"""Take a person's events out of records and files, and leave everybody else's."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from animal_recommender.timestamps import format_time
from scripts.operate.forget_user.encodings import AGGREGATED, COMPRESSED, is_aggregate
from scripts.operate.forget_user.entries import dump, read_entries
from scripts.operate.forget_user.person import EXACT, FILE, Person, Place

_MOST_LINES = 1_000  # of an aggregate, whose bytes may be newlines
_LONGEST_PRINTED = 131_072  # bytes of an event that is printed over several lines
_DECODER = json.JSONDecoder()
# The time in the name of a Firehose object is the arrival of its oldest record; else the folder has the hour or the day
# (https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html).
_NAME_TIME = re.compile(r"-(\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)-")
_FOLDER_TIME = re.compile(r"year=(\d{4})/month=(\d\d)/day=(\d\d)(?:/hour=(\d\d))?")


def time_of_file(key: str, modified: datetime) -> str:
    """Return about when the events of an object arrived: from its name, or when it was written."""
    if found := _NAME_TIME.search(key):
        return f"{datetime.strptime(found[1], '%Y-%m-%d-%H-%M-%S'):%Y-%m-%dT%H:%M:%S.%fZ}"
    if found := _FOLDER_TIME.search(key):
        year, month, day, hour = found.groups(default="00")
        return f"{year}-{month}-{day}T{hour}:00:00.000000Z"
    return format_time(modified.timestamp())


def without_events(person: Person, data: bytes, place: Place) -> bytes | None:
    """Return a record without the person's events, and None if nobody else's are left.

    A record with nothing of the person is returned as it is. Otherwise the events of others become lines of JSON.
    """
    entries = read_entries(data)
    for entry in entries:
        person.learn(entry, place)
    kept = [entry for entry in entries if not person.owns(entry, place)]
    if len(kept) == len(entries):
        return data
    return b"\n".join(entry.as_bytes() for entry in kept if entry.names_somebody) or None


def without_lines(person: Person, content: bytes, where: str, time: str) -> bytes:
    """Return a file of raw events, or of records that Firehose could not write, without the person's events.

    `time` is about when they arrived (`time_of_file`).
    """
    return b"".join(
        _edit_line(person, line, Place(where, f"{time}#{number:09}", FILE))
        for number, line in enumerate(_lines(content))
    )


def _edit_line(person: Person, line: bytes, place: Place) -> bytes:
    body = line.rstrip(b"\r\n")
    if not body:
        return line
    error = _error_record(body)
    kept = without_events(person, body, place) if error is None else _edit_error(person, body, error, place)
    if kept == body:
        return line
    return b"" if kept is None else kept + b"\n"


def _error_record(body: bytes) -> dict[str, Any] | None:
    """Return the record that Firehose writes for what it could not transform or write; `rawData` has its bytes."""
    if b'"rawData"' not in body:
        return None
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    is_error = isinstance(document, dict) and isinstance(document.get("rawData"), str) and "userId" not in document
    return document if is_error else None


def _edit_error(person: Person, body: bytes, error: dict[str, Any], place: Place) -> bytes | None:
    try:
        data = base64.b64decode(error["rawData"])
    except binascii.Error:
        return without_events(person, body, place)
    arrived = error.get("arrivalTimestamp")  # in milliseconds
    if isinstance(arrived, int) and 0 < arrived < 4e12:
        place = Place(place.where, format_time(arrived / 1000), EXACT)
    kept = without_events(person, data, place)
    if kept is None:
        return None
    return body if kept == data else dump(error | {"rawData": base64.b64encode(kept).decode("ascii")})


def _lines(content: bytes) -> Iterator[bytes]:
    """Yield the lines of a file with their ends. What spans several lines is one: gzip, UTF-16, a printed document."""
    place = 0
    while place < len(content):
        end = _end_of_line(content, place)
        if content.startswith(COMPRESSED, place):
            end = _end_of_compressed(content, place, end)
        elif content.startswith(AGGREGATED, place):
            end = _end_of_aggregate(content, place, end)
        elif b"\0" in content[place:end]:
            end = _end_of_wide_text(content, place, end)
        elif content.startswith((b"{", b"["), place):
            end = _end_of_document(content, place, end)
        yield content[place:end]
        place = end


def _end_of_line(content: bytes, place: int) -> int:
    end = content.find(b"\n", place)
    return len(content) if end < 0 else end + 1


def _end_of_aggregate(content: bytes, place: int, end: int) -> int:
    """Return the end of the first line that makes the aggregate whole: its checksum then fits."""
    following = end
    for _ in range(_MOST_LINES):
        if is_aggregate(content[place:following].removesuffix(b"\n")):
            return following
        if following == len(content):
            break
        following = _end_of_line(content, following)
    return end


def _end_of_compressed(content: bytes, place: int, end: int) -> int:
    inflate = zlib.decompressobj(wbits=47)  # gzip or zlib
    try:
        inflate.decompress(content[place:])
    except zlib.error:
        return end
    return _end_of_line(content, len(content) - len(inflate.unused_data)) if inflate.eof else end


def _end_of_wide_text(content: bytes, place: int, end: int) -> int:
    """Return where a UTF-16 or UTF-32 text ends. Its newlines have zeros, the one that Firehose appends has none."""
    big_endian = content.startswith((b"\0", b"\xfe\xff"), place)
    while end < len(content) and (content[end - 2] == 0 if big_endian else content[end] == 0):
        end = _end_of_line(content, end)
    return end


def _end_of_document(content: bytes, place: int, end: int) -> int:
    """Return the end of the line on which the document ends that begins at `place`; a broken one is one line."""
    if content[place:end].rstrip().endswith((b"}", b"]")):
        return end
    try:
        text = content[place : place + _LONGEST_PRINTED].decode("utf-8", "ignore")
        _, length = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return end
    return _end_of_line(content, place + len(text[:length].encode()))
