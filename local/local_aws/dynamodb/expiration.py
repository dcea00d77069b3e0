"""Items end with their time to live.

Source: "Using time to live (TTL) in DynamoDB", developer guide. The attribute is a number of epoch seconds; items that
are expired for more than five years stay; an expired item is read until it is deleted, which takes some days on AWS.
"""

import threading
import time
from collections.abc import Iterator
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table

from local_aws.dynamodb.packed_items import write_lock
from local_aws.retention import limits

_MOST_AGE = 5 * 365 * 86_400.0


class Expiration:
    """Deletes expired items again and again, in its own thread."""

    def __init__(self) -> None:
        self._closing = threading.Event()
        threading.Thread(target=self._run, daemon=True, name="dynamodb-expiration").start()

    def close(self) -> None:
        """Stop the thread."""
        self._closing.set()

    def _run(self) -> None:
        while not self._closing.wait(limits().expired_minutes * 60):
            for table in _tables():
                remove_expired(table, time.time())


def remove_expired(table: Table, now: float) -> int:
    """Delete the items of a table whose time to live has ended at `now` (epoch seconds), and return their number."""
    if table.ttl["TimeToLiveStatus"] != "ENABLED":
        return 0
    name, removed = table.ttl["AttributeName"], 0
    for item in table.all_items():
        with write_lock(table):
            if _is_expired(item, name, now) and table.get_item(item.hash_key, item.range_key) is item:
                table.delete_item(item.hash_key, item.range_key)
                removed += 1
    return removed


def _is_expired(item: Item, name: str, now: float) -> bool:
    value = item.attrs.get(name)
    return value is not None and value.type == "N" and now - _MOST_AGE < float(value.value) < now


def _tables() -> Iterator[Any]:
    for account in list(dynamodb_backends.values()):
        for backend in list(account.values()):
            yield from list(backend.tables.values())
