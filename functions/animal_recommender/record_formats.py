"""Find the JSON documents in one Kinesis record, in every form in which producers write them.

A record holds one event, or several: JSON documents one after the other (lines, pretty-printed, with commas between
them, or a JSON text sequence of RFC 7464), a JSON array, or records that the Kinesis Producer Library (KPL) or Fluent
Bit aggregated. Each of these may be compressed with gzip, and each document may begin with a UTF-8 byte order mark.
Everything else is refused by a reason that names the format.

KPL aggregation: https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
"""

import binascii
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

from animal_recommender.validation import FieldError, ValidationError

# One event takes some 300 bytes. An event of this size still fits a dead-letter message whole.
MAX_EVENT_BYTES = 131_072
# A Kinesis record has at most 10 MiB. What gzip unpacks beyond this is no record of ours, but an attack or a mistake.
MAX_UNPACKED_BYTES = 16 * 1024 * 1024
# An aggregate of the KPL has at most 1 MiB, some 4,000 events. A record of 10 MiB could hold millions of empty objects:
# more than the function has memory and time for, so that the record would block its shard.
MAX_EVENTS = 10_000
_MAX_CONTAINERS = 1_000_000  # objects and arrays

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
    (b"\xfd7zXZ\x00", "xz", "xz compression: use gzip or none"),
    (b"\x78\x01", "zlib", "zlib compression: use gzip or none"),
    (b"\x78\x5e", "zlib", "zlib compression: use gzip or none"),
    (b"\x78\x9c", "zlib", "zlib compression: use gzip or none"),
    (b"\x78\xda", "zlib", "zlib compression: use gzip or none"),
    (b"PK\x03\x04", "zip", "a zip archive: use gzip or none"),
    (b"Obj\x01", "avro", "an Avro container: write JSON"),
    (b"PAR1", "parquet", "a Parquet file: write JSON"),
    (b"\xd9\xd9\xf7", "cbor", "CBOR: write JSON"),
    (b"<", "markup", "XML or HTML: write JSON"),
)

# What may stand between documents: white space, the record separator of RFC 7464, and a byte order mark in each line.
_SPACE = re.compile(r"[ \t\r\n\x1e\ufeff]*")
_COMMA = re.compile(r"[ \t\r\n]*,[ \t\r\n]*(?=[{\[]|\Z)")
# Where the next document may begin after a broken one.
_NEXT = re.compile(r"(\n[\x1e\ufeff]*|\x1e)\{")

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{8,}(=.*)?", re.DOTALL)
_BASE64_LAYERS = 3
_JSON_OR_GZIP = re.compile(rb'(\xef\xbb\xbf)?\s*[\[{][\s"\[\]{}]|\x1f\x8b\x08')
_FORM = re.compile(rb"[\w.%+\[\]-]+=([^&=\s]+|(?=&))(&[\w.%+\[\]-]+=[^&=\s]*)*|(?i:%7b|%5b)\S*")
_MSGPACK_MAP = re.compile(rb"([\x81-\x8f]|\xde..)[\xa1-\xbf][A-Za-z_]", re.DOTALL)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")

Document = Any | ValidationError
"""A parsed JSON value, or why the place where one should be holds none."""


def find_documents(data: bytes) -> list[Document]:
    """Return every JSON document of a record in its order; what cannot be read stands as its error.

    The list is never empty. The elements of an array are documents of their own. Reasons of the errors: `empty`,
    `too-large`, `too-many`, `too-deep`, `not-json`, `not-utf-8`, `nul-byte`, `kpl-corrupt`, `gzip-corrupt`, or the name
    of a foreign format.
    """
    try:
        found = (document for part in user_records(_without_gzip(data)) for document in _parse(part))
        parts = list(islice(found, MAX_EVENTS + 1))
    except ValidationError as error:
        return [error]
    if len(parts) > MAX_EVENTS:
        return [_too_many()]
    return parts or [_error("empty", "must not be empty")]


def _error(reason: str, message: str) -> ValidationError:
    return ValidationError([FieldError("data", message)], reason)


