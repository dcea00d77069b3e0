"""What is in the streams: the newest records, how many arrive, and the records that hold a value."""

import base64
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from moto.kinesis.models import Stream, kinesis_backends

from local_aws.kinesis.aggregation import find_user_records
from local_aws.kinesis.shards import StreamRecord, read_records, shards

_MOST_BYTES = 4_096  # of the data of one record that is shown
_RATE_SECONDS = 60


def describe_streams(limit: int) -> list[dict[str, Any]]:
    """Return each stream: name, ARN, shards, `total` of all records so far, arrivals by second, and newest records.

    `arrivals` has the number of records of each second of the last minute, by epoch second, as far as the records are
    still kept. `records` are the newest of all shards, newest first.
    """
    return [_describe(stream, limit) for stream in _streams()]


def find_records(value: str, limit: int) -> list[dict[str, Any]]:
    """Return the newest records whose JSON has a text or number equal to `value` anywhere inside, newest first."""
    found = [record for stream in _streams() for record in _read(stream, 0) if _holds(record, value)]
    return [_show(record) for record in _newest(found, limit)]


def _streams() -> list[Stream]:
    backends = [backend for account in list(kinesis_backends.values()) for backend in list(account.values())]
    return [stream for backend in backends for stream in list(backend.streams.values())]


def _describe(stream: Stream, limit: int) -> dict[str, Any]:
    since = time.time() - _RATE_SECONDS
    newest = [record for record in _read(stream, limit) if record]
    return {
        "name": stream.stream_name,
        "arn": stream.arn,
        "shards": len(stream.shards),
        "total": sum(shard.get_max_sequence_number() for shard in shards(stream)),
        "arrivals": dict(Counter(int(moment) for moment in _arrivals(stream, since))),
        "records": [_show(record) for record in _newest(newest, limit)],
    }


def _read(stream: Stream, newest: int) -> Iterator[StreamRecord]:
    """Yield the newest records of each shard, or all that are kept for 0."""
    for shard in shards(stream):
        after = shard.get_max_sequence_number() - newest if newest else 0
        yield from read_records(shard, max(0, after), newest or len(shard.records))


def _arrivals(stream: Stream, since: float) -> Iterator[float]:
    """Yield when each record arrived, newest first in each shard, without copying records."""
    for shard in shards(stream):
        for number in range(shard.get_max_sequence_number(), 0, -1):
            record = shard.records.get(number)
            if record is None or record.created_at < since:
                break
            yield record.created_at


def _newest(records: Iterable[StreamRecord], limit: int) -> list[StreamRecord]:
    return sorted(records, key=lambda record: record.arrival, reverse=True)[:limit]


def _show(record: StreamRecord) -> dict[str, Any]:
    data = base64.b64decode(record.data)
    return {
        "shardId": record.shard_id,
        "sequence": record.sequence,
        "arrival": record.arrival,
        "partitionKey": record.partition_key,
        "bytes": len(data),
        "data": [one[:_MOST_BYTES].decode("utf-8", "replace") for one in find_user_records(data)],
    }


def _holds(record: StreamRecord, value: str) -> bool:
    return any(_document_holds(data, value) for data in find_user_records(base64.b64decode(record.data)))


def _document_holds(data: bytes, value: str) -> bool:
    # Most records do not hold it, in either way of writing; so only few are parsed.
    if value.encode() not in data and json.dumps(value)[1:-1].encode() not in data:
        return False
    try:
        return value in _scalars(json.loads(data))
    except (ValueError, RecursionError):
        return False


def _scalars(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        document = list(document.values())
    if isinstance(document, list):
        for member in document:
            yield from _scalars(member)
    elif isinstance(document, str | int) and not isinstance(document, bool):
        yield str(document)
