"""The interactions of a dataset group as columns, with an index of the rows of each user and session by time."""

import json
import sys
import threading
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from local_aws.recommender import Event

BULK, PUT = 0, 1
"""How a row was ingested: imported, or one by one."""


@dataclass(frozen=True)
class StreamedEvent:
    """One event of PutEvents. `user_id` is None for an anonymous visitor. `extra` holds the columns for the export."""

    user_id: str | None
    session_id: str
    event_id: str
    timestamp: float
    event_type: str
    item_id: str | None = None
    event_value: float | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass
class Columns:
    """Interactions as columns of equal length. `times` are in epoch seconds, `extras` JSON objects.

    Equal texts are one object, and a JSON text takes half the memory of a dict: an event takes 340 bytes.
    """

    users: list[str | None] = field(default_factory=list)
    items: list[str | None] = field(default_factory=list)
    times: "array[float]" = field(default_factory=lambda: array("d"))
    types: list[str | None] = field(default_factory=list)
    values: list[float | None] = field(default_factory=list)
    sessions: list[str | None] = field(default_factory=list)
    event_ids: list[str | None] = field(default_factory=list)
    origins: bytearray = field(default_factory=bytearray)
    extras: list[bytes | None] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.users)

    def all(self) -> tuple[Any, ...]:
        """Return every column."""
        return (
            *(self.users, self.items, self.times, self.types, self.values),
            *(self.sessions, self.event_ids, self.origins, self.extras),
        )

    def append(self, event: StreamedEvent, user: str | None) -> None:
        """Add a row with an event of a user."""
        texts = (_intern(text) for text in (user, event.item_id, event.event_type, event.session_id))
        user, item, event_type, session = texts
        row = (user, item, event.timestamp, event_type, event.event_value, session, event.event_id, PUT)
        for column, value in zip(self.all(), (*row, _pack(event.extra)), strict=True):
            column.append(value)

    def extra(self, row: int) -> dict[str, Any]:
        """Return the columns of a row that only the export has."""
        packed = self.extras[row]
        return json.loads(packed) if packed else {}

    def impression(self, row: int) -> list[str]:
        """Return the items that were shown with a row."""
        if b'"IMPRESSION"' not in (self.extras[row] or b""):
            return []
        shown = self.extra(row)["IMPRESSION"]
        return shown.split("|") if shown else []

    def extend(self, other: "Columns") -> None:
        """Add all rows of `other`."""
        for column, added in zip(self.all(), other.all(), strict=True):
            column.extend(added)

    def select(self, rows: Iterable[int]) -> "Columns":
        """Return a copy with only these rows."""
        copy, selected = Columns(), list(rows)
        for column, source in zip(copy.all(), self.all(), strict=True):
            column.extend(source[row] for row in selected)
        return copy


