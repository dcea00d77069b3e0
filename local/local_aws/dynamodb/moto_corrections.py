"""DynamoDB: a query reads only its own partition, and a scan only what its page returns."""

import copy
from bisect import bisect_right
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

from local_aws.moto_patches.patching import correction, set_method, wrap_method


@correction
def read_one_partition() -> None:
    """Read only the partition of a query, and read safely while other threads write.

    Cause: moto/dynamodb/models/table.py, query and scan sort all items of the table by comparing them in Python; a
    write during that time ends them with RuntimeError ("dictionary changed size during iteration").
    """

    @wrap_method(Table, "query")
    def query(original: Any, self: Table, hash_key: DynamoType, *args: Any, **kwargs: Any) -> Any:
        if _index(args, kwargs):
            return original(self, hash_key, *args, **kwargs)
        view: Any = copy.copy(self)
        view.items = {hash_key: self.items[hash_key]} if hash_key in self.items else {}
        return original(view, hash_key, *args, **kwargs)

    @set_method(Table)
    def all_items(self: Table) -> list[Item]:
        partitions: Any = list(self.items.values())
        items = [item for held in partitions for item in list(held.values())] if self.range_key_attr else partitions
        return sorted(items, key=_order)


@correction
def scan_on_from_the_last_page() -> None:
    """Begin a page of a scan with the first item that it returns.

    Cause: moto/dynamodb/models/table.py, scan compares the start key with each item of all pages before.
    """

    @wrap_method(Table, "scan")
    def scan(
        original: Any,
        self: Any,
        filters: Any,
        limit: Any,
        start: Any,
        where: Any = None,
        index: Any = None,
        *args: Any,
        **kw: Any,
    ) -> Any:
        names = [self.hash_key_attr, *filter(None, [self.range_key_attr])]
        if index or not start or not all(name in start for name in names):
            return original(self, filters, limit, start, where, index, *args, **kw)
        items = self.all_items()
        last = tuple(DynamoType(start[name]).cast_value for name in names)
        view = copy.copy(self)
        view.all_items = lambda: items[bisect_right(items, last, key=_order) :]
        return original(view, filters, limit, None, where, index, *args, **kw)


def _index(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    """Return the index of a query: the parameter `index_name`, the eighth by position (the seventh of `args`)."""
    return kwargs.get("index_name", args[6] if len(args) > 6 else None)


def _order(item: Item) -> tuple[Any, ...]:
    keys = (item.hash_key, item.range_key) if item.range_key else (item.hash_key,)
    return tuple(key.cast_value for key in keys)
