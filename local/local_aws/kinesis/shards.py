"""Direct access to the Kinesis streams of moto: polling every shard over HTTP would keep two cores busy."""

from collections.abc import Iterator
from dataclasses import dataclass

from moto.kinesis.models import Record, Shard, Stream, kinesis_backends

POLL_SECONDS = 0.1


@dataclass(frozen=True)
class StreamRecord:
    """One record of a shard.

    Attributes:
        sequence: 1, 2, 3 … within the shard.
        data: base64 text.
        arrival: in epoch seconds.
    """

    shard_id: str
    sequence: int
    partition_key: str
    data: str
    arrival: float


def find_stream(arn: str) -> Stream | None:
    """Return the stream of an ARN; None if it does not exist."""
    _, _, _, region, account, resource = arn.split(":", 5)
    return kinesis_backends[account][region].streams.get(resource.removeprefix("stream/"))


def shards(stream: Stream) -> Iterator[Shard]:
    """Yield the current shards of a stream."""
    yield from list(stream.shards.values())


def read_records(shard: Shard, after: int, limit: int) -> list[StreamRecord]:
    """Return up to `limit` records after the sequence number `after`."""
    if shard.get_max_sequence_number() <= after:
        return []
    records, _, _ = shard.get_records(str(after), limit)
    return [_record(shard, record) for record in records]


def count_after(shard: Shard, position: int) -> int:
    """Return how many of the records that are still kept come after a position."""
    return min(len(shard.records), shard.get_max_sequence_number() - position)


def starting_sequence(shard: Shard, position: str | None, moment: float) -> int:
    """Return the sequence number after which a reader starts.

    Args:
        shard: the shard to read.
        position: TRIM_HORIZON for all records, otherwise the records that arrive from `moment` on.
        moment: the time of AT_TIMESTAMP, or when the reader was created, for LATEST; in epoch seconds.
    """
    if position == "TRIM_HORIZON":
        return 0
    return shard.get_sequence_number_at(moment)


def _record(shard: Shard, record: Record) -> StreamRecord:
    return StreamRecord(shard.shard_id, record.sequence_number, record.partition_key, record.data, record.created_at)
