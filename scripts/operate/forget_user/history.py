"""The visitor's part of the history table (its layout: animal_recommender.history)."""

from collections.abc import Iterable, Iterator
from typing import Any

from animal_recommender.history_table import FIRST_LOGIN, Item, item_key, login_key, partition_key

_BATCH = 25  # DynamoDB: requests of one BatchWriteItem


class History:
    """The DynamoDB table of everyone's events."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def sessions(self, user: str) -> set[str]:
        """The sessions in which the user was seen."""
        items = self._items(partition_key(user, None))
        return {item["sessionId"]["S"] for item in items if "sessionId" in item}

    def forget(self, user: str, sessions: Iterable[str]) -> int:
        """Deletes the user's events and their traces in the sessions; how many items that were."""
        deleted = sum(self._delete(_of(user, list(self._items(partition_key(None, session))))) for session in sessions)
        return deleted + self._delete(list(self._items(partition_key(user, None))))

    def _items(self, pk: str) -> Iterator[Item]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
        )
        for page in pages:
            yield from page["Items"]

    def _delete(self, items: list[Item]) -> int:
        for start in range(0, len(items), _BATCH):
            requests = [{"DeleteRequest": {"Key": item_key(item)}} for item in items[start : start + _BATCH]]
            while requests:
                answer = self._dynamodb.batch_write_item(RequestItems={self._table: requests})
                requests = answer.get("UnprocessedItems", {}).get(self._table, [])
        return len(items)


def _of(user: str, session_items: list[Item]) -> list[Item]:
    """Of a session's items the user's: marks of their logins, and events that were not moved to them in time."""
    marks = [item for item in session_items if _is_mark(item)]
    return [item for item in session_items if _owner(item, marks) == user]


def _owner(item: Item, marks: list[Item]) -> str | None:
    """A mark's own user; an event's is the one of the first mark at its time or later (marks are sorted by time)."""
    if _is_mark(item):
        return item["userId"]["S"]
    earliest = login_key(item)
    return next((mark["userId"]["S"] for mark in marks if mark["sk"]["S"] >= earliest), None)


def _is_mark(item: Item) -> bool:
    return item["sk"]["S"].startswith(FIRST_LOGIN)
