"""Writes events to the history table, and moves a session's events to the user who logs in.

An event without a user goes to the partition of its session. An event with both ids leaves a login marker there. An
event of the session belongs to the user of the first marker with its time or a later one, and is moved to that user's
partition. Both sides write first and then read consistently. So the later of two concurrent batches sees what the
other one wrote, in whatever order the shards are read. Every step is idempotent.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from animal_recommender.aws_errors import ErrorKind
from animal_recommender.events import Event
from animal_recommender.history_table import (
    FIRST_EVENT,
    LAST_LOGIN,
    Item,
    event_item,
    login_item,
    login_key,
    partition_key,
    sort_key_after,
    user_item,
)
from animal_recommender.retries import Deadline
from animal_recommender.stream_batches import DeliveryResult
from record_history.table import MAX_WRITES, Table, TableError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class HistoryStore:
    """Writes the history, with a pool of `workers` threads."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        table: str,
        ttl_days: int,
        workers: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._ttl_days = ttl_days
        self._sleep = sleep
        self._pool = ThreadPoolExecutor(max_workers=workers)

    def record(self, events: list[Event], deadline: Deadline) -> DeliveryResult:
        """Write all events, then move those of sessions that belong to a user."""
        table = Table(self._dynamodb, self._table, deadline, self._sleep)
        writes = [(event_item(event, self._ttl_days), event) for event in events]
        markers = [(login_item(event, self._ttl_days), event) for event in last_logins(events)]
        total = DeliveryResult()
        for result in self._pool.map(lambda chunk: put_chunk(table, chunk), _chunks([*writes, *markers])):
            total.add(result)
        written = [(item, event) for item, event in writes if event.position not in total.failed | total.refused.keys()]
        for result in self._pool.map(lambda session: join_session(table, session), _by_session(written)):
            total.add(result)
        return total


Write = tuple[Item, Event]


def last_logins(events: Iterable[Event]) -> list[Event]:
    """Return the latest event of each (session, user). Its login marker covers the events before it."""
    latest: dict[tuple[str, str], Event] = {}
    for event in events:
        if event.user_id:
            known = latest.setdefault((event.session_id, event.user_id), event)
            if event.timestamp > known.timestamp:
                latest[event.session_id, event.user_id] = event
    return list(latest.values())


def put_chunk(table: Table, chunk: list[Write]) -> DeliveryResult:
    """Write up to 25 items. If the table refuses them, find the refused item by halving the chunk."""
    try:
        table.put([item for item, _ in chunk])
    except TableError as error:
        return _handle_failed_put(table, chunk, error)
    return DeliveryResult()


def _handle_failed_put(table: Table, chunk: list[Write], error: TableError) -> DeliveryResult:
    result = DeliveryResult()
    if error.kind is not ErrorKind.INVALID_REQUEST:
        result.add_failed(event for _, event in chunk)
    elif len(chunk) == 1:
        result.refused[chunk[0][1].position] = f"BatchWriteItem: {error.code}"
    else:
        half = len(chunk) // 2
        result.add(put_chunk(table, chunk[:half]))
        result.add(put_chunk(table, chunk[half:]))
    return result


def join_session(table: Table, writes: list[Write]) -> DeliveryResult:
    """Move the events of one session that belong to a user. `writes` are the batch's events of the session."""
    result = DeliveryResult()
    try:
        _move(table, writes)
    except TableError:
        result.add_failed(event for _, event in writes)
    return result


def _move(table: Table, writes: list[Write]) -> None:
    session = partition_key(None, writes[0][1].session_id)
    own = {item["sk"]["S"]: item for item, event in writes if not event.user_id}
    logins = [event.timestamp for _, event in writes if event.user_id]
    if logins:
        own |= {item["sk"]["S"]: item for item in table.query(session, FIRST_EVENT, sort_key_after(max(logins)))}
    if not own:
        return
    items = [own[sort_key] for sort_key in sorted(own)]
    markers = table.query(session, login_key(items[0]), LAST_LOGIN)
    moves = [(item, owner) for item in items if (owner := _owner(item, markers))]
    for start in range(0, len(moves), MAX_WRITES):
        part = moves[start : start + MAX_WRITES]
        table.put([user_item(item, owner) for item, owner in part])
        table.delete([item for item, _ in part])


def _owner(item: Item, markers: list[Item]) -> str | None:
    """Return the user of the first marker with the item's time or a later one. `markers` are sorted by time."""
    earliest = login_key(item)
    return next((marker["userId"]["S"] for marker in markers if marker["sk"]["S"] >= earliest), None)


def _chunks(writes: list[Write]) -> Iterator[list[Write]]:
    """Split writes into calls. Of equal keys (an event sent twice) the first is kept."""
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
