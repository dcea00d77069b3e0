"""Undo the encodings in which an event may hide: compression, base64, other character sets, escapes, KPL aggregates."""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from urllib.parse import unquote_plus, unquote_to_bytes

from animal_recommender.record_formats import MAX_UNPACKED_BYTES, user_records
from animal_recommender.validation import ValidationError

AGGREGATED = b"\xf3\x89\x9a\xc2"
COMPRESSED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")  # gzip, and zlib at its levels
_UTF_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),  # before UTF-16, whose mark it begins with
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Without a mark, ASCII characters show where the zeros are.
_ZEROS = (
    (re.compile(rb"[^\0]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[^\0]"), "utf-32-be"),
    (re.compile(rb"[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\0[^\0]"), "utf-16-be"),
)
_BASE64 = re.compile(rb'"?[A-Za-z0-9+/_\-\s]{8,}={0,2}\s*"?')
_HEX = re.compile(rb'"?(?:[0-9A-Fa-f]{2}){8,}"?')
_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_MAX_TOKENS = 64
_MAX_FORMS = 50
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_PERCENT = re.compile("%[0-9A-Fa-f]{2}")
_ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|["\\/])')


def undo_binary(data: bytes) -> list[bytes]:
    """Return what a layer of compression, aggregation or a character set contains; nothing without such a layer."""
    if data.startswith(COMPRESSED) and (unpacked := _unpack(data)):
        return [unpacked]
    if data.startswith(AGGREGATED):
        return _user_records(data)
    return [text.encode("utf-8", "replace")] if (text := _other_character_set(data)) is not None else []


def is_aggregate(data: bytes) -> bool:
    """Return whether data is a whole KPL aggregate."""
    return bool(_user_records(data))


def undo_whole_text(data: bytes) -> list[bytes]:
    """Return what base64 or hexadecimal digits stand for; nothing if the text as a whole is neither."""
    stripped = data.strip()
    digits = stripped.strip(b'"')
    if _HEX.fullmatch(stripped):
        return [bytes.fromhex(digits.decode("ascii")), *_base64(digits)]
    return _base64(digits) if _BASE64.fullmatch(stripped) else []


def undo_escapes(text: str) -> Iterator[str]:
    """Yield the text without percent-encoding and without backslashes, if it has any."""
    if _PERCENT.search(text):
        yield unquote_plus(_percent_text(text))
    if _ESCAPE.search(text):
        yield unescape(text)


def unescape(text: str) -> str:
    r"""Return a text without JSON's escapes, also if it is no whole JSON string: `Jos\u00e9` → `José`."""
    plain = _ESCAPE.sub(lambda found: chr(int(found[1][1:], 16)) if found[1][0] == "u" else found[1], text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # joins halves of a character


def every_form(data: bytes) -> Iterator[str]:
    """Yield every text that data may stand for, the data itself first; a limited number."""
    waiting = [data]
    for _ in range(_MAX_FORMS):
        if not waiting:
            return
        one = waiting.pop(0)
        text = one.decode("utf-8", "replace")
        yield text
        if inner := undo_binary(one):
            waiting += inner
        elif not is_garbage(text):
            escapes = [form.encode("utf-8", "replace") for form in undo_escapes(text)]
            waiting += [*undo_whole_text(one), *escapes, *find_tokens(text)]


def is_garbage(text: str) -> bool:
    """Return whether a text is none: it has control characters, as bytes have that were decoded without being text."""
    return bool(_CONTROL.search(text))


def find_tokens(text: str) -> Iterator[bytes]:
    """Yield what the base64 words of a text stand for."""
    for number, found in enumerate(_TOKEN.finditer(text)):
        if number == _MAX_TOKENS:
            return
        yield from _base64(found[0].encode("ascii"))


def _percent_text(text: str) -> str:
    """Return a text whose percent-encoding is UTF-8, also if it was another character set."""
    try:
        unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return unquote_to_bytes(text).decode("cp1252", "replace")
    return text


def _user_records(data: bytes) -> list[bytes]:
    try:
        return user_records(data)
    except ValidationError:
        return []


def _unpack(data: bytes) -> bytes:
    """Return what gzip or zlib unpacks: every member, and the beginning of one that is cut off."""
    unpacked = b""
    while data.startswith(COMPRESSED) and len(unpacked) < MAX_UNPACKED_BYTES:
        inflate = zlib.decompressobj(wbits=47)  # 47: gzip or zlib
        try:
            unpacked += inflate.decompress(data, MAX_UNPACKED_BYTES - len(unpacked))
        except zlib.error:
            break
        data = inflate.unused_data
    return unpacked


def _other_character_set(data: bytes) -> str | None:
    for mark, name in _UTF_MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    if b"\0" in data:
        name = next((name for zeros, name in _ZEROS if zeros.match(data)), "")
        return data.decode(name, "replace") if name else None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # Latin-1 with its letters at the same places
    return None


def _base64(digits: bytes) -> list[bytes]:
    standard = b"".join(digits.split()).rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return [base64.b64decode(standard + b"=" * (-len(standard) % 4), validate=True)]
    except binascii.Error:
        return []
