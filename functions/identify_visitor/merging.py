"""Merges an anonymous visitor into a user: once, and into one user only.

1. A mark in the history table says whose the visitor is. It is written with a condition, so of two users who log in
   with the same visitor one is refused. The user's partition gets the session, so that `make forget-user` finds it.
2. The user's partition keeps the first such session, which decides the user's arms of experiments in all browsers.
   A login marker of this moment says that the session's events so far are the user's. record_history reads it when it
   writes an event of the session, so events that are still on their way are moved, too.
3. The visitor's newest event is put on the stream again, now with the user: record_history moves what the session has,
   and Personalize learns whose the session is. In the history it is the same item; for Personalize and in the raw
   events it is one more interaction.

Each step can be repeated, and the steps after it follow from it, so a request that broke off is just sent again.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from animal_recommender.aws_errors import CONDITION_FAILED, error_code
from animal_recommender.history_table import (
    FIRST_EVENT,
    LAST_EVENT,
    Item,
    first_session_update,
    login_event,
    login_marker,
    merge_mark,
    partition_key,
    session_of_user,
)
from animal_recommender.request_errors import ConflictError
from animal_recommender.tracing import record_subsegment
from animal_recommender.validation import FieldError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_kinesis import KinesisClient

OTHER_USER = FieldError("visitorToken", "is of a visitor who has logged in as another user; create a new visitor")


class Merger:
    """Merges visitors, in one history table and one stream. Marks expire after `days`."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        table: str,
        kinesis: "KinesisClient",
        stream: str,
        days: int,
        clock: Callable[[], float],
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._kinesis = kinesis
        self._stream = stream
        self._days = days
        self._clock = clock

    def merge(self, session_id: str, user_id: str) -> str:
        """Make the events of an anonymous visitor those of a user; return the user's first session.

        Raises:
            ConflictError: The visitor has been merged into another user.
        """
        now = self._clock()
        self._claim(merge_mark(session_id, user_id, now, self._days), user_id)
        with record_subsegment("DynamoDB"):
            for item in (
                session_of_user(session_id, user_id, now, self._days),
                login_marker(session_id, user_id, now, self._days),
            ):
                self._dynamodb.put_item(TableName=self._table, Item=item)
            first = self._dynamodb.update_item(
                **first_session_update(self._table, session_id, user_id, now, self._days)
            )
            newest = self._newest_event(session_id)
        if newest:
            data = json.dumps(login_event(newest, user_id), separators=(",", ":")).encode()
            with record_subsegment("Kinesis"):
                self._kinesis.put_record(StreamName=self._stream, Data=data, PartitionKey=session_id)
        return first["Attributes"]["sessionId"]["S"]

    def _claim(self, mark: Item, user_id: str) -> None:
        try:
            with record_subsegment("DynamoDB"):
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=mark,
                    ConditionExpression="attribute_not_exists(pk) OR userId = :user",
                    ExpressionAttributeValues={":user": {"S": user_id}},
                )
        except ClientError as error:
            if error_code(error) == CONDITION_FAILED:
                raise ConflictError([OTHER_USER]) from None
            raise

    def _newest_event(self, session_id: str) -> Item | None:
        """Return the newest event. The read is consistent: an event that it misses is written after the marker."""
        page = self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": partition_key(None, session_id)},
                ":first": {"S": FIRST_EVENT},
                ":last": {"S": LAST_EVENT},
            },
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=1,
        )
        return page["Items"][0] if page["Items"] else None
