"""Kinesis: how long records are kept."""

import copy
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from moto.kinesis.models import Record, Shard, Stream

from local_aws.moto_patches.patching import correction, set_method, wrap_method
from local_aws.retention import MIB, limits

# Returns the sequence numbers up to which the consumers of a kind have read a shard.
Positions = Callable[[Shard], Iterable[int]]

_lock = threading.Lock()
_consumers: list[Positions] = []


def add_consumers(positions: Positions) -> None:
    """Keep the records that these consumers have not read yet, even beyond the limits of `retention.Limits`."""
    _consumers.append(positions)


def remove_consumers(positions: Positions) -> None:
    """Undo `add_consumers`."""
    _consumers.remove(positions)


@correction
def number_records_without_search() -> None:
    """Give the records of a shard the numbers 1, 2, 3 …, whichever of them are still kept.

    Causes: moto/kinesis/models.py, put_record lists every key of the shard to find the last ("not safe for
    concurrency": two threads can overwrite each other's record); get_records walks the shard from its beginning.
    """

    @wrap_method(Shard, "__init__")
    def initialize(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.oldest, self.newest, self.size = 1, 0, 0

    @set_method(Shard)
    def put_record(self: Any, partition_key: str, data: str, explicit_hash_key: str) -> str:
        with _lock:
            self.newest += 1
            self.records[self.newest] = Record(partition_key, data, self.newest, explicit_hash_key)
            self.size += len(data) + len(partition_key)
            return str(self.newest)

    @set_method(Shard)
    def get_min_sequence_number(self: Any) -> int:
        return int(self.newest > 0)

    @set_method(Shard)
    def get_max_sequence_number(self: Any) -> int:
        return int(self.newest)

    @set_method(Shard)
    def get_records(self: Any, last_sequence_id: str, limit: int | None) -> tuple[list[Record], int, int]:
        with _lock:
            first = max(int(last_sequence_id) + 1, self.oldest)
            end = min(self.newest, first - 1 + (limit or 10_000))
            records = [self.records[number] for number in range(first, end + 1)]
            if not records:
                return [], int(last_sequence_id), 0
            behind = self.records[self.newest].created_at - records[-1].created_at
            return records, end, int(behind * 1000)


@correction
def leave_records_in_closed_shards() -> None:
    """Leave the records of a shard that is split or merged where they are, and put new ones into open shards.

    Cause: moto/kinesis/models.py moves them to new shards, with new numbers, so that consumers read them twice; and
    get_shard_for_key returns the closed shard, which stays the first for its keys.
    """

    def reshard(original: Any, self: Stream, *args: Any) -> None:
        with _lock:
            records = {shard: shard.records for shard in self.shards.values()}
            for shard in records:
                shard.records = OrderedDict()
            try:
                original(self, *args)
            finally:
                for shard, kept in records.items():
                    shard.records = kept

    wrap_method(Stream, "split_shard")(reshard)
    wrap_method(Stream, "merge_shards")(reshard)

    @wrap_method(Stream, "get_shard_for_key")
    def get_shard_for_key(original: Any, self: Stream, *args: Any) -> Any:
        if all(shard.is_open for shard in list(self.shards.values())):
            return original(self, *args)
        view = copy.copy(self)
        view.shards = {shard_id: shard for shard_id, shard in list(self.shards.items()) if shard.is_open}
        return original(view, *args)


@correction
def trim_records() -> None:
    """Remove records after the retention period of the stream, and beyond `retention.Limits` when they were read.

    Cause: moto/kinesis/models.py keeps every record until the stream is deleted.
    """

    @wrap_method(Stream, "put_record")
    def put_record(original: Any, self: Stream, *args: Any, **kwargs: Any) -> tuple[str, str]:
        number, shard_id = original(self, *args, **kwargs)
        _trim(self, self.shards[shard_id])
        return number, shard_id

    @wrap_method(Stream, "get_shard")
    def get_shard(original: Any, self: Stream, shard_id: str) -> Shard:
        shard: Shard = original(self, shard_id)
        _trim(self, shard)
        return shard


def _trim(stream: Stream, shard: Any) -> None:
    expired = time.time() - stream.retention_period_hours * 3600
    most, most_bytes = limits().shard_records, limits().shard_mib * MIB
    read_to = -1
    with _lock:
        while shard.oldest in shard.records:
            oldest = shard.records[shard.oldest]
            if oldest.created_at > expired:
                if len(shard.records) <= most and shard.size <= most_bytes:
                    return
                read_to = read_to if read_to >= 0 else _read_by_all(shard)
                if shard.oldest > read_to:
                    return
            del shard.records[shard.oldest]
            shard.size -= len(oldest.data) + len(oldest.partition_key)
            shard.oldest += 1


def _read_by_all(shard: Any) -> int:
    """Return the number of the newest record that every consumer has read."""
    positions = [position for consumers in list(_consumers) for position in consumers(shard)]
    return min(positions, default=shard.newest)
