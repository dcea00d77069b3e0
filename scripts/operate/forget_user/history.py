"""The person's part of the history table (its layout: animal_recommender.history_table)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from animal_recommender.history_table import (
    Item,
    is_login,
    item_key,
    item_time,
    logins,
    partition_key,
    says_owner,
)
from scripts.operate.forget_user.person import MARKER, Login, Person

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import WriteRequestUnionTypeDef

_BATCH = 25  # DynamoDB: requests of one BatchWriteItem


class History:
    """The DynamoDB table of everyone's events."""

    def __init__(self, dynamodb: DynamoDBClient, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def learn_logins(self, person: Person) -> int:
        """Note the sessions in the person's events, and all logins in the person's sessions; return how many items.

        An event that was moved from its session to the person is no login: its time may be before a stranger's.
        """
        own = list(self._query(partition_key(person.user, None)))
        for session in {item["sessionId"]["S"] for item in own if "sessionId" in item}:
            person.add_session(session)
        found = len(own)
        for session in person.sessions:
            items = list(self._query(partition_key(None, session)))
            for time, user in logins(filter(is_login, items)):
                person.add_login(session, Login(time, user == person.user, MARKER))
            found += len(_theirs(person, session, items)) + len(_marks(person, items))
        return found

    def forget(self, person: Person) -> int:
        """Delete the person's events, and their events and login markers in the sessions; return how many items.

        Markers go last: until then, an interrupted run finds out again whose the events are.
        """
        markers: list[Item] = []
        deleted = 0
        for session in sorted(person.sessions):
            items = list(self._query(partition_key(None, session)))
            deleted += self._delete(_theirs(person, session, items))
            markers += _marks(person, items)
        deleted += self._delete(list(self._query(partition_key(person.user, None))))
        return deleted + self._delete(markers)

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


def _theirs(person: Person, session: str, items: Sequence[Item]) -> list[Item]:
    """Return the person's events in a session's partition: those that were not moved to a user."""
    return [item for item in items if not says_owner(item) and person.owns_session(session, item_time(item))]


def _marks(person: Person, items: Sequence[Item]) -> list[Item]:
    """Return the markers of the person's logins, and of a merge into the person."""
    return [item for item in items if says_owner(item) and item["userId"]["S"] == person.user]
