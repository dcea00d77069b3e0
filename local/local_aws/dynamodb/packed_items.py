"""DynamoDB: items take little more memory than their attributes."""

import marshal
import threading
import zlib
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table

from local_aws.moto_patches.patching import correction, set_method, wrap_method

_MAXIMUM_SHAPES = 1_000
_LONGEST_SAMPLE = 4_096

_WINDOW_BITS = -15  # raw deflate; matches reach back 32 KiB


@dataclass(frozen=True, slots=True)
class _Shape:
    """What items with the same attributes share.

    Attributes:
        names: the attributes in their order.
        sample: values of the first item, packed: what others have in common with them takes no memory.
    """

    names: tuple[str, ...]
    sample: bytes

    def compress(self, values: bytes) -> bytes:
        compressor = zlib.compressobj(1, zlib.DEFLATED, _WINDOW_BITS, 5, zlib.Z_DEFAULT_STRATEGY, self.sample)
        return compressor.compress(values) + compressor.flush()

    def decompress(self, packed: bytes) -> bytes:
        return zlib.decompressobj(_WINDOW_BITS, self.sample).decompress(packed)


_write_lock = threading.RLock()
_shapes: dict[tuple[str, ...], _Shape] = {}


class _ThreadState(threading.local):
    """What one thread does.

    Attributes:
        opened: items that an UpdateItem changes; None outside of one.
        last: attributes that were unpacked last, and what they were unpacked from: moto reads them one by one.
    """

    opened: list[Any] | None = None
    last: tuple[bytes, LimitedSizeDict] = (b"", LimitedSizeDict())


_state = _ThreadState()


@correction
def pack_items() -> None:
    """Keep a stored item as bytes, and unpack it when it is read.

    Cause: moto/dynamodb/models/dynamo_type.py makes an object and a dict of every value, and strings of their types and
    names: 3.5 KB for an item of 500 bytes. It also changes items in place, so that of two updates at the same time one
    may be lost.
    """
    deepcopy = Item.__deepcopy__
    Item.attrs = property(_attributes, _open)  # type: ignore[assignment]

    @set_method(Item)
    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:  # noqa: N807
        if _is_open(self):
            return deepcopy(self, memo)
        copy: Any = Item.__new__(Item)
        copy.hash_key, copy.range_key = self.hash_key, self.range_key
        copy._open, copy._packed, copy._shape, copy._size = None, self._packed, self._shape, self._size
        return copy

    @wrap_method(Item, "size")
    def size(original: Any, self: Any) -> int:
        return int(original(self) if _is_open(self) else self._size)

    _pack_what_is_put()
    _pack_what_is_updated()


def _pack_what_is_put() -> None:
    @wrap_method(Table, "put_item")
    def put_item(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        with write_lock(self):
            item = original(self, *args, **kwargs)
            _share_hash_key(self, item)
            if _state.opened is None:
                _pack(item)
            else:
                _state.opened.append(item)
            return item


def _pack_what_is_updated() -> None:
    @wrap_method(Table, "get_item")
    def get_item(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        item = original(self, *args, **kwargs)
        if item is not None and _state.opened is not None and not _is_open(item):
            item.attrs = _unpack(item)
            _state.opened.append(item)
        return item

    @wrap_method(DynamoDBBackend, "update_item")
    def update_item(original: Any, self: DynamoDBBackend, table_name: str, *args: Any, **kwargs: Any) -> Any:
        with write_lock(self.get_table(table_name)):
            opened = _state.opened = []
            try:
                return original(self, table_name, *args, **kwargs)
            finally:
                _state.opened = None
                for item in opened:
                    _pack(item)


@correction
def forget_empty_partitions() -> None:
    """Keep nothing of a partition without items.

    Cause: moto/dynamodb/models/table.py adds a partition to the table when an item in it is looked up, and leaves it
    when its last item is deleted.
    """

    @wrap_method(Table, "get_item")
    def get_item(original: Any, self: Any, hash_key: Any, range_key: Any = None, *args: Any, **kwargs: Any) -> Any:
        if range_key and hash_key not in self.items:
            return None
        return original(self, hash_key, range_key, *args, **kwargs)

    @wrap_method(Table, "delete_item")
    def delete_item(original: Any, self: Any, hash_key: Any, range_key: Any) -> Any:
        with write_lock(self):
            item = original(self, hash_key, range_key)
            if range_key and not self.items.get(hash_key, True):
                del self.items[hash_key]
            return item


def write_lock(table: Any) -> AbstractContextManager[Any]:
    """Return what makes one write at a time: a lock, but none if moto calls functions with each write to a stream."""
    return nullcontext() if table.lambda_event_source_mappings else _write_lock


def _is_open(item: Any) -> bool:
    return item._open is not None


def _open(item: Any, attributes: LimitedSizeDict) -> None:
    """Set attributes that may be changed in place."""
    item._open = attributes


def _attributes(item: Any) -> LimitedSizeDict:
    if item._open is not None:
        return item._open  # type: ignore[no-any-return]
    packed, attributes = _state.last
    if packed is not item._packed:
        attributes = _unpack(item)
        _state.last = (item._packed, attributes)
    return attributes


def _pack(item: Any) -> None:
    attributes = item._open
    keys = [item.hash_key, *filter(None, [item.range_key])]
    item._size = item.size()
    values = marshal.dumps([_key_or_plain(value, keys) for value in attributes.values()])
    item._shape = _shape(tuple(attributes), values)
    item._packed = item._shape.compress(values)
    item._open = None


def _shape(names: tuple[str, ...], values: bytes) -> _Shape:
    """Return the shape of an item with these attributes and packed values."""
    if names not in _shapes and len(_shapes) >= _MAXIMUM_SHAPES:
        return _Shape(names, b"")
    return _shapes.setdefault(names, _Shape(names, values[:_LONGEST_SAMPLE]))


def _unpack(item: Any) -> LimitedSizeDict:
    attributes = LimitedSizeDict.__new__(LimitedSizeDict)
    keys = (item.hash_key, item.range_key)
    values = marshal.loads(item._shape.decompress(item._packed))
    for name, value in zip(item._shape.names, values, strict=True):
        # Not checked for its size again, as in moto's own copies.
        dict.__setitem__(attributes, name, DynamoType(keys[value] if isinstance(value, int) else value))
    return attributes


def _key_or_plain(value: DynamoType, keys: list[DynamoType]) -> int | dict[str, Any]:
    """Return the number of the key that has this value, which the item holds anyway; else the value."""
    for number, key in enumerate(keys):
        if (key.type, key.value) == (value.type, value.value):
            return number
    return _plain(value)


def _plain(value: DynamoType) -> dict[str, Any]:
    """Return what DynamoType takes: the value as DynamoDB's JSON."""
    if value.is_map():
        return {value.type: {name: _plain(member) for name, member in value.value.items()}}
    if value.is_list():
        return {value.type: [_plain(member) for member in value.value]}
    return {value.type: value.value}


def _share_hash_key(table: Any, item: Any) -> None:
    """Let all items of a partition have one object as their hash key."""
    if table.has_range_key:
        item.hash_key = next(iter(table.items[item.hash_key].values())).hash_key
