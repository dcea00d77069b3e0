"""Put records on the stream, and keep the shard and sequence number of each one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.load.records import Record
from tests.load.target import Target

_MOST_RECORDS, _MOST_BYTES = 500, 9_000_000  # PutRecords: 500 records, 10 MiB with keys


@dataclass(frozen=True)
class Sent:
    """A record and its position in the stream."""

    record: Record
    shard: str
    sequence: str

    @property
    def place(self) -> tuple[str, str]:
        """What identifies the record in every dead-letter queue: shard and sequence number."""
        return self.shard, self.sequence

    @property
    def event_id(self) -> str:
        """The id that the consumers give the event: its own, else one made of its shard and sequence number."""
        return self.record.event_id or f"{self.shard}:{self.sequence:0>56}"


def allow_large_records(target: Target) -> None:
    """Let the stream accept records of 2 MB, as an operator may; by default Kinesis refuses them."""
    kinesis = target.client("kinesis")
    arn = kinesis.describe_stream_summary(StreamName=target.outputs["stream_name"])["StreamDescriptionSummary"]
    kinesis.update_max_record_size(StreamARN=arn["StreamARN"], MaxRecordSizeInKiB=10_240)


def send(target: Target, records: Iterable[Record], may_go_on: Callable[[], bool]) -> Iterator[Sent]:
    """Send each record once, and yield it with its position; wait while `may_go_on` returns False."""
    # No retries: Kinesis may have accepted a request that timed out, and then its records would be in the stream twice.
    kinesis, stream = target.client("kinesis", attempts=1), target.outputs["stream_name"]
    for batch in _batches(records):
        while not may_go_on():
            time.sleep(0.1)
        entries = [{"Data": record.data, "PartitionKey": record.key} for record in batch]
        answer = kinesis.put_records(StreamName=stream, Records=entries)
        assert answer["FailedRecordCount"] == 0, "the local stream never throttles"
        for record, placed in zip(batch, answer["Records"], strict=True):
            yield Sent(record, placed["ShardId"], placed["SequenceNumber"])


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    size = 0
    for record in records:
        length = len(record.data) + len(record.key)
        if batch and (len(batch) == _MOST_RECORDS or size + length > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += length
    if batch:
        yield batch