class InteractionLog:
    """Interactions with histories sorted by time, newest last. An event with a known id is ignored. Thread safe.

    `impressions` counts how often each item was shown.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._replace_columns(Columns())
        self.duplicates = 0

    def __len__(self) -> int:
        return len(self._columns)

    def columns(self) -> Columns:
        """Return a copy of all interactions."""
        with self._lock:
            return Columns(*(column[:] for column in self._columns.all()))

    def newest(self) -> float | None:
        """Return the time of the newest interaction in epoch seconds, or None without interactions."""
        return self._newest

    def item_count(self) -> int:
        """Return the number of items with an interaction."""
        return len(self._items)

    def item_ids(self) -> frozenset[str]:
        """Return every item with an interaction."""
        with self._lock:
            return frozenset(self._items)

    def user_ids(self) -> frozenset[str]:
        """Return every user with an interaction."""
        with self._lock:
            return frozenset(self._user_rows)

    def types_of_users(self) -> set[tuple[str, str | None]]:
        """Return each user with each of the user's event types."""
        with self._lock:
            pairs = zip(self._columns.users, self._columns.types, strict=True)
            return {(user, event_type) for user, event_type in pairs if user is not None}

    def import_bulk(self, bulk: Columns, *, replace: bool) -> None:
        """Add imported rows. With `replace` they replace those imported before; streamed rows stay."""
        with self._lock:
            columns = self._columns
            if replace:
                columns = columns.select(row for row, origin in enumerate(columns.origins) if origin == PUT)
            columns.extend(bulk)
            self._replace_columns(columns)

    def record(self, event: StreamedEvent) -> bool:
        """Append one streamed event. Return False if its id was recorded before."""
        with self._lock:
            if event.event_id in self._seen:
                self.duplicates += 1
                return False
            self._seen.add(event.event_id)
            user = event.user_id or self._session_users.get(event.session_id)
            row = len(self._columns)
            self._columns.append(event, user)
            self._insert_into_indexes(row)
            self.impressions.update(self._columns.impression(row))
            if event.user_id:
                self._link_session(event.session_id, event.user_id)
            return True

    def history(self, user_or_session: str, limit: int) -> list[Event]:
        """Return the newest `limit` interactions with items, newest last, of a user, or of a session with that id."""
        with self._lock:
            rows = self._user_rows.get(user_or_session) or self._session_rows.get(user_or_session) or ()
            c = self._columns
            return [
                Event(item, c.times[row], c.types[row], c.values[row])
                for row in rows[-limit:]
                if (item := c.items[row]) is not None
            ]

    def between(self, start: float, end: float) -> list[Event]:
        """Return the interactions with items after `start` and until `end` (epoch seconds), of all users."""
        with self._lock:
            c = self._columns
            times = np.array(c.times)
            rows = np.flatnonzero((times > start) & (times <= end)).tolist()
            return [
                Event(item, c.times[row], c.types[row], c.values[row])
                for row in rows
                if (item := c.items[row]) is not None
            ]

    def describe(self, user_or_session: str, limit: int) -> list[dict[str, Any]]:
        """Return the newest `limit` interactions, with or without items, of a user, or of a session with that id.

        Each has `time` (epoch seconds), `type`, `item`, `value`, `user`, `session`, and whether it was `streamed`.
        """
        with self._lock:
            rows = self._user_rows.get(user_or_session) or self._session_rows.get(user_or_session) or ()
            c = self._columns
            return [
                {
                    "time": c.times[row],
                    "type": c.types[row],
                    "item": c.items[row],
                    "value": c.values[row],
                    "user": c.users[row],
                    "session": c.sessions[row],
                    "streamed": c.origins[row] == PUT,
                }
                for row in rows[-limit:]
            ]

    def streamed_rows(self) -> list[tuple[str | None, str, str]]:
        """Return (user, session, event id) of each streamed event, in the order of arrival."""
        with self._lock:
            c = self._columns
            rows = [row for row, origin in enumerate(c.origins) if origin == PUT]
            return [(c.users[row], c.sessions[row] or "", c.event_ids[row] or "") for row in rows]

    def delete_users(self, user_ids: set[str]) -> int:
        """Delete all interactions of these users and return how many there were."""
        with self._lock:
            columns = self._columns
            kept = columns.select(row for row, user in enumerate(columns.users) if user not in user_ids)
            self._replace_columns(kept)
            return len(columns) - len(kept)

    def clear(self) -> None:
        """Delete everything."""
        with self._lock:
            self._replace_columns(Columns())

    def _replace_columns(self, columns: Columns) -> None:
        self._columns = columns
        self._newest: float | None = max(columns.times, default=None)
        self.impressions = Counter(item for row in range(len(columns)) for item in columns.impression(row))
        self._seen = {event_id for event_id in columns.event_ids if event_id}
        self._items = {item for item in columns.items if item is not None}
        self._user_rows: dict[str, array[int]] = {}
        self._session_rows: dict[str, array[int]] = {}
        self._session_users: dict[str, str] = {}
        for row in np.argsort(np.asarray(columns.times), kind="stable").tolist():
            self._append_to_indexes(row)
        for user, session in zip(columns.users, columns.sessions, strict=True):
            if user and session:
                self._session_users[session] = user

    def _append_to_indexes(self, row: int) -> None:
        user, session = self._columns.users[row], self._columns.sessions[row]
        if user:
            self._user_rows.setdefault(user, array("I")).append(row)
        if session:
            self._session_rows.setdefault(session, array("I")).append(row)

    def _insert_into_indexes(self, row: int) -> None:
        user, session = self._columns.users[row], self._columns.sessions[row]
        if user:
            self._insert(self._user_rows.setdefault(user, array("I")), row)
        if session:
            self._insert(self._session_rows.setdefault(session, array("I")), row)
        self._newest = max(self._columns.times[row], self._newest or 0.0)
        if (item := self._columns.items[row]) is not None:
            self._items.add(item)

    def _insert(self, rows: "array[int]", row: int) -> None:
        times = self._columns.times

        def order(other: int) -> tuple[float, int]:
            # Events of the same second keep the order of arrival.
            return times[other], other

        if not rows or order(rows[-1]) <= order(row):
            rows.append(row)
        else:
            rows.insert(bisect_right(rows, order(row), key=order), row)

    def _link_session(self, session: str, user: str) -> None:
        """Assign the anonymous events of a session, past and future ones, to a user."""
        if self._session_users.get(session) == user:
            return
        self._session_users[session] = user
        user_rows = self._user_rows[user]
        for row in self._session_rows[session]:
            if self._columns.users[row] is None:
                self._columns.users[row] = user
                self._insert(user_rows, row)


def bulk_columns(
    users: Sequence[str],
    items: Sequence[str],
    times: Sequence[float],
    types: Sequence[str | None] | None,
    values: Sequence[float | None] | None,
    extras: Sequence[dict[str, Any]] | None,
) -> Columns:
    """Return imported interactions as columns. Columns that are not given are empty."""
    empty: list[None] = [None] * len(users)
    return Columns(
        users=list(map(_intern, users)),
        items=list(map(_intern, items)),
        times=array("d", times),
        types=list(map(_intern, types or empty)),
        values=list(values or empty),
        sessions=list(empty),
        event_ids=list(empty),
        origins=bytearray(len(users)),
        extras=list(map(_pack, extras or empty)),
    )


def _intern(text: str | None) -> str | None:
    return sys.intern(text) if text is not None else None


def _pack(extra: Mapping[str, Any] | None) -> bytes | None:
    return json.dumps(extra, separators=(",", ":")).encode() if extra else None
