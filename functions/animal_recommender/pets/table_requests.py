"""Requests to the pets table and its neighbours: retries while somebody waits, pages, and many keys at once."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from animal_recommender.aws_errors import AwsError, ErrorKind, classify, error_code
from animal_recommender.pets.pet_table import Item
from animal_recommender.tracing import record_subsegment

R = TypeVar("R")

MAX_KEYS = 100  # DynamoDB, BatchGetItem
# Items of a page. One of 1 MB has thousands, and takes longer than clients wait where the machine is busy.
PAGE_ITEMS = 1_000
# The waits between attempts in seconds. A page waits for the answer, so there are few.
PAUSES = (0.02, 0.05, 0.1)


class TableUnavailableError(Exception):
    """The table did not answer, or not everything that was asked, or it refused. `code` is the error's code."""

    def __init__(self, kind: ErrorKind, code: str) -> None:
        self.kind = kind
        self.code = code
        super().__init__(code)


def call_table(operation: Callable[[], R], sleep: Callable[[float], None] = time.sleep) -> R:
    """Call DynamoDB, a few times if it is throttled, and twice if it does not answer.

    Raises:
        TableUnavailableError: It did not succeed.
    """
    for attempt, pause in enumerate((*PAUSES, None)):
        try:
            with record_subsegment("DynamoDB"):
                return operation()
        except AwsError as error:
            kind, code = classify(error), error_code(error)
            timed_out = not isinstance(error, ClientError)
        if kind is not ErrorKind.TRANSIENT or pause is None or (timed_out and attempt > 0):
            break
        sleep(pause)
    raise TableUnavailableError(kind, code)


def retried(operation: Callable[..., R], sleep: Callable[[float], None] = time.sleep) -> Callable[..., R]:
    """Return an operation of a client that is called as by `call_table`."""
    return lambda **request: call_table(partial(operation, **request), sleep)


def read_pages(
    operation: Callable[..., Any], request: Mapping[str, Any], items: int | None = PAGE_ITEMS
) -> Iterator[list[Item]]:
    """Yield the items of each page of a Query or a Scan. A page is read from at most `items` items; None: from 1 MB."""
    if items is not None:
        request = {**request, "Limit": items}
    while True:
        page = operation(**request)
        yield page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        request = {**request, "ExclusiveStartKey": page["LastEvaluatedKey"]}


def get_items(
    batch_get_item: Callable[..., Any],
    table: str,
    keys: Sequence[Item],
    *,
    sleep: Callable[[float], None] = time.sleep,
    delays: Callable[[], Iterable[float]] = lambda: PAUSES,
    **read: Any,
) -> list[Item]:
    """Return the items with these keys; those that do not exist are left out.

    Args:
        batch_get_item: The operation of the client, itself or `retried`.
        table: Name of the table.
        keys: Any number of keys, each once.
        sleep: Waits.
        delays: The waits in seconds until the keys that the table left out are asked for again.
        read: What BatchGetItem takes for a table beside keys, e.g. ConsistentRead.

    Raises:
        TableUnavailableError: The table left out keys after the last delay.
    """
    batches = (keys[start : start + MAX_KEYS] for start in range(0, len(keys), MAX_KEYS))
    return [
        item for batch in batches for item in _get_batch(batch_get_item, table, {"Keys": batch, **read}, sleep, delays)
    ]


def _get_batch(
    batch_get_item: Callable[..., Any],
    table: str,
    asked: Any,
    sleep: Callable[[float], None],
    delays: Callable[[], Iterable[float]],
) -> list[Item]:
    found: list[Item] = []
    for pause in chain(delays(), [None]):
        response = batch_get_item(RequestItems={table: asked})
        found += response["Responses"].get(table, [])
        asked = response.get("UnprocessedKeys", {}).get(table)
        if not asked:
            return found
        if pause is not None:
            sleep(pause)
    raise TableUnavailableError(ErrorKind.TRANSIENT, "UnprocessedKeys")
