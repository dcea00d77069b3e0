"""One page of a visitor's history."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from animal_recommender.history_table import FIRST_EVENT, LOGIN, Item, after, before, partition, to_event
from animal_recommender.timestamps import parse_time
from animal_recommender.tracing import traced
from animal_recommender.validation import Fields, parse_json

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
# With a rare event type a page may be found after reading much: then the token says where to go on.
MAX_READS = 10
_MIN_READ = 100
_LATEST = parse_time("9999-12-31") or 0.0


@dataclass(frozen=True)
class Query:
    """Which events: of the partition `pk`, with sort keys in [first, last], newest first, at most `limit`."""

    pk: str
    first: str
    last: str
    limit: int
    event_type: str | None
    behind: str | None = None  # the sort key of the last event of the page before

    def fingerprint(self) -> str:
        """Answer what ties a token to the query it belongs to."""
        return hashlib.sha256(json.dumps([self.pk, self.event_type]).encode()).hexdigest()[:16]


def parse_query(payload: Mapping[str, Any]) -> Query:
    """Read a payload; raises ValidationError naming each wrong field.

    `userId`, or `sessionId` for a visitor without an account; `limit` 1-500, default 50; `after` and `before`
    (epoch seconds or ISO 8601), both exclusive; `eventType`; `nextToken` of the page before.
    """
    fields = Fields(payload)
    user, session = fields.identifier("userId"), fields.identifier("sessionId")
    if user is None and session is None and not fields.errors:
        fields.refuse("userId", "is required (or sessionId) and must be a string of 1-256 characters or an integer")
    since, until = _time(fields, "after"), _time(fields, "before")
    if since is not None and until is not None and since >= until:
        fields.refuse("after", "must be earlier than before")
    query = Query(
        pk=partition(user, session),
        first=FIRST_EVENT if since is None else after(since),
        last=LOGIN if until is None else before(until),
        limit=fields.integer("limit", minimum=1, maximum=MAX_LIMIT, default=DEFAULT_LIMIT) or DEFAULT_LIMIT,
        event_type=fields.text("eventType"),
    )
    resumed = _resume(query, fields)
    fields.finish()
    return resumed


def read_history(dynamodb: Any, table: str, query: Query, now: Callable[[], float] = time.time) -> dict[str, Any]:
    """Read one page: `{"events": [...], "nextToken"?}`; without a token there is nothing more."""
    found: list[Item] = []
    last_key = {"pk": {"S": query.pk}, "sk": {"S": query.behind}} if query.behind else None
    for _ in range(MAX_READS):
        with traced("DynamoDB"):
            page = dynamodb.query(**_parameters(table, query, last_key, query.limit + 1 - len(found), now()))
        found.extend(page["Items"])
        last_key = page.get("LastEvaluatedKey")
        if last_key is None or len(found) > query.limit:
            break
    events = found[: query.limit]
    position = events[-1] if len(found) > query.limit else last_key
    answer: dict[str, Any] = {"events": [to_event(item) for item in events]}
    return {**answer, "nextToken": _token(query, position["sk"]["S"])} if position else answer


def _parameters(table: str, query: Query, last_key: Item | None, missing: int, now: float) -> dict[str, Any]:
    """DynamoDB deletes expired items days late, so they are filtered out here."""
    by_type = " AND eventType = :type" if query.event_type else ""
    type_value = {":type": {"S": query.event_type}} if query.event_type else {}
    return {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
        "FilterExpression": f"expiresAt > :now{by_type}",
        "ExpressionAttributeValues": {
            ":pk": {"S": query.pk},
            ":first": {"S": query.first},
            ":last": {"S": query.last},
            ":now": {"N": str(int(now))},
            **type_value,
        },
        "ScanIndexForward": False,
        "Limit": max(missing, _MIN_READ) if query.event_type else missing,
        **({"ExclusiveStartKey": last_key} if last_key else {}),
    }


def _time(fields: Fields, name: str) -> float | None:
    value = fields.raw(name)
    seconds = parse_time(value)
    if seconds is not None and 0 <= seconds <= _LATEST:
        return seconds
    if value is not None:
        fields.refuse(name, "must be epoch seconds or ISO 8601")
    return None


def _token(query: Query, sort_key: str) -> str:
    content = json.dumps([query.fingerprint(), sort_key], separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode("ascii").rstrip("=")


def _resume(query: Query, fields: Fields) -> Query:
    """Go on behind the event that the token names."""
    token = fields.text("nextToken", maximum=4096)
    if token is None or fields.errors:
        return query
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        fingerprint, sort_key = parse_json(base64.b64decode(padded, altchars=b"-_", validate=True), "nextToken")
    except (ValueError, TypeError):
        fingerprint, sort_key = None, None
    if fingerprint == query.fingerprint() and isinstance(sort_key, str) and query.first <= sort_key <= query.last:
        return replace(query, behind=sort_key)
    fields.refuse("nextToken", "must be the token that the same query answered")
    return query
