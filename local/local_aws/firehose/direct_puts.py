"""Records that apps put on a delivery stream themselves, until its poller takes them.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html and
https://docs.aws.amazon.com/firehose/latest/dev/limits.html
"""

import itertools
import time
from collections import deque
from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

from moto.firehose.models import DeliveryStream

from local_aws.firehose.records import Record

_MAX_RECORDS = 500
_MAX_RECORD_BYTES = 1000 * 1024
_MAX_BATCH_BYTES = 4 * 1024 * 1024

_waiting: WeakKeyDictionary[DeliveryStream, deque[Record]] = WeakKeyDictionary()
_numbers = itertools.count(1)


class InvalidPutError(ValueError):
    """Records that AWS refuses; the text says why."""


def put(stream: DeliveryStream, data: Sequence[bytes]) -> list[str]:
    """Keep records for the poller of a delivery stream, and return their ids.

    Raises:
        InvalidPutError: AWS refuses them.
    """
    if stream.source:
        raise InvalidPutError("This operation is not permitted on KinesisStreamAsSource delivery stream type.")
    _check_sizes(data)
    records = [Record(one, time.time(), "direct", next(_numbers), 0) for one in data]
    _waiting.setdefault(stream, deque()).extend(records)
    return [record.id for record in records]


def _check_sizes(data: Sequence[bytes]) -> None:
    if not 1 <= len(data) <= _MAX_RECORDS:
        raise InvalidPutError(f"A batch must have 1 to {_MAX_RECORDS} records")
    if any(len(one) > _MAX_RECORD_BYTES for one in data):
        raise InvalidPutError(f"A record must have at most {_MAX_RECORD_BYTES} bytes")
    if sum(map(len, data)) > _MAX_BATCH_BYTES:
        raise InvalidPutError(f"A batch must have at most {_MAX_BATCH_BYTES} bytes")


def take(stream: DeliveryStream) -> Iterator[Record]:
    """Yield the records that were put since the last time, each once."""
    waiting = _waiting.get(stream, ())
    while waiting:
        yield waiting.popleft()
