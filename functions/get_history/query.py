"""Queries of the history: one page of a visitor's events."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from animal_recommender.event_types import EventTypes
from animal_recommender.history_table import (
    FIRST_EVENT,
    LAST_EVENT,
    Item,
    partition_key,
    sort_key_after,
    sort_key_before,
    to_event,
)
from animal_recommender.timestamps import parse_time
from animal_recommender.tracing import record_subsegment
from animal_recommender.validation import FieldReader, parse_json

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
# A page of a rare event type may take many reads. After this number the page ends, and its token tells where to go on.
MAX_READS = 10
_MIN_READ = 100
# A Lambda response has at most 6 MB, and JSON inside a proxy response's body is escaped once more.
MAX_PAGE_BYTES = 3_000_000
_CERTAINLY_FIT = 250  # an event has at most about 10 kB
_LATEST = parse_time("9999-12-31") or 0.0


@dataclass(frozen=True)
class Query:
    """Events of the partition `pk` with sort keys of `first` to `last`, newest first, at most `limit`.

    `behind` is the sort key of the last event of the previous page.
    """

    pk: str
    first: str
    last: str
    limit: int
    event_type: str | None
    behind: str | None = None

    def fingerprint(self) -> str:
        """Return a text that ties a page token to its query."""
        return hashlib.sha256(json.dumps([self.pk, self.event_type]).encode()).hexdigest()[:16]


def parse_query(payload: Mapping[str, Any], event_types: EventTypes) -> Query:
    """Parse a payload.

    `userId`, or `sessionId` for a visitor without an account; `limit` 1-500, default 50; `after` and `before`
    (epoch seconds or ISO 8601), both exclusive; `eventType`, but not another spelling of a known type; `nextToken` of
    the previous page.

    Raises:
        ValidationError: Names each wrong field.
    """
    reader = FieldReader(payload)
    user, session = reader.read_user(), reader.read_session()
    if user is None and session is None and not reader.errors:
        reader.add_error("userId", "is required (or sessionId) and must be a string of 1-256 characters or an integer")
    since, until = _read_time(reader, "after"), _read_time(reader, "before")
    if since is not None and until is not None and since >= until:
        reader.add_error("after", "must be earlier than before")
    query = Query(
        pk=partition_key(user, session),
        first=FIRST_EVENT if since is None else sort_key_after(since),
        last=LAST_EVENT if until is None else sort_key_before(until),
        limit=reader.read_integer("limit", minimum=1, maximum=MAX_LIMIT, default=DEFAULT_LIMIT) or DEFAULT_LIMIT,
        event_type=_read_event_type(reader, event_types),
    )
    query = _read_token(query, reader)
    reader.add_unknown_errors()
    reader.raise_errors()
    return query


def read_history(
    dynamodb: "DynamoDBClient", table: str, query: Query, now: Callable[[], float] = time.time
) -> dict[str, Any]:
    """Return one page: `{"events": [...], "nextToken"?}`. The last page has no token."""
    found: list[Item] = []
    last_key: Item | None = {"pk": {"S": query.pk}, "sk": {"S": query.behind}} if query.behind else None
    for _ in range(MAX_READS):
        with record_subsegment("DynamoDB"):
            page = dynamodb.query(**_parameters(table, query, last_key, query.limit + 1 - len(found), now()))
        found.extend(page["Items"])
        last_key = page.get("LastEvaluatedKey")
        if last_key is None or len(found) > query.limit:
            break
    events = found[: min(query.limit, _count_fitting(found))]
    last_read = events[-1] if len(found) > len(events) else last_key
    result: dict[str, Any] = {"events": [to_event(item) for item in events]}
    return {**result, "nextToken": _token(query, last_read["sk"]["S"])} if last_read else result


def _count_fitting(items: list[Item]) -> int:
    """Return how many of the first items fit into one page; at least one."""
    if len(items) <= _CERTAINLY_FIT:
        return len(items)
    size = 0
    for count, item in enumerate(items):
        size += len(json.dumps(item, ensure_ascii=False).encode())
        if size > MAX_PAGE_BYTES:
            return max(count, 1)
    return len(items)


def _parameters(table: str, query: Query, last_key: Item | None, missing: int, now: float) -> "QueryInputTypeDef":
    """Return the parameters of Query. They exclude expired items, because DynamoDB deletes those days later."""
    parameters: QueryInputTypeDef = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
        "FilterExpression": "expiresAt > :now",
        "ExpressionAttributeValues": {
            ":pk": {"S": query.pk},
            ":first": {"S": query.first},
            ":last": {"S": query.last},
            ":now": {"N": str(int(now))},
            **({":type": {"S": query.event_type}} if query.event_type else {}),
        },
        "ScanIndexForward": False,
        "Limit": missing,
    }
    if query.event_type:
        parameters["FilterExpression"] += " AND eventType = :type"
        parameters["Limit"] = max(missing, _MIN_READ)
    if last_key:
        parameters["ExclusiveStartKey"] = last_key
    return parameters


def _read_event_type(reader: FieldReader, event_types: EventTypes) -> str | None:
    name = reader.read_text("eventType")
    meant = event_types.meant_by(name) if name else None
    if meant:
        reader.add_error("eventType", f"is another spelling of {meant}: no event has it")
    return name


def _read_time(reader: FieldReader, name: str) -> float | None:
    value = reader.value(name)
    seconds = parse_time(value)
    if seconds is not None and 0 <= seconds <= _LATEST:
        return seconds
    if value is not None:
        reader.add_error(name, "must be epoch seconds or ISO 8601")
    return None


def _token(query: Query, sort_key: str) -> str:
    content = json.dumps([query.fingerprint(), sort_key], separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode("ascii").rstrip("=")


def _read_token(query: Query, reader: FieldReader) -> Query:
    """Return the query that continues after the event that `nextToken` names."""
    token = reader.read_text("nextToken", maximum=4096)
    if token is None or reader.errors:
        return query
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        fingerprint, sort_key = parse_json(base64.b64decode(padded, altchars=b"-_", validate=True), "nextToken")
    except (ValueError, TypeError):
        fingerprint, sort_key = None, None
    if fingerprint == query.fingerprint() and isinstance(sort_key, str) and query.first <= sort_key <= query.last:
        return replace(query, behind=sort_key)
    reader.add_error("nextToken", "must be a token that the same query returned")
    return query
