"""The layout of the history table. Only this module knows its keys and items.

Partition key `pk`: `userId#<id>`, or `session#<id>` for a visitor without an account.
Sort key `sk`: `<time>#<event id>`. So events sort by time, all events of one moment are kept, and a replay writes the
same item again. `applied#<time>#<animal id>` marks a pet for which the visitor applied, also in the partition of the
visitor. A session's partition also has login markers: `login#<time>#<user id>` for each batch in which that user was
seen in the session. Where identify_visitor merged the visitor into a user, the mark `merged` says into whom, and the
user's partition has `merged#<session id>`, and `first-session` names the first of them. `expiresAt` (epoch seconds) is
the table's TTL attribute. An event with an id of the app has `place`, its place in the stream: so a repetition by the
app and a second delivery of one record are told apart.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from animal_recommender.timestamps import format_time

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef, UpdateItemInputTypeDef

    from animal_recommender.events import Event

Item = dict[str, Any]  # in DynamoDB's typed JSON

# Sort keys of events begin with a digit, those of markers with a letter. "$" is the character after "#", and ":" that
# after "9".
FIRST_EVENT = "0"
LAST_EVENT = ":"
FIRST_APPLIED = "applied#"
LAST_APPLIED = "applied$"
FIRST_LOGIN = "login#"
LAST_LOGIN = "login$"
_MERGED = "merged"
_FIRST_SESSION = "first-session"

# DynamoDB: a sort key has at most 1,024 bytes; an id of 256 characters may have as many.
_MAX_KEY_PART_BYTES = 512
_DAY = 86_400


def partition_key(user_id: str | None, session_id: str | None) -> str:
    """Return the partition key of a user, or of a session if there is no user."""
    return f"userId#{user_id}" if user_id else f"session#{session_id}"


def user_of_partition(key: str) -> str | None:
    """Return the user whose partition this is, None if it is that of a session."""
    kind, _, user = key.partition("#")
    return user if kind == "userId" else None


def sort_key_before(seconds: float) -> str:
    """Return a sort key between the events before this moment and the events of this moment."""
    return format_time(seconds)


def sort_key_after(seconds: float) -> str:
    """Return a sort key between the events of this moment and the events after it."""
    return f"{format_time(seconds)}$"


def event_item(event: "Event", ttl_days: int) -> Item:
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
        "place": event.place if event.place != event.event_id else None,
    }
    return {
        "pk": {"S": partition_key(event.user_id, event.session_id)},
        "sk": {"S": f"{format_time(event.timestamp)}#{_key_part(event.event_id)}"},
        "animalMetadata": {"M": {name: {"S": value} for name, value in event.metadata.items()}},
        "expiresAt": {"N": str(int(event.timestamp) + ttl_days * _DAY)},
        **({"eventValue": {"N": json.dumps(event.event_value)}} if event.event_value is not None else {}),
        **{name: {"S": value} for name, value in body.items() if value is not None},
    }


def login_item(event: "Event", ttl_days: int) -> Item:
    """Return the login marker of an event: its session belonged to its user up to this event."""
    return login_marker(event.session_id, event.user_id or "", event.timestamp, ttl_days)


def login_marker(session_id: str, user_id: str, seconds: float, ttl_days: int) -> Item:
    """Return a login marker: the session belonged to the user up to this moment (epoch seconds)."""
    return {
        "pk": {"S": partition_key(None, session_id)},
        "sk": {"S": f"{FIRST_LOGIN}{format_time(seconds)}#{_key_part(user_id)}"},
        "userId": {"S": user_id},
        "expiresAt": {"N": str(int(seconds) + ttl_days * _DAY)},
    }


def applied_item(event: "Event", ttl_days: int) -> Item:
    """Return the marker of an event with an `animal_id`: the visitor has applied for that pet."""
    animal = event.animal_id or ""
    return {
        "pk": {"S": partition_key(event.user_id, event.session_id)},
        "sk": {"S": f"{FIRST_APPLIED}{format_time(event.timestamp)}#{_key_part(animal)}"},
        "animal_id": {"S": animal},
        "expiresAt": {"N": str(int(event.timestamp) + ttl_days * _DAY)},
    }


def applied_query(table: str, partition: str) -> "QueryInputTypeDef":
    """Return the parameters of a Query for the pets for which the visitor of a partition has applied."""
    return {
        "TableName": table,
        "ConsistentRead": True,
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
        "ExpressionAttributeValues": {
            ":pk": {"S": partition},
            ":first": {"S": FIRST_APPLIED},
            ":last": {"S": LAST_APPLIED},
        },
    }


def applied_pets(items: Iterable[Item]) -> set[str]:
    """Return the ids of the pets of markers."""
    return {item["animal_id"]["S"] for item in items}


def merge_mark(session_id: str, user_id: str, seconds: float, ttl_days: int) -> Item:
    """Return the mark that the session's visitor was merged into a user. Its key has no user: there is one mark."""
    return {**login_marker(session_id, user_id, seconds, ttl_days), "sk": {"S": _MERGED}}


