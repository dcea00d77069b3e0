"""Give stream records to a consumer function again, in the order and at the places that they had in the stream."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient
    from types_boto3_lambda import LambdaClient

MAX_RECORDS = 100
MAX_BYTES = 3_000_000  # Lambda takes 6 MB in a synchronous invocation; base64 and field names come on top
QUALIFIER = "live"  # the alias that the event source mapping uses too


@dataclass(frozen=True)
class StreamRecord:
    """A record as the stream has or had it; `arrival` in epoch seconds."""

    stream_arn: str
    shard_id: str
    sequence_number: str
    arrival: float
    data: bytes

    @property
    def place(self) -> tuple[str, str]:
        """Shard and sequence number."""
        return self.shard_id, self.sequence_number


class Consumer:
    """A function that reads the stream, called as its event source mapping does: one shard at a time, in order."""

    def __init__(self, client: LambdaClient, function: str) -> None:
        self._client, self._function = client, function

    def replay(self, records: Sequence[StreamRecord]) -> list[StreamRecord]:
        """Give records to the function; return those it has finished: accepted, or sent to the dead-letter queue.

        After a record that failed, the rest of its shard is not sent, so that the order is kept.
        """
        ordered = sorted(records, key=lambda record: (record.shard_id, int(record.sequence_number)))
        done: list[StreamRecord] = []
        for _, of_shard in groupby(ordered, key=lambda record: record.shard_id):
            for batch in _batches(of_shard):
                finished = self._invoke(batch)
                done += finished
                if len(finished) < len(batch):
                    break
        return done

    def _invoke(self, batch: Sequence[StreamRecord]) -> Sequence[StreamRecord]:
        """Invoke the function once; return the records before the first one that failed."""
        payload = json.dumps({"Records": [_lambda_record(record) for record in batch]}).encode()
        response = self._client.invoke(FunctionName=self._function, Qualifier=QUALIFIER, Payload=payload)
        if response.get("FunctionError"):
            return []
        failures = (json.load(response["Payload"]) or {}).get("batchItemFailures", [])
        failed = {failure["itemIdentifier"] for failure in failures}
        first = next((at for at, record in enumerate(batch) if record.sequence_number in failed), len(batch))
        return batch[:first]


def _batches(records: Iterator[StreamRecord]) -> Iterator[list[StreamRecord]]:
    """Yield the records in batches that fit into one invocation."""
    batch: list[StreamRecord] = []
    size = 0
    for record in records:
        if batch and (len(batch) == MAX_RECORDS or size + len(record.data) > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += len(record.data)
    if batch:
        yield batch


def _lambda_record(record: StreamRecord) -> dict[str, Any]:
    """Return a record as Lambda gives it (https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-example.html)."""
    return {
        "eventID": f"{record.shard_id}:{record.sequence_number}",
        "eventVersion": "1.0",
        "eventSource": "aws:kinesis",
        "eventName": "aws:kinesis:record",
        "eventSourceARN": record.stream_arn,
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "redrive",
            "sequenceNumber": record.sequence_number,
            "data": base64.b64encode(record.data).decode("ascii"),
            "approximateArrivalTimestamp": record.arrival,
        },
    }


def read_range(
    kinesis: KinesisClient, stream_arn: str, shard_id: str, first: str, last: str
) -> list[StreamRecord] | None:
    """Return a shard's records between two sequence numbers, or None if the stream no longer has all of them."""
    try:
        iterator = kinesis.get_shard_iterator(
            StreamARN=stream_arn,
            ShardId=shard_id,
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            StartingSequenceNumber=first,
        )["ShardIterator"]
    except ClientError as error:
        if error.response["Error"]["Code"] in ("InvalidArgumentException", "ResourceNotFoundException"):
            return None
        raise
    records = list(_read_until(kinesis, stream_arn, shard_id, iterator, int(last)))
    complete = records and records[0].sequence_number == first and records[-1].sequence_number == last
    return records if complete else None


def _read_until(
    kinesis: KinesisClient, stream_arn: str, shard_id: str, iterator: str | None, last: int
) -> Iterator[StreamRecord]:
    """Yield records from the iterator on, up to the sequence number `last` or the end of the stream."""
    while iterator:
        response = kinesis.get_records(ShardIterator=iterator, StreamARN=stream_arn)
        for record in response["Records"]:
            if int(record["SequenceNumber"]) > last:
                return
            arrival = record["ApproximateArrivalTimestamp"].timestamp()
            yield StreamRecord(stream_arn, shard_id, record["SequenceNumber"], arrival, record["Data"])
            if int(record["SequenceNumber"]) == last:
                return
        if not response["Records"] and not response.get("MillisBehindLatest"):
            return
        iterator = response.get("NextShardIterator")
