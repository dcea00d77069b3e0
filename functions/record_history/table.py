"""The history table's requests, repeated while that may help and time is left."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from animal_recommender.aws_errors import AwsError, Deadline, Failure, classify, code_of, delays
from animal_recommender.history_table import Item, key
from animal_recommender.observability import logger

# DynamoDB: BatchWriteItem takes 25 requests, no key twice.
MAX_WRITES = 25


class NotWrittenError(Exception):
    """The table did not take a request; `failure` says whether it may later."""

    def __init__(self, failure: Failure, code: str) -> None:
        self.failure = failure
        self.code = code
        super().__init__(code)


class Table:
    """One DynamoDB table for the length of one invocation."""

    def __init__(
        self, dynamodb: Any, name: str, deadline: Deadline, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._dynamodb = dynamodb
        self._name = name
        self._deadline = deadline
        self._pause = pause

    def put(self, items: Sequence[Item]) -> None:
        """Write up to 25 items, an existing one is replaced; raises NotWrittenError if any of them is not written."""
        self._write([{"PutRequest": {"Item": item}} for item in items])

    def delete(self, items: Sequence[Item]) -> None:
        """Delete up to 25 items by their keys; raises NotWrittenError if any of them may still be there."""
        self._write([{"DeleteRequest": {"Key": key(item)}} for item in items])

    def query(self, pk: str, first: str, last: str) -> list[Item]:
        """Answer the items of a partition whose sort keys lie in a range, read consistently."""
        return list(self._pages(pk, first, last))

    def _pages(self, pk: str, first: str, last: str) -> Iterator[Item]:
        parameters: dict[str, Any] = {
            "TableName": self._name,
            "ConsistentRead": True,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": {":pk": {"S": pk}, ":first": {"S": first}, ":last": {"S": last}},
        }
        while True:
            page = self._call(self._dynamodb.query, parameters)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _write(self, requests: list[dict[str, Any]]) -> None:
        waits = delays()
        while requests:
            answer = self._call(self._dynamodb.batch_write_item, {"RequestItems": {self._name: requests}})
            requests = answer.get("UnprocessedItems", {}).get(self._name, [])
            if requests:
                self._wait(next(waits), Failure.TRANSIENT, "UnprocessedItems")

    def _call(self, operation: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        if not self._deadline.allows(0):
            raise NotWrittenError(Failure.TRANSIENT, "OutOfTime")
        waits = delays()
        while True:
            try:
                return operation(**parameters)
            except AwsError as error:
                failure, code = classify(error), code_of(error)
            self._wait(next(waits), failure, code)

    def _wait(self, delay: float, failure: Failure, code: str) -> None:
        if failure is not Failure.TRANSIENT or not self._deadline.allows(delay):
            logger.warning("History table refused", extra={"error": code})
            raise NotWrittenError(failure, code)
        self._pause(delay)
