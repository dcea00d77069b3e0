"""The visitor's part of the history table (its layout: animal_recommender.history_table)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from animal_recommender.history_table import FIRST_LOGIN, Item, item_key, login_key, partition_key

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import WriteRequestUnionTypeDef

_BATCH = 25  # DynamoDB: requests of one BatchWriteItem


class History:
    """The DynamoDB table of everyone's events."""

    def __init__(self, dynamodb: DynamoDBClient, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def find_sessions(self, user: str) -> set[str]:
        """Return the sessions in which the user was seen."""
        items = self._query(partition_key(user, None))
        return {item["sessionId"]["S"] for item in items if "sessionId" in item}

    def forget(self, user: str, sessions: Iterable[str]) -> int:
        """Delete the user's events, and their items in the partitions of the sessions; return how many items."""
        deleted = sum(
            self._delete(_items_of(user, list(self._query(partition_key(None, session))))) for session in sessions
        )
        return deleted + self._delete(list(self._query(partition_key(user, None))))

    def _query(self, pk: str) -> Iterator[Item]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
        )
        for page in pages:
            yield from page["Items"]

    def _delete(self, items: Sequence[Item]) -> int:
        for start in range(0, len(items), _BATCH):
            requests: Sequence[WriteRequestUnionTypeDef] = [
                {"DeleteRequest": {"Key": item_key(item)}} for item in items[start : start + _BATCH]
            ]
            while requests:
                response = self._dynamodb.batch_write_item(RequestItems={self._table: requests})
                requests = response.get("UnprocessedItems", {}).get(self._table, [])
        return len(items)


def _items_of(user: str, session_items: Sequence[Item]) -> list[Item]:
    """Return the user's items in a session's partition: their login marks, and events not moved to them in time."""
    marks = [item for item in session_items if _is_mark(item)]
    return [item for item in session_items if _owner(item, marks) == user]


def _owner(item: Item, marks: Sequence[Item]) -> str | None:
    """Return whose item it is: a mark names its user, an event belongs to the first mark at its time or later.

    `marks` are sorted by time.
    """
    if _is_mark(item):
        return str(item["userId"]["S"])
    earliest = login_key(item)
    return next((mark["userId"]["S"] for mark in marks if mark["sk"]["S"] >= earliest), None)


def _is_mark(item: Item) -> bool:
    return str(item["sk"]["S"]).startswith(FIRST_LOGIN)
