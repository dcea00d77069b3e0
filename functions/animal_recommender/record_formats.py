"""Find the JSON documents in one Kinesis record, in every form in which producers write them.

A record holds one event, or several: JSON documents one after the other (lines, or pretty-printed), a JSON array, or
records that the Kinesis Producer Library (KPL) or Fluent Bit aggregated. Each of these may be compressed with gzip and
may begin with a UTF-8 byte order mark. Everything else is refused by a reason that names the format.

KPL aggregation: https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
"""

import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

from animal_recommender.validation import FieldError, ValidationError

# One event takes some 300 bytes. An event of this size still fits a dead-letter message whole.
MAX_EVENT_BYTES = 131_072
# A Kinesis record has at most 10 MiB. What gzip unpacks beyond this is no record of ours, but an attack or a mistake.
MAX_UNPACKED_BYTES = 16 * 1024 * 1024

_KPL_MAGIC = b"\xf3\x89\x9a\xc2"
_MD5_BYTES = 16
_GZIP_MAGIC = b"\x1f\x8b"
_UTF8_BOM = b"\xef\xbb\xbf"

# First bytes -> reason, and what a person calls the format. UTF-32 stands before UTF-16: its mark begins with that one.
_FOREIGN_FORMATS = (
    (b"\xff\xfe\x00\x00", "utf-32", "UTF-32 text: write UTF-8"),
    (b"\x00\x00\xfe\xff", "utf-32", "UTF-32 text: write UTF-8"),
    (b"\xff\xfe", "utf-16", "UTF-16 text: write UTF-8"),
    (b"\xfe\xff", "utf-16", "UTF-16 text: write UTF-8"),
    (b"\x28\xb5\x2f\xfd", "zstandard", "Zstandard compression: use gzip or none"),
    (b"\x04\x22\x4d\x18", "lz4", "LZ4 compression: use gzip or none"),
    (b"\xff\x06\x00\x00sNaPpY", "snappy", "Snappy compression: use gzip or none"),
    (b"BZh", "bzip2", "bzip2 compression: use gzip or none"),
    (b"\x78\x01", "zlib", "zlib compression: use gzip or none"),
    (b"\x78\x9c", "zlib", "zlib compression: use gzip or none"),
    (b"\x78\xda", "zlib", "zlib compression: use gzip or none"),
    (b"PK\x03\x04", "zip", "a zip archive: use gzip or none"),
    (b"Obj\x01", "avro", "an Avro container: write JSON"),
    (b"PAR1", "parquet", "a Parquet file: write JSON"),
    (b"\xd9\xd9\xf7", "cbor", "CBOR: write JSON"),
    (b"<", "markup", "XML or HTML: write JSON"),
)

_SPACE = re.compile(r"[ \t\r\n]*")
# `{"` and `{ `, `[` or gzip's first bytes in base64, with or without quotation marks.
_BASE64_OBJECT = re.compile(rb'"?(eyJ|eyA|ewo|W3s|H4sI)[A-Za-z0-9+/=\r\n]+"?\s*$')

Document = Any | ValidationError
"""A parsed JSON value, or why the place where one should be holds none."""


def find_documents(data: bytes) -> list[Document]:
    """Return every JSON document of a record in its order; what cannot be read stands as its error.

    The list is never empty. The elements of an array are documents of their own. Reasons of the errors: `empty`,
    `too-large`, `too-deep`, `not-json`, `not-utf-8`, `kpl-corrupt`, `gzip-corrupt`, or the name of a foreign format.
    """
    try:
        parts = [document for part in _user_records(_without_gzip(data)) for document in _parse(part)]
    except ValidationError as error:
        return [error]
    return parts or [_error("empty", "must not be empty")]


def _error(reason: str, message: str) -> ValidationError:
    return ValidationError([FieldError("data", message)], reason)


