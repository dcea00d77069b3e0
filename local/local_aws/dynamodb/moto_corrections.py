"""DynamoDB: what moto does at length for each item of each read."""

import copy
from bisect import bisect_right
from typing import Any

from botocore.model import StructureShape
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import SecondaryIndex, Table

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


@correction
def copy_what_an_index_holds() -> None:
    """Take the attributes that an index holds from an item as they are.

    Cause: moto/dynamodb/models/table.py, SecondaryIndex.project makes plain JSON of the whole item and DynamoDB's JSON
    of that, and looks for each attribute in it as for a nested one.
    """

    @set_method(SecondaryIndex)
    def project(self: Any, item: Item) -> Item:
        projection = self.projection or {}
        if projection.get("ProjectionType", "ALL") == "ALL":
            return item
        names = {*self.table_key_attrs, *self.schema_key_attrs, *projection.get("NonKeyAttributes", [])}
        held = Item(item.hash_key, item.range_key, {})
        held.attrs.update({name: value for name, value in item.attrs.items() if name in names})
        return held


@correction
def serialize_the_type_that_an_attribute_has() -> None:
    """Write an attribute with the one type that it has.

    Cause: moto/core/serialize.py looks in each attribute for each of DynamoDB's ten types, under up to eight names.
    """

    @wrap_method(BaseJSONSerializer, "_serialize_type_structure")
    def structure(original: Any, self: Any, serialized: Any, value: Any, shape: StructureShape, key: str) -> None:
        if shape.name != "AttributeValue" or not isinstance(value, dict):
            return original(self, serialized, value, shape, key)  # type: ignore[no-any-return]
        written: dict[str, Any] = {}
        for name, member in value.items():
            self._serialize(written, member, shape.members[name], name)
        return self._default_serialize(serialized, written, shape, key)  # type: ignore[no-any-return]


def _index(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    """Return the index of a query: the parameter `index_name`, the eighth by position (the seventh of `args`)."""
    return kwargs.get("index_name", args[6] if len(args) > 6 else None)


def _order(item: Item) -> tuple[Any, ...]:
    keys = (item.hash_key, item.range_key) if item.range_key else (item.hash_key,)
    return tuple(key.cast_value for key in keys)
