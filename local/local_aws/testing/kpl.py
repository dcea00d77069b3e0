"""Records as the Kinesis Producer Library (KPL) aggregates them."""

import hashlib


def aggregate(*records: bytes) -> bytes:
    """Return one record that holds others."""
    return frame(b"".join([_field(1, b"key"), *(_field(3, b"\x08\x00" + _field(3, data)) for data in records)]))


def frame(body: bytes) -> bytes:
    """Return a body with the mark and the checksum of an aggregate."""
    return b"\xf3\x89\x9a\xc2" + body + hashlib.md5(body, usedforsecurity=False).digest()


def _field(number: int, data: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    digits = b""
    while number > 0x7F:
        digits, number = digits + bytes([number & 0x7F | 0x80]), number >> 7
    return digits + bytes([number])
