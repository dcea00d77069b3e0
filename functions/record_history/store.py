"""Writes events to the history table, and moves a session's events to the user who logs in.

An event without a user goes to the partition of its session. An event with both ids leaves a login marker there. An
event of the session belongs to the user of the first marker with its time or a later one
(`animal_recommender.session_owner`), and is moved to that user's partition. Both sides write first and then read
consistently. So the later of two concurrent batches sees what the other one wrote, in whatever order the shards are
read. Every step is idempotent. Of an event that the app repeats the first stays, as in Personalize. An application for
a pet is marked in the partition of its event, and moves with it.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from animal_recommender.aws_errors import ErrorKind
from animal_recommender.events import Event
from animal_recommender.history_table import (
    FIRST_APPLIED,
    FIRST_EVENT,
    LAST_LOGIN,
    Item,
    applied_item,
    event_item,
    is_repeat,
    item_time,
    login_item,
    login_key,
    logins,
    partition_key,
    sort_key_after,
    user_item,
)
from animal_recommender.retries import Deadline
from animal_recommender.session_owner import next_owner
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
        application_types: Collection[str],
        workers: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._ttl_days = ttl_days
        self._application_types = application_types
        self._sleep = sleep
        self._pool = ThreadPoolExecutor(max_workers=workers)

    def record(self, events: list[Event], deadline: Deadline) -> DeliveryResult:
        """Write all events, then move those of sessions that belong to a user."""
        table = Table(self._dynamodb, self._table, deadline, self._sleep)
        writes = first_of_each_key((event_item(event, self._ttl_days), event) for event in events)
        applications = [event for event in events if event.animal_id and event.event_type in self._application_types]
        applied = first_of_each_key((applied_item(event, self._ttl_days), event) for event in applications)
        markers = [(login_item(event, self._ttl_days), event) for event in last_logins(events)]
        kept = {event.position for _, event in writes}
        total = DeliveryResult(repeated={event.position for event in events} - kept)
        for result in self._pool.map(lambda chunk: put_chunk(table, chunk), _chunks([*writes, *applied, *markers])):
            total.add(result)
        lost = total.failed | total.refused.keys()
        written = [(item, event) for item, event in (*writes, *applied) if event.position not in lost]
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


def first_of_each_key(writes: Iterable[Write]) -> list[Write]:
    """Return the writes without those whose key an earlier one has: DynamoDB takes no key twice in a call."""
    unique: dict[tuple[str, str], Write] = {}
    for item, event in writes:
        unique.setdefault(_key(item), (item, event))
    return list(unique.values())


def put_chunk(table: Table, chunk: list[Write]) -> DeliveryResult:
    """Write up to 25 items, except repeats. If the table refuses them, find the refused item by halving the chunk."""
    try:
        repeats = find_repeats(table, [item for item, _ in chunk])
        table.put([item for item, _ in chunk if _key(item) not in repeats])
    except TableError as error:
        return _handle_failed_put(table, chunk, error)
    return DeliveryResult(repeated={event.position for item, event in chunk if _key(item) in repeats})


def find_repeats(table: Table, items: list[Item]) -> set[tuple[str, str]]:
    """Return the keys of those items that are in the table from another record of the stream.

    Only an id of the app can be repeated, so without one nothing is read.
    """
    stored = {_key(item): item for item in table.find([item for item in items if "place" in item])}
    return {_key(item) for item in items if is_repeat(item, stored.get(_key(item)))}


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
        repeated = _move(table, writes)
    except TableError:
        result.add_failed(event for _, event in writes)
    else:
        result.repeated = {event.position for item, event in writes if item["sk"]["S"] in repeated}
    return result


def _move(table: Table, writes: list[Write]) -> set[str]:
    """Move events, and return the sort keys of those that the user has already from another record."""
    session = partition_key(None, writes[0][1].session_id)
    own = {item["sk"]["S"]: item for item, event in writes if not event.user_id}
    seen = [event.timestamp for _, event in writes if event.user_id]
    if seen:
        last = sort_key_after(max(seen))
        stored = [
            *table.query(session, FIRST_EVENT, last),
            *table.query(session, FIRST_APPLIED, f"{FIRST_APPLIED}{last}"),
        ]
        own |= {item["sk"]["S"]: item for item in stored}
    if not own:
        return set()
    items = [own[sort_key] for sort_key in sorted(own)]
    known = logins(table.query(session, login_key(min(items, key=item_time)), LAST_LOGIN))
    moves = [(item, owner) for item in items if (owner := next_owner(item_time(item), known))]
    repeated: set[str] = set()
    for start in range(0, len(moves), MAX_WRITES):
        part = moves[start : start + MAX_WRITES]
        copies = [user_item(item, owner) for item, owner in part]
        repeats = find_repeats(table, copies)
        table.put([copy for copy in copies if _key(copy) not in repeats])
        table.delete([item for item, _ in part])
        repeated |= {sort_key for _, sort_key in repeats}
    return repeated


def _chunks(writes: list[Write]) -> Iterator[list[Write]]:
    return (writes[start : start + MAX_WRITES] for start in range(0, len(writes), MAX_WRITES))


def _key(item: Item) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _by_session(writes: list[Write]) -> list[list[Write]]:
    sessions: dict[str, list[Write]] = {}
    for item, event in writes:
        sessions.setdefault(event.session_id, []).append((item, event))
    return list(sessions.values())
