"""What the bytes of a record hold: events and texts, and whom each of them names.

A record may hold events of several people. Each is an entry of its own, so that one person's can be taken away.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from animal_recommender.timestamps import format_time, parse_time
from animal_recommender.validation import as_text, is_placeholder
from scripts.operate.forget_user.encodings import (
    find_tokens,
    is_garbage,
    undo_binary,
    undo_escapes,
    undo_whole_text,
    unescape,
)

_MAX_DEPTH = 32  # levels of a document
_MOST_LOOKS, _MOST_BYTES = 300, 32 * 1024 * 1024  # for one record: texts that may hide others, and their size
_MAX_DOCUMENTS = 10_000  # places of a broken text at which a document is looked for
_USER_NAMES, _SESSION_NAMES = {"userid", "user"}, {"sessionid", "session"}
_USER_IDS, _SESSION_IDS = ("id", "userId", "user_id"), ("id", "sessionId", "session_id")
# A UUID, or a text that is too short for an event in base64.
_HIDES_NOTHING = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?s:.{0,15})")

_VALUE = r"""["'\\]*\s*(?:[:=]|=>|>)+\s*(?:"(?P<quoted>(?:\\.|[^"\\])*)|["'\\]*(?P<bare>[^"'\\,;&<>\s{}\[\]]+))"""
_EXACT_USER = re.compile(rf"(?<![A-Za-z0-9_])userId{_VALUE}")
_ANY_USER = re.compile(
    rf"""(?i)(?<![a-z0-9])(?:user[\s_.\-]?(?:id)?|user["']?\s*[:=]\s*\{{\s*["']?(?:user_?)?id){_VALUE}"""
)
_ANY_SESSION = re.compile(rf"(?i)(?<![a-z0-9])session[\s_.\-]?(?:id)?{_VALUE}")
_ANY_TIME = re.compile(rf"(?<![A-Za-z0-9_])timestamp{_VALUE}")


@dataclass(frozen=True)
class Entry:
    """An event, or a text that is none.

    `content` is the JSON document, or the text. `users` are those that it names, `session` is its session, `time` its
    own time (in the form of `format_time`).
    """

    content: Any
    users: frozenset[str] = frozenset()
    session: str | None = None
    time: str | None = None

    @property
    def names_somebody(self) -> bool:
        """Whether it names a user or a session."""
        return bool(self.users or self.session)

    @property
    def is_document(self) -> bool:
        """Whether it is JSON."""
        return not isinstance(self.content, str)

    def as_bytes(self) -> bytes:
        """Return the entry as one line without its newline; a text as it is."""
        return self.content.encode() if isinstance(self.content, str) else dump(self.content)


def dump(document: Any) -> bytes:
    """Return a document as compact JSON."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def read_entries(data: bytes) -> list[Entry]:
    """Return the entries of a record, however it is encoded. Data that hides nothing is one text."""
    return _Reader(len(data)).read(data)


class _Reader:
    """Reads one record of `size` bytes, with a limit: a record may be made so that it unpacks endlessly."""

    def __init__(self, size: int) -> None:
        self._looks = _MOST_LOOKS
        self._bytes = _MOST_BYTES + 8 * size

    def read(self, data: bytes) -> list[Entry]:
        """Return the entries of data, however it is encoded."""
        self._looks -= 1
        self._bytes -= len(data)
        if not data.strip() or self._looks < 0 or self._bytes < 0:
            return []
        if (event := _plain_event(data)) is not None:
            return [self._read_event(event)]
        if inner := undo_binary(data):
            return [entry for part in inner for entry in self.read(part)]
        # Base64 may be an ordinary word: what it stands for counts if it names somebody.
        guessed = [entry for part in undo_whole_text(data) for entry in self.read(part)]
        return guessed if _is_worth(guessed) else self._read_text(data.decode("utf-8", "replace"))

    def _read_text(self, text: str) -> list[Entry]:
        entries = [entry for part in _split(text) for entry in self._read_part(part)]
        if _has_document(entries) or is_garbage(text):
            return entries
        hidden = (form.encode("utf-8", "replace") for form in undo_escapes(text))
        readings = [entries, *(self.read(part) for part in (*hidden, *find_tokens(text)))]
        return next(filter(_has_document, readings), None) or next(filter(_is_worth, readings), entries)

    def _read_part(self, part: Any) -> list[Entry]:
        if isinstance(part, _JsonString):
            return self.read(part.encode("utf-8", "replace"))
        if isinstance(part, str):
            return self._read_broken(part)
        if isinstance(part, list):
            return [entry for one in part for entry in self._read_part(_as_document(one))]
        return [self._read_event(part) if isinstance(part, Mapping) else Entry(part)]

    def _read_broken(self, text: str) -> list[Entry]:
        """Return a text that is no JSON as one entry; if it names several people, the events inside it."""
        users = _labelled(_EXACT_USER, text) or _labelled(_ANY_USER, text)
        if len(users) != 1:
            inside = [entry for one in _find_documents(text) for entry in self._read_part(one) if entry.names_somebody]
            if inside:
                return inside
        session = next(iter(_labelled(_ANY_SESSION, text)), None)
        time = _time(next(iter(_labelled(_ANY_TIME, text)), None))
        return [Entry(text, frozenset(users[:1]), session, time)]

    def _read_event(self, document: Mapping[str, Any]) -> Entry:
        event, inner = document, None
        if "Data" in document and "eventType" not in document:
            inner = self._read_envelope(document["Data"])
            event = inner.content if inner and isinstance(inner.content, Mapping) else document
        users, session = _ids(event.get("userId"), _USER_IDS), as_text(event.get("sessionId"))
        if not users or not session:
            found = _Names(self.read)
            found.look_at(document, 0)
            users, session = users or found.users, session or next(iter(sorted(found.sessions)), None)
        time = _time(event.get("timestamp")) or (inner.time if inner else None)
        return Entry(document, frozenset(users), session, time)

    def _read_envelope(self, data: Any) -> Entry | None:
        """Return the event in an envelope: an object, or a text of one."""
        if isinstance(data, Mapping):
            return self._read_event(data)
        entries = self.read(data.encode("utf-8", "replace")) if isinstance(data, str) else []
        return next(filter(_names_somebody, entries), None)


def _plain_event(data: bytes) -> Mapping[str, Any] | None:
    """Return the JSON object that data is, as nearly every line of raw events; None for anything else."""
    try:
        document = json.loads(data) if data.startswith(b"{") else None
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, Mapping) else None


def _names_somebody(entry: Entry) -> bool:
    return entry.names_somebody


def _is_worth(entries: list[Entry]) -> bool:
    """Return whether a guess led to something that names somebody."""
    return any(map(_names_somebody, entries))


def _has_document(entries: list[Entry]) -> bool:
    return any(entry.names_somebody and entry.is_document for entry in entries)


def _split(text: str) -> Iterator[Any]:
    """Yield the JSON documents of a text one after the other, and the texts between them, to the next line's `{`."""
    place = _skip_space(text, 0)
    while place < len(text):
        try:
            document, place = _DECODER.raw_decode(text, place)
            yield document if not isinstance(document, str) else _JsonString(document)
        except (ValueError, RecursionError):
            end = text.find("\n{", place)
            end = len(text) if end < 0 else end
            yield text[place:end]
            place = end
        place = _skip_space(text, place)


class _JsonString(str):
    """A document that is a string, not a broken text."""


def _as_document(value: Any) -> Any:
    return _JsonString(value) if isinstance(value, str) else value


def _labelled(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return the different values behind a name in a text that is no JSON, in their order."""
    values = (
        unquote_plus(found["bare"]) if found["bare"] else unescape(found["quoted"] or "")
        for found in pattern.finditer(text)
    )
    return list(dict.fromkeys(value for value in values if value and not is_placeholder(value)))


def _find_documents(text: str) -> Iterator[Any]:
    """Yield the JSON objects that stand somewhere in a text."""
    place = text.find("{")
    for _ in range(_MAX_DOCUMENTS):
        if place < 0:
            return
        try:
            document, end = _DECODER.raw_decode(text, place)
            yield document
        except (ValueError, RecursionError):
            end = place + 1
        place = text.find("{", end)


class _Names:
    """The users and sessions that a document names at any depth, in any spelling of `userId`, also in encoded texts."""

    def __init__(self, read: Callable[[bytes], list[Entry]]) -> None:
        self._read = read
        self.users: set[str] = set()
        self.sessions: set[str] = set()

    def look_at(self, value: Any, depth: int) -> None:
        """Collect what a value of a document names."""
        if depth > _MAX_DEPTH:
            return
        if isinstance(value, Mapping):
            for name, inner in value.items():
                self._look_at_field(re.sub(r"[\W_]", "", str(name)).lower(), inner, depth + 1)
        elif isinstance(value, list):
            for inner in value:
                self.look_at(inner, depth + 1)
        elif isinstance(value, str) and not _HIDES_NOTHING.fullmatch(value):
            self._look_inside(value)

    def _look_at_field(self, name: str, value: Any, depth: int) -> None:
        if name in _USER_NAMES:
            self.users |= _ids(value, _USER_IDS)
        elif name in _SESSION_NAMES:
            self.sessions |= _ids(value, _SESSION_IDS)
        else:
            self.look_at(value, depth)

    def _look_inside(self, value: str) -> None:
        for entry in self._read(value.encode("utf-8", "replace")):
            self.users |= entry.users
            self.sessions |= {entry.session} if entry.session else set()


def _ids(value: Any, names: Sequence[str]) -> set[str]:
    """Return the ids in the value of a field: a text, a number, a list of these, or an object with one of `names`."""
    if isinstance(value, Mapping):
        return {one for name in names for one in _ids(value.get(name), ())}
    if isinstance(value, list):
        return {one for inner in value if not isinstance(inner, list) for one in _ids(inner, names)}
    text = None if is_placeholder(value) else as_text(value)
    return {text} if text else set()


def _time(value: Any) -> str | None:
    seconds = parse_time(value)
    try:
        return None if seconds is None else format_time(seconds)
    except (ValueError, OverflowError, OSError):
        return None


def _skip_space(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n\ufeff":
        place += 1
    return place


_DECODER = json.JSONDecoder()
