"""The visitor to be forgotten, and which lines of a file are about them."""

import base64
import binascii
import csv
import io
import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from animal_recommender.validation import as_text

Person = tuple[str | None, str | None]  # the user id and the session id of an event


class Subject:
    """One user and their sessions. Events of such a session that name no user are theirs too.

    `sessions` grows when a line shows another one, so files that were read before may have to be read again.
    Thread-safe.
    """

    def __init__(self, user: str, sessions: Iterable[str] = ()) -> None:
        self.user, self.sessions = user, frozenset(sessions)
        self._lock = threading.Lock()

    def add_sessions(self, sessions: Iterable[str]) -> None:
        """Add sessions of the user."""
        with self._lock:
            self.sessions |= frozenset(sessions)

    def owns(self, line: bytes) -> bool:
        """Return whether a line of raw events is about the user. A line that is no event is if it has the id as a word.

        New sessions of the user that the line shows are added.
        """
        people = list(_people(line))
        if not people:
            return self.is_mentioned(line)
        mine = [session for user, session in people if user == self.user]
        if not self.sessions.issuperset(filter(None, mine)):
            self.add_sessions(filter(None, mine))
        return bool(mine) or any(user is None and session in self.sessions for user, session in people)

    def is_mentioned(self, text: bytes) -> bool:
        """Return whether the id of the user or of a session is a word of the text, also inside Firehose's base64."""
        words = "|".join(re.escape(word) for word in (self.user, *self.sessions))
        pattern = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")
        return any(pattern.search(part.decode("utf-8", errors="replace")) for part in (text, _decode_raw_data(text)))

    def without_lines(self, text: bytes) -> bytes:
        """Return a file of raw events without the user's lines."""
        return b"".join(line for line in text.splitlines(keepends=True) if not self.owns(line))

    def without_rows(self, text: bytes) -> bytes:
        """Return a CSV file without the rows whose USER_ID is the user or a session."""
        rows = list(csv.reader(io.StringIO(text.decode("utf-8"), newline="")))
        if not rows or "USER_ID" not in rows[0]:
            return text
        column, ids = rows[0].index("USER_ID"), {self.user, *self.sessions}
        kept = [row for row in rows if len(row) <= column or row[column] not in ids]
        if len(kept) == len(rows):
            return text
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerows(kept)
        return out.getvalue().encode("utf-8")

    def without_answers(self, text: bytes) -> bytes | None:
        """Return a query's answer, or None if it names the user: a part of an answer would be wrong."""
        return None if self.is_mentioned(text) else text


def _people(line: bytes) -> Iterator[Person]:
    """Yield the people of every event in a line: a bare event, one in an envelope, or in Firehose's error record."""
    waiting: list[Any] = [line]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str | bytes):
            one = _parse(one)
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, Mapping):
            if "userId" in one or "sessionId" in one:
                yield as_text(one.get("userId")), as_text(one.get("sessionId"))
            waiting += [one[name] for name in ("Data",) if name in one]
            waiting += [_decode(one[name]) for name in ("rawData",) if name in one]


def _parse(text: str | bytes) -> Any:
    """Return the JSON document of a text; None if it is none, or only a string."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return None if isinstance(document, str) else document


def _decode_raw_data(line: bytes) -> bytes:
    """Return the bytes that Firehose's error record has, or none if the line is no such record."""
    document = _parse(line)
    return _decode(document.get("rawData")) if isinstance(document, Mapping) else b""


def _decode(raw: Any) -> bytes:
    try:
        return base64.b64decode(raw) if isinstance(raw, str) else b""
    except binascii.Error:
        return b""