def _without_gzip(data: bytes) -> bytes:
    if not data.startswith(_GZIP_MAGIC):
        return data
    unpacked = b""
    while data:  # a gzip file may have several members
        inflate = zlib.decompressobj(wbits=31)
        try:
            unpacked += inflate.decompress(data, MAX_UNPACKED_BYTES + 1 - len(unpacked))
        except zlib.error:
            raise _error("gzip-corrupt", "begins as gzip, but cannot be unpacked") from None
        if len(unpacked) > MAX_UNPACKED_BYTES:
            raise _error("too-large", f"must unpack to at most {MAX_UNPACKED_BYTES} bytes (gzip)")
        if not inflate.eof:
            raise _error("gzip-corrupt", "is gzip that ends too early")
        data = inflate.unused_data
    return unpacked


def _user_records(data: bytes) -> list[bytes]:
    """Return the user records of a KPL aggregate, or the data itself."""
    if not data.startswith(_KPL_MAGIC):
        return [data]
    body, digest = data[len(_KPL_MAGIC) : -_MD5_BYTES], data[-_MD5_BYTES:]
    if hashlib.md5(body, usedforsecurity=False).digest() != digest:
        raise _error("kpl-corrupt", "begins as a KPL aggregate, but its checksum is wrong")
    try:
        records = [value for number, value in _protobuf_fields(body) if number == 3]
        return [_without_gzip(_kpl_data(record)) for record in records]
    except (IndexError, TypeError, ValueError) as error:
        if isinstance(error, ValidationError):
            raise
        raise _error("kpl-corrupt", "begins as a KPL aggregate, but cannot be unpacked") from None


def _kpl_data(record: Any) -> bytes:
    return next(bytes(value) for number, value in _protobuf_fields(record) if number == 3)


def _protobuf_fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Yield (field number, value) of a Protocol Buffers message; values are integers or bytes.

    Raises ValueError for a wire type that the aggregation format does not use, IndexError for a message cut short.
    """
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        number, wire_type = key >> 3, key & 7
        value, place = _varint(message, place)
        if wire_type == 2:
            end = place + value
            if end > len(message):
                raise IndexError(end)
            yield number, message[place:end]
            place = end
        elif wire_type == 0:
            yield number, value
        else:
            raise ValueError(wire_type)


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


def _parse(data: bytes) -> Iterator[Document]:
    """Yield the documents of one text."""
    data = data.removeprefix(_UTF8_BOM).strip()
    if not data:
        return
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        yield _foreign(data) or _error("not-utf-8", "must be UTF-8")
        return
    place = 0
    while place < len(text):
        place, found = _next_document(text, place)
        yield from found if isinstance(found, list) else [found]
        place = _skip_space(text, place)


def _next_document(text: str, place: int) -> tuple[int, Document | list[Document]]:
    """Return where the document at `place` ends, and it; the documents of an array as a list."""
    try:
        document, end = _DECODER.raw_decode(text, place)
    except RecursionError:
        return len(text), _error("too-deep", "is nested too deeply")
    except ValueError:
        # Of JSON lines, a broken one must not take the others with it. The lines of a broken document that is printed
        # over several lines are no documents: they do not begin with a brace.
        end = text.find("\n{", place)
        end = len(text) if end < 0 else end
        return end, _foreign(text[place:].encode()) or _error("not-json", "must be JSON (without NaN or Infinity)")
    if isinstance(document, list):
        return end, [_limited(one, json.dumps(one)) for one in document] or _error("empty", "must not be empty")
    return end, _limited(document, text[place:end])


def _limited(document: Any, text: str) -> Document:
    # Characters are at most bytes, so the exact count is needed only for long texts.
    if len(text) > MAX_EVENT_BYTES // 4 and len(text.encode("utf-8", "surrogatepass")) > MAX_EVENT_BYTES:
        return _error("too-large", f"must be of at most {MAX_EVENT_BYTES} bytes")
    return document


def _skip_space(text: str, place: int) -> int:
    return _SPACE.match(text, place).end()  # type: ignore[union-attr]  # matches the empty text, too


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _foreign(data: bytes) -> ValidationError | None:
    """Name the format of data that is no JSON text, if it is a known one."""
    for magic, reason, name in _FOREIGN_FORMATS:
        if data.startswith(magic):
            return _error(reason, f"is {name}")
    if b"\x00" in data[:4]:
        return _error("utf-16", "is UTF-16 or UTF-32 text, or binary: write UTF-8")
    return _error("base64", "is base64 text: put the JSON itself") if _BASE64_OBJECT.match(data) else None
