"""Records that the Kinesis Producer Library (KPL) aggregated.

Format: https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
"""

import hashlib
from collections.abc import Iterator

_MAGIC = b"\xf3\x89\x9a\xc2"
_DIGEST_BYTES = 16
_VARINT, _BYTES = 0, 2  # wire types of Protocol Buffers
_RECORDS = _DATA = 3  # field numbers of AggregatedRecord.records and Record.data


def find_user_records(data: bytes) -> list[bytes]:
    """Return the data of each user record in an aggregate; a list of `data` itself if it is none, or a broken one."""
    body, digest = data[len(_MAGIC) : -_DIGEST_BYTES], data[-_DIGEST_BYTES:]
    if not data.startswith(_MAGIC) or hashlib.md5(body, usedforsecurity=False).digest() != digest:
        return [data]
    try:
        records = [value for number, value in _fields(body) if number == _RECORDS]
        return [next(value for number, value in _fields(record) if number == _DATA) for record in records]
    except (IndexError, StopIteration, ValueError):
        return [data]


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (number, value) of each field of bytes.

    Raises:
        IndexError: the message is cut off.
        ValueError: a field has another wire type than the format uses.
    """
    place = 0
    while place < len(message):
        key, place = _read_varint(message, place)
        value, place = _read_varint(message, place)
        if key & 7 == _BYTES:
            if place + value > len(message):
                raise IndexError(value)
            yield key >> 3, message[place : place + value]
            place += value
        elif key & 7 != _VARINT:
            raise ValueError(key)


def _read_varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place
