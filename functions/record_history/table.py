"""The requests to the history table, with retries until a deadline."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from animal_recommender.aws_errors import AwsError, ErrorKind, classify, error_code
from animal_recommender.history_table import Item, item_key
from animal_recommender.observability import logger
from animal_recommender.retries import Deadline, backoff_delays

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import (
        KeysAndAttributesUnionTypeDef,
        QueryInputTypeDef,
        WriteRequestUnionTypeDef,
    )

R = TypeVar("R")

# DynamoDB: BatchWriteItem takes 25 requests, and no key twice.
MAX_WRITES = 25


class TableError(Exception):
    """A request did not succeed. `kind` says whether it may succeed later."""

    def __init__(self, kind: ErrorKind, code: str) -> None:
        self.kind = kind
        self.code = code
        super().__init__(code)


class Table:
    """One DynamoDB table, for one invocation."""

    def __init__(
        self, dynamodb: "DynamoDBClient", name: str, deadline: Deadline, sleep: Callable[[float], None]
    ) -> None:
        self._dynamodb = dynamodb
        self._name = name
        self._deadline = deadline
        self._sleep = sleep

    def put(self, items: Sequence[Item]) -> None:
        """Write up to 25 items; existing items are replaced.

        Raises:
            TableError: At least one item was not written.
        """
        self._write([{"PutRequest": {"Item": item}} for item in items])

    def delete(self, items: Sequence[Item]) -> None:
        """Delete up to 25 items by their keys.

        Raises:
            TableError: At least one item may still be there.
        """
        self._write([{"DeleteRequest": {"Key": item_key(item)}} for item in items])

    def find(self, items: Sequence[Item]) -> list[Item]:
        """Return what is stored under the keys of up to 25 items: key and `place`. The read may miss the newest writes.

        Raises:
            TableError: The items could not be read.
        """
        found: list[Item] = []
        requests: Mapping[str, KeysAndAttributesUnionTypeDef] = {}
        if items:
            requests = {
                self._name: {"Keys": [item_key(item) for item in items], "ProjectionExpression": "pk, sk, place"}
            }
        delays = backoff_delays()
        while requests:
            response = self._call(partial(self._dynamodb.batch_get_item, RequestItems=requests))
            found += response["Responses"].get(self._name, [])
            requests = response.get("UnprocessedKeys", {})
            if requests:
                self._wait(next(delays), ErrorKind.TRANSIENT, "UnprocessedKeys")
        return found

    def query(self, pk: str, first: str, last: str) -> list[Item]:
        """Return the items of a partition whose sort keys are in a range. The read is consistent.

        Raises:
            TableError: The items could not be read.
        """
        return list(self._pages(pk, first, last))

    def _pages(self, pk: str, first: str, last: str) -> Iterator[Item]:
        parameters: QueryInputTypeDef = {
            "TableName": self._name,
            "ConsistentRead": True,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": {":pk": {"S": pk}, ":first": {"S": first}, ":last": {"S": last}},
        }
        while True:
            page = self._call(lambda: self._dynamodb.query(**parameters))
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _write(self, requests: "Sequence[WriteRequestUnionTypeDef]") -> None:
        delays = backoff_delays()
        while requests:
            response = self._call(partial(self._dynamodb.batch_write_item, RequestItems={self._name: requests}))
            requests = response.get("UnprocessedItems", {}).get(self._name, [])
            if requests:
                self._wait(next(delays), ErrorKind.TRANSIENT, "UnprocessedItems")

    def _call(self, operation: Callable[[], R]) -> R:
        if not self._deadline.allows(0):
            raise TableError(ErrorKind.TRANSIENT, "OutOfTime")
        delays = backoff_delays()
        while True:
            try:
                return operation()
            except AwsError as error:
                kind, code = classify(error), error_code(error)
            self._wait(next(delays), kind, code)

    def _wait(self, delay: float, kind: ErrorKind, code: str) -> None:
        if kind is not ErrorKind.TRANSIENT or not self._deadline.allows(delay):
            logger.warning("History table refused", extra={"error": code})
            raise TableError(kind, code)
        self._sleep(delay)
