"""The layout of the history table. Only this module knows its keys and items.

Partition key `pk`: `userId#<id>`, or `session#<id>` for a visitor without an account.
Sort key `sk`: `<time>#<event id>`. So events sort by time, all events of one moment are kept, and a replay writes the
same item again. A session's partition also has login markers: `login#<time>#<user id>` for each batch in which that
user was seen in the session. `expiresAt` (epoch seconds) is the table's TTL attribute.
"""

import hashlib
import json
from typing import Any

from animal_recommender.events import Event
from animal_recommender.timestamps import format_time

Item = dict[str, Any]  # in DynamoDB's typed JSON

# Sort keys of events begin with a digit, those of login markers with a letter. "$" is the character after "#".
FIRST_EVENT = "0"
FIRST_LOGIN = "login#"
LAST_LOGIN = "login$"

# DynamoDB: a sort key has at most 1,024 bytes; an id of 256 characters may have as many.
_MAX_KEY_PART_BYTES = 512
_DAY = 86_400


def partition_key(user_id: str | None, session_id: str | None) -> str:
    """Return the partition key of a user, or of a session if there is no user."""
    return f"userId#{user_id}" if user_id else f"session#{session_id}"


def sort_key_before(seconds: float) -> str:
    """Return a sort key between the events before this moment and the events of this moment."""
    return format_time(seconds)


def sort_key_after(seconds: float) -> str:
    """Return a sort key between the events of this moment and the events after it."""
    return f"{format_time(seconds)}$"


def event_item(event: Event, ttl_days: int) -> Item:
    """Return the item of an event. The same event always gives the same item."""
    body = {
        "userId": event.user_id,
        "sessionId": event.session_id,
        "eventId": event.event_id,
        "eventType": event.event_type,
        "timestamp": format_time(event.timestamp),
        "itemId": event.item_id,
        "animal_id": event.animal_id,
        "recommendationId": event.recommendation_id,
    }
    return {
        "pk": {"S": partition_key(event.user_id, event.session_id)},
        "sk": {"S": f"{format_time(event.timestamp)}#{_key_part(event.event_id)}"},
        "animalMetadata": {"M": {name: {"S": value} for name, value in event.metadata.items()}},
        "expiresAt": {"N": str(int(event.timestamp) + ttl_days * _DAY)},
        **({"eventValue": {"N": json.dumps(event.event_value)}} if event.event_value is not None else {}),
        **{name: {"S": value} for name, value in body.items() if value is not None},
    }


def login_item(event: Event, ttl_days: int) -> Item:
    """Return the login marker of an event: its session belonged to its user up to this event."""
    user = event.user_id or ""
    return {
        "pk": {"S": partition_key(None, event.session_id)},
        "sk": {"S": f"{FIRST_LOGIN}{format_time(event.timestamp)}#{_key_part(user)}"},
        "userId": {"S": user},
        "expiresAt": {"N": str(int(event.timestamp) + ttl_days * _DAY)},
    }


def login_key(item: Item) -> str:
    """Return the first sort key of login markers that have an event item's time or a later one."""
    sort_key: str = item["sk"]["S"]
    return FIRST_LOGIN + sort_key.partition("#")[0]


def user_item(item: Item, user_id: str) -> Item:
    """Return a session's event item as an item of the user's partition."""
    return {**item, "pk": {"S": partition_key(user_id, None)}, "userId": {"S": user_id}}


def item_key(item: Item) -> Item:
    """Return the item's primary key."""
    return {"pk": item["pk"], "sk": item["sk"]}


def to_event(item: Item) -> dict[str, Any]:
    """Return an item in the form of `get_history`: the event's fields, `timestamp` in ISO 8601, and `itemId`."""
    internal = ("pk", "sk", "expiresAt")
    return {name: _plain(value) for name, value in sorted(item.items()) if name not in internal}


def _plain(value: dict[str, Any]) -> Any:
    (kind, content), *_ = value.items()
    if kind == "M":
        return {name: _plain(inner) for name, inner in content.items()}
    return json.loads(content) if kind == "N" else content


def _key_part(text: str) -> str:
    encoded = text.encode()
    return text if len(encoded) <= _MAX_KEY_PART_BYTES else hashlib.sha256(encoded).hexdigest()
