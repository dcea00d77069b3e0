"""Stream records handed to one consumer function again, at the places in the stream that they had."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from botocore.exceptions import ClientError

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
        """Its shard and sequence number."""
        return self.shard_id, self.sequence_number


class Reinvocation:
    """Calls one function as its event source mapping does: one shard at a time, in order."""

    def __init__(self, client: Any, function: str) -> None:
        self._client, self._function = client, function

    def send(self, records: Sequence[StreamRecord]) -> list[StreamRecord]:
        """Answers the records that the function is done with: accepted, or refused for good."""
        ordered = sorted(records, key=lambda record: (record.shard_id, int(record.sequence_number)))
        done: list[StreamRecord] = []
        for _, of_shard in groupby(ordered, key=lambda record: record.shard_id):
            for batch in _batches(of_shard):
                taken = self._invoke(batch)
                done += taken
                if len(taken) < len(batch):
                    break  # what follows in this shard must not overtake
        return done

    def _invoke(self, batch: Sequence[StreamRecord]) -> Sequence[StreamRecord]:
        payload = json.dumps({"Records": [_event(record) for record in batch]}).encode()
        answer = self._client.invoke(FunctionName=self._function, Qualifier=QUALIFIER, Payload=payload)
        if "FunctionError" in answer:
            return []
        failures = (json.load(answer["Payload"]) or {}).get("batchItemFailures", [])
        failed = {failure["itemIdentifier"] for failure in failures}
        first = next((at for at, record in enumerate(batch) if record.sequence_number in failed), len(batch))
        return batch[:first]


def _batches(records: Iterator[StreamRecord]) -> Iterator[list[StreamRecord]]:
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


def _event(record: StreamRecord) -> dict[str, Any]:
    """One record as Lambda gives it (https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-example.html)."""
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


def read_range(kinesis: Any, stream_arn: str, shard_id: str, first: str, last: str) -> list[StreamRecord] | None:
    """A shard's records from one sequence number to another, or None if the stream has not kept all of them."""
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
    records = list(_until(kinesis, stream_arn, shard_id, iterator, int(last)))
    complete = records and records[0].sequence_number == first and records[-1].sequence_number == last
    return records if complete else None


def _until(kinesis: Any, stream_arn: str, shard_id: str, iterator: str | None, last: int) -> Iterator[StreamRecord]:
    """Reads on while there is more behind the iterator, up to the sequence number `last`."""
    while iterator:
        answer = kinesis.get_records(ShardIterator=iterator, StreamARN=stream_arn)
        for record in answer["Records"]:
            if int(record["SequenceNumber"]) > last:
                return
            arrival = record["ApproximateArrivalTimestamp"].timestamp()
            yield StreamRecord(stream_arn, shard_id, record["SequenceNumber"], arrival, record["Data"])
            if int(record["SequenceNumber"]) == last:
                return
        if not answer["Records"] and not answer.get("MillisBehindLatest"):
            return
        iterator = answer.get("NextShardIterator")