def _too_many() -> ValidationError:
    return _error("too-many", f"must have at most {MAX_EVENTS} events in a record")


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
    if unpacked.startswith(_GZIP_MAGIC):
        raise _error("gzip-in-gzip", "is gzip inside gzip: compress it once")
    return unpacked


def user_records(data: bytes) -> list[bytes]:
    """Return the user records of a KPL aggregate, or the data itself.

    Raises:
        ValidationError: It begins as an aggregate and is none.
    """
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
    if data.count(b"{") + data.count(b"[") > _MAX_CONTAINERS:
        yield _too_many()
        return
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        yield _foreign(data) or _error("not-utf-8", f"must be UTF-8, but is {_unreadable(data)}")
        return
    place = _SPACE.match(text).end()  # type: ignore[union-attr]  # matches the empty text, too
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
        following = _NEXT.search(text, place)
        end = following.start() if following else len(text)
        return end, _foreign(text[place:end].encode()) or _error("not-json", _not_json(text[place]))
    if isinstance(document, list):
        if len(document) > MAX_EVENTS:
            return end, _too_many()
        return end, [_limited(one, json.dumps(one)) for one in document] or _error("empty", "must not be empty")
    return end, _limited(document, text[place:end])


def _limited(document: Any, text: str) -> Document:
    # Characters are at most bytes, so the exact count is needed only for long texts.
    if len(text) > MAX_EVENT_BYTES // 4 and len(text.encode("utf-8", "surrogatepass")) > MAX_EVENT_BYTES:
        return _error("too-large", f"must be of at most {MAX_EVENT_BYTES} bytes")
    return document


def _skip_space(text: str, place: int) -> int:
    """Return where the next document begins: after white space, and after one comma if a document follows it."""
    comma = _COMMA.match(text, place)
    return _SPACE.match(text, comma.end() if comma else place).end()  # type: ignore[union-attr]


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _foreign(data: bytes) -> ValidationError | None:
    """Name the format of data that is no JSON text, if it is a known one."""
    for magic, reason, name in _FOREIGN_FORMATS:
        if data.startswith(magic):
            return _error(reason, f"is {name}")
    if _has_wide_characters(data):
        return _error("utf-16", "is UTF-16 or UTF-32 text: write UTF-8")
    if data.startswith(b"\x00"):
        return _error("nul-byte", "has a NUL byte before or after the event: put only the JSON itself")
    if _MSGPACK_MAP.match(data):
        return _error("msgpack", "is MessagePack: write JSON")
    if _is_base64(data):
        return _error("base64", "is base64 text: put the JSON itself")
    is_form = _FORM.fullmatch(data.strip())
    return _error("url-encoded", "is URL-encoded text, as of a form: put the JSON itself") if is_form else None


def _has_wide_characters(data: bytes) -> bool:
    """Return whether JSON's first characters, which are ASCII, have two or four bytes each."""
    start = data[:4]
    return len(start) == 4 and start[1::2] != start[::2] and b"\x00\x00" in (start[::2], start[1::2])


def _is_base64(data: bytes, layers: int = _BASE64_LAYERS) -> bool:
    """Return whether data is JSON or gzip in base64, which may be encoded several times; its beginning tells."""
    start = b"".join(data[:400].strip(b'" ').split())
    if not layers or not _BASE64.fullmatch(start):
        return False
    start = start.partition(b"=")[0].translate(bytes.maketrans(b"-_", b"+/"))
    plain = binascii.a2b_base64(start[: len(start) // 4 * 4])
    return bool(_JSON_OR_GZIP.match(plain)) or _is_base64(plain, layers - 1)


def _unreadable(data: bytes) -> str:
    binary = _CONTROL.search(data[:400])
    return "binary of an unknown format" if binary else "in another encoding, such as Latin-1, or binary"


def _not_json(first: str) -> str:
    """Return what is wrong with a text that begins with this character."""
    if first == ",":
        return "must be JSON; it has a comma between documents that nothing but a document may follow"
    if first in '{["':
        return "must be JSON (without NaN or Infinity); it begins as JSON, but has an error further on"
    return "must be JSON (without NaN or Infinity); it is other text, such as CSV, YAML or a line of a log"
