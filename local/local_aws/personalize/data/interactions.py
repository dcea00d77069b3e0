"""All interactions of a dataset group, in columns, with an index of each user's and each session's rows by time."""

import threading
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from local_aws.recommender import Event

BULK, PUT = 0, 1


@dataclass(frozen=True)
class StreamedEvent:
    """One event of PutEvents. `user_id` is None for an anonymous visitor; `extra` is what only the export shows."""

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
    """Interactions as columns of equal length; `times` in epoch seconds."""

    users: list[str | None] = field(default_factory=list)
    items: list[str | None] = field(default_factory=list)
    times: array = field(default_factory=lambda: array("d"))
    types: list[str | None] = field(default_factory=list)
    values: list[float | None] = field(default_factory=list)
    sessions: list[str | None] = field(default_factory=list)
    event_ids: list[str | None] = field(default_factory=list)
    origins: bytearray = field(default_factory=bytearray)
    extras: list[dict[str, Any] | None] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.users)

    def all(self) -> tuple[Any, ...]:
        """Every column."""
        return (
            *(self.users, self.items, self.times, self.types, self.values),
            *(self.sessions, self.event_ids, self.origins, self.extras),
        )

    def append(self, *row: Any) -> None:
        """Add one row, its values in the columns' order."""
        for column, value in zip(self.all(), row, strict=True):
            column.append(value)

    def extend(self, other: "Columns") -> None:
        """Add all rows of `other`."""
        for column, more in zip(self.all(), other.all(), strict=True):
            column.extend(more)

    def only(self, rows: Iterable[int]) -> "Columns":
        """A copy with these rows."""
        copy, chosen = Columns(), list(rows)
        for column, held in zip(copy.all(), self.all(), strict=True):
            column.extend(held[row] for row in chosen)
        return copy


class InteractionLog:
    """Thread safe. Histories are sorted by time, newest last; an event whose id is known already is ignored."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._adopt(Columns())
        self.duplicates = 0

    def __len__(self) -> int:
        return len(self._columns)

    def columns(self) -> Columns:
        """A copy of everything."""
        with self._lock:
            return Columns(*(column[:] for column in self._columns.all()))

    def newest(self) -> float | None:
        """The time of the newest interaction, epoch seconds; None if there is none."""
        return self._newest

    def item_count(self) -> int:
        """How many items were interacted with."""
        return len(self._items)

    def item_ids(self) -> frozenset[str]:
        """Every item that was interacted with."""
        with self._lock:
            return frozenset(self._items)

    def import_bulk(self, bulk: Columns, *, replace: bool) -> None:
        """Add imported rows; with `replace` instead of those imported before (streamed ones stay)."""
        with self._lock:
            held = self._columns
            keep = held.only(r for r, origin in enumerate(held.origins) if origin == PUT) if replace else held
            keep.extend(bulk)
            self._adopt(keep)

    def record(self, event: StreamedEvent) -> bool:
        """Append one streamed event; False if its id was recorded before."""
        with self._lock:
            if event.event_id in self._seen:
                self.duplicates += 1
                return False
            self._seen.add(event.event_id)
            user = event.user_id or self._session_users.get(event.session_id)
            row = len(self._columns)
            self._columns.append(
                *(user, event.item_id, event.timestamp, event.event_type, event.event_value),
                *(event.session_id, event.event_id, PUT, event.extra or None),
            )
            self._index(row)
            if event.user_id:
                self._join(event.session_id, event.user_id)
            return True

    def history(self, user_or_session: str, limit: int) -> list[Event]:
        """The newest `limit` interactions with items, newest last, of a user or else of a session of that id."""
        with self._lock:
            rows = self._user_rows.get(user_or_session) or self._session_rows.get(user_or_session) or ()
            c = self._columns
            return [
                Event(c.items[row], c.times[row], c.types[row], c.values[row])
                for row in rows[-limit:]
                if c.items[row] is not None
            ]

    def streamed_rows(self) -> list[tuple[str | None, str, str]]:
        """(user, session, event id) of each streamed event, in the order of arrival."""
        with self._lock:
            c = self._columns
            rows = [row for row, origin in enumerate(c.origins) if origin == PUT]
            return [(c.users[row], c.sessions[row] or "", c.event_ids[row] or "") for row in rows]

    def forget_users(self, user_ids: set[str]) -> int:
        """Delete all interactions of these users; returns how many they were."""
        with self._lock:
            held = self._columns
            kept = held.only(row for row, user in enumerate(held.users) if user not in user_ids)
            self._adopt(kept)
            return len(held) - len(kept)

    def clear(self) -> None:
        """Delete everything."""
        with self._lock:
            self._adopt(Columns())

    def _adopt(self, columns: Columns) -> None:
        self._columns = columns
        self._newest: float | None = max(columns.times, default=None)
        self._seen = {event_id for event_id in columns.event_ids if event_id}
        self._items = {item for item in columns.items if item is not None}
        self._user_rows: dict[str, array] = {}
        self._session_rows: dict[str, array] = {}
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

    def _index(self, row: int) -> None:
        user, session = self._columns.users[row], self._columns.sessions[row]
        if user:
            self._insert(self._user_rows.setdefault(user, array("I")), row)
        self._insert(self._session_rows.setdefault(session, array("I")), row)
        self._newest = max(self._columns.times[row], self._newest or 0.0)
        if (item := self._columns.items[row]) is not None:
            self._items.add(item)

    def _insert(self, rows: array, row: int) -> None:
        times = self._columns.times

        def order(held: int) -> tuple[float, int]:
            # Events of one second keep the order in which they came.
            return times[held], held

        if not rows or order(rows[-1]) <= order(row):
            rows.append(row)
        else:
            rows.insert(bisect_right(rows, order(row), key=order), row)

    def _join(self, session: str, user: str) -> None:
        """From now on the session's anonymous events, past ones too, are the user's."""
        if self._session_users.get(session) == user:
            return
        self._session_users[session] = user
        mine = self._user_rows[user]
        for row in self._session_rows[session]:
            if self._columns.users[row] is None:
                self._columns.users[row] = user
                self._insert(mine, row)


def bulk_columns(
    users: Sequence[str],
    items: Sequence[str],
    times: Sequence[float],
    types: Sequence[str | None] | None,
    values: Sequence[float | None] | None,
    extras: Sequence[dict[str, Any]] | None,
) -> Columns:
    """Imported interactions as columns; the ones left out are empty."""
    nothing = [None] * len(users)
    return Columns(
        *(list(users), list(items), array("d", times), list(types or nothing), list(values or nothing)),
        *(list(nothing), list(nothing), bytearray(len(users)), list(extras or nothing)),
    )
