"""Events to the history table, and a session's events to the user who logs in.

A session's own events first go to the session's partition. An event with both ids leaves a mark there; an event of
the session belongs to the user of the first mark at its time or later, and moves to that user's partition. Both
sides write first and then read consistently, so whichever of two concurrent batches is last sees the other's
write, in whatever order the shards are read. Every step may be repeated.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from animal_recommender.aws_errors import Deadline, Failure
from animal_recommender.events import Event
from animal_recommender.history_table import (
    FIRST_EVENT,
    LAST_LOGIN,
    Item,
    after,
    event_item,
    for_user,
    login_item,
    login_key,
    partition,
)
from animal_recommender.stream_batches import Outcome
from record_history.table import MAX_WRITES, NotWrittenError, Table


class Store:
    """Writes the history with a botocore DynamoDB client (or a fake) and a pool of `workers` threads."""

    def __init__(
        self, dynamodb: Any, table: str, ttl_days: int, workers: int, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._ttl_days = ttl_days
        self._pause = pause
        self._pool = ThreadPoolExecutor(max_workers=workers)

    def record(self, events: list[Event], deadline: Deadline) -> Outcome:
        """Write all events and join their sessions; what fails for now is reported."""
        table = Table(self._dynamodb, self._table, deadline, self._pause)
        writes = [(event_item(event, self._ttl_days), event) for event in events]
        marks = [(login_item(event, self._ttl_days), event) for event in last_logins(events)]
        outcome = Outcome()
        for written in self._pool.map(lambda chunk: put_chunk(table, chunk), _chunks([*writes, *marks])):
            outcome.merge(written)
        done = [
            (item, event) for item, event in writes if event.position not in outcome.failed | outcome.refused.keys()
        ]
        for joined in self._pool.map(lambda session: join_session(table, session), _by_session(done)):
            outcome.merge(joined)
        return outcome


Write = tuple[Item, Event]


def last_logins(events: Iterable[Event]) -> list[Event]:
    """Answer, of each (session, user) with both ids, the event of the latest time: it covers those before."""
    latest: dict[tuple[str, str], Event] = {}
    for event in events:
        if event.user_id:
            known = latest.setdefault((event.session_id, event.user_id), event)
            if event.timestamp > known.timestamp:
                latest[event.session_id, event.user_id] = event
    return list(latest.values())


def put_chunk(table: Table, chunk: list[Write]) -> Outcome:
    """Write up to 25 items; one the table refuses for ever is found by halving."""
    try:
        table.put([item for item, _ in chunk])
    except NotWrittenError as error:
        return _not_written(table, chunk, error)
    return Outcome()


def _not_written(table: Table, chunk: list[Write], error: NotWrittenError) -> Outcome:
    outcome = Outcome()
    if error.failure is not Failure.INVALID:
        outcome.fail(event for _, event in chunk)
    elif len(chunk) == 1:
        outcome.refused[chunk[0][1].position] = f"BatchWriteItem: {error.code}"
    else:
        half = len(chunk) // 2
        outcome.merge(put_chunk(table, chunk[:half]))
        outcome.merge(put_chunk(table, chunk[half:]))
    return outcome


def join_session(table: Table, writes: list[Write]) -> Outcome:
    """Move those events of one session that belong to a user by now; `writes` are the batch's events of the session."""
    outcome = Outcome()
    try:
        _move(table, writes)
    except NotWrittenError:
        outcome.fail(event for _, event in writes)
    return outcome


def _move(table: Table, writes: list[Write]) -> None:
    session = partition(None, writes[0][1].session_id)
    own = {item["sk"]["S"]: item for item, event in writes if not event.user_id}
    logins = [event.timestamp for _, event in writes if event.user_id]
    if logins:
        own |= {item["sk"]["S"]: item for item in table.query(session, FIRST_EVENT, after(max(logins)))}
    if not own:
        return
    items = [own[sort_key] for sort_key in sorted(own)]
    marks = table.query(session, login_key(items[0]), LAST_LOGIN)
    moves = [(item, owner) for item in items if (owner := _owner(item, marks))]
    for start in range(0, len(moves), MAX_WRITES):
        part = moves[start : start + MAX_WRITES]
        table.put([for_user(item, owner) for item, owner in part])
        table.delete([item for item, _ in part])


def _owner(item: Item, marks: list[Item]) -> str | None:
    """Answer the user of the first mark at the item's time or later; marks come sorted by time."""
    earliest = login_key(item)
    return next((mark["userId"]["S"] for mark in marks if mark["sk"]["S"] >= earliest), None)


def _chunks(writes: list[Write]) -> Iterator[list[Write]]:
    """Cut writes into calls; of equal keys (an event sent twice) the first is kept."""
    unique: dict[tuple[str, str], Write] = {}
    for item, event in writes:
        unique.setdefault((item["pk"]["S"], item["sk"]["S"]), (item, event))
    ordered = list(unique.values())
    return (ordered[start : start + MAX_WRITES] for start in range(0, len(ordered), MAX_WRITES))


def _by_session(writes: list[Write]) -> list[list[Write]]:
    sessions: dict[str, list[Write]] = {}
    for item, event in writes:
        sessions.setdefault(event.session_id, []).append((item, event))
    return list(sessions.values())
