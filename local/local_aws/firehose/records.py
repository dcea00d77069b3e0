"""The records of a delivery stream, and the buffers in which they wait.

A record that the Kinesis Producer Library aggregated becomes one record for each of its user records:
https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html
"""

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from local_aws.kinesis.aggregation import find_user_records
from local_aws.kinesis.shards import StreamRecord


@dataclass(frozen=True)
class Record:
    """One record.

    Attributes:
        arrival: in epoch seconds.
        shard_id: `direct` without a source.
        subsequence: index among the user records of a stream record.
        partition_key: None if an app put the record on the delivery stream itself.
    """

    data: bytes
    arrival: float
    shard_id: str
    sequence: int
    subsequence: int
    partition_key: str | None = None

    @property
    def id(self) -> str:
        """The name that a transformation must give back."""
        return f"{self.shard_id}-{self.sequence:056}-{self.subsequence:06}"


@dataclass
class Buffer:
    """Records that wait for the same call; `since`: when the first was added, in monotonic seconds."""

    records: list[Record] = field(default_factory=list)
    size: int = 0
    since: float = 0.0

    def add(self, record: Record) -> None:
        """Add one record."""
        if not self.records:
            self.since = time.monotonic()
        self.records.append(record)
        self.size += len(record.data)

    def is_due(self, most_bytes: float, most_seconds: float) -> bool:
        """Whether the buffer is full or its oldest record has waited long enough."""
        full = self.size >= most_bytes
        return bool(self.records) and (full or time.monotonic() - self.since >= most_seconds)


def read_stream_record(record: StreamRecord) -> Iterator[Record]:
    """Yield the record, or the user records of an aggregate."""
    for index, data in enumerate(find_user_records(base64.b64decode(record.data))):
        yield Record(data, record.arrival, record.shard_id, record.sequence, index, record.partition_key)