def session_of_user(session_id: str, user_id: str, seconds: float, ttl_days: int) -> Item:
    """Return the item that names a session in the partition of the user whom its visitor was merged into."""
    mark = merge_mark(session_id, user_id, seconds, ttl_days)
    keys = {"pk": {"S": partition_key(user_id, None)}, "sk": {"S": f"{_MERGED}#{_key_part(session_id)}"}}
    return {**mark, **keys, "sessionId": {"S": session_id}}


def first_session_update(
    table: str, session_id: str, user_id: str, seconds: float, ttl_days: int
) -> "UpdateItemInputTypeDef":
    """Return the parameters of UpdateItem that keeps the first session of a user, and returns it as `sessionId`."""
    return {
        "TableName": table,
        "Key": {"pk": {"S": partition_key(user_id, None)}, "sk": {"S": _FIRST_SESSION}},
        "UpdateExpression": "SET sessionId = if_not_exists(sessionId, :session), userId = :user, expiresAt = :expires",
        "ExpressionAttributeValues": {
            ":session": {"S": session_id},
            ":user": {"S": user_id},
            ":expires": {"N": str(int(seconds) + ttl_days * _DAY)},
        },
        "ReturnValues": "ALL_NEW",
    }


def login_event(item: Item, user_id: str) -> dict[str, Any]:
    """Return the event of a session's item as an app sends it once the user is known."""
    return {name: value for name, value in to_event(item).items() if name != "itemId"} | {"userId": user_id}


def item_time(item: Item) -> str:
    """Return the time of an event's item or of a marker, as the sort key has it."""
    sort_key: str = item["sk"]["S"]
    return sort_key.removeprefix(FIRST_LOGIN).removeprefix(FIRST_APPLIED).partition("#")[0]


def login_key(item: Item) -> str:
    """Return the first sort key of login markers that have an event item's time or a later one."""
    return FIRST_LOGIN + item_time(item)


def is_login(item: Item) -> bool:
    """Return whether an item of a session's partition is a login marker."""
    return str(item["sk"]["S"]).startswith(FIRST_LOGIN)


def says_owner(item: Item) -> bool:
    """Return whether an item of a session's partition only says whose the session is: a login marker, or a merge."""
    return is_login(item) or str(item["sk"]["S"]) == _MERGED


def logins(markers: Iterable[Item]) -> list[tuple[str, str]]:
    """Return the time and the user of login markers, in their order."""
    return [(item_time(marker), marker["userId"]["S"]) for marker in markers]


def user_item(item: Item, user_id: str) -> Item:
    """Return a session's event item as an item of the user's partition."""
    return {**item, "pk": {"S": partition_key(user_id, None)}, "userId": {"S": user_id}}


def item_key(item: Item) -> Item:
    """Return the item's primary key."""
    return {"pk": item["pk"], "sk": item["sk"]}


def is_repeat(item: Item, stored: Item | None) -> bool:
    """Return whether `stored`, an item with the same key, is of another record of the stream."""
    return stored is not None and "place" in item and stored.get("place") != item["place"]


def to_event(item: Item) -> dict[str, Any]:
    """Return an item in the form of `get_history`: the event's fields, `timestamp` in ISO 8601, and `itemId`."""
    internal = ("pk", "sk", "expiresAt", "place")
    return {name: _plain(value) for name, value in sorted(item.items()) if name not in internal}


def _plain(value: dict[str, Any]) -> Any:
    (kind, content), *_ = value.items()
    if kind == "M":
        return {name: _plain(inner) for name, inner in content.items()}
    return json.loads(content) if kind == "N" else content


def _key_part(text: str) -> str:
    encoded = text.encode()
    return text if len(encoded) <= _MAX_KEY_PART_BYTES else hashlib.sha256(encoded).hexdigest()
