"""How the history table is laid out; the one place that knows its keys and items.

Partition key `pk`: `userId#<id>`, or `session#<id>` for a visitor without an account.
Sort key `sk`: `<time>#<event id>`, so that events sort by time, events of one moment are all kept, and a
replay writes the same item again. A session's partition also holds one mark `login#<time>#<user id>` for each
batch in which that user was seen in the session. `expiresAt` (epoch seconds) is the table's TTL attribute.
"""

import hashlib
import json
from typing import Any

from animal_recommender.events import Event
from animal_recommender.timestamps import iso

Item = dict[str, Any]  # in DynamoDB's typed JSON

# Event keys begin with a digit, login marks with a letter. "$" is the character behind "#".
FIRST_EVENT = "0"
LOGIN = "login#"
LAST_LOGIN = "login$"

# DynamoDB: a sort key has at most 1,024 bytes; an id of 256 characters may have as many.
_MAX_KEY_PART_BYTES = 512
_DAY = 86_400


def partition(user_id: str | None, session_id: str | None) -> str:
    """Answer the partition key of a user, or of a session if there is no user."""
    return f"userId#{user_id}" if user_id else f"session#{session_id}"


def before(seconds: float) -> str:
    """Answer a sort key between the events before this moment and those of it."""
    return iso(seconds)


def after(seconds: float) -> str:
    """Answer a sort key between the events of this moment and those after it."""
    return f"{iso(seconds)}$"


def event_item(event: Event, ttl_days: int) -> Item:
    """Make the item of an event; the same event always gives the same item."""
    body = {
        "userId": event.user_id,
        "sessionId": event.session_id,
        "eventId": event.event_id,
        "eventType": event.event_type,
        "timestamp": iso(event.timestamp),
        "itemId": event.item_id,
        "animal_id": event.animal_id,
        "recommendationId": event.recommendation_id,
    }
    return {
        "pk": {"S": partition(event.user_id, event.session_id)},
        "sk": {"S": f"{iso(event.timestamp)}#{_key_part(event.event_id)}"},
        "animalMetadata": {"M": {name: {"S": value} for name, value in event.metadata.items()}},
        "expiresAt": {"N": str(int(event.timestamp) + ttl_days * _DAY)},
        **({"eventValue": {"N": json.dumps(event.event_value)}} if event.event_value is not None else {}),
        **{name: {"S": value} for name, value in body.items() if value is not None},
    }


def login_item(event: Event, ttl_days: int) -> Item:
    """Make the mark that this event's session belonged to its user up to this event."""
    user = event.user_id or ""
    return {
        "pk": {"S": partition(None, event.session_id)},
        "sk": {"S": f"{LOGIN}{iso(event.timestamp)}#{_key_part(user)}"},
        "userId": {"S": user},
        "expiresAt": {"N": str(int(event.timestamp) + ttl_days * _DAY)},
    }


def login_key(item: Item) -> str:
    """Answer the sort key from which on marks are of the event item's moment or later."""
    return LOGIN + item["sk"]["S"].partition("#")[0]


def for_user(item: Item, user_id: str) -> Item:
    """Answer a session's event item as an item of the user's partition."""
    return {**item, "pk": {"S": partition(user_id, None)}, "userId": {"S": user_id}}


def key(item: Item) -> Item:
    """Answer the item's key."""
    return {"pk": item["pk"], "sk": item["sk"]}


def to_event(item: Item) -> dict[str, Any]:
    """Write an item as `get_history` answers it: the fields of the event, `timestamp` in ISO 8601, and `itemId`."""
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
