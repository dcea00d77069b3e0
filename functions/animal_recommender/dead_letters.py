"""Records that can never succeed, kept in an SQS queue with their reason, their place in the stream and their bytes."""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from animal_recommender.aws_errors import AwsError, code_of
from animal_recommender.observability import logger
from animal_recommender.timestamps import iso

# SQS: a message, and a batch of up to ten, may take 256 KiB (queues may allow 1 MiB; this holds for all of them).
MAX_BATCH_BYTES = 262_144
MAX_BATCH_COUNT = 10
MAX_DATA_CHARACTERS = 245_760
PREFIX_BYTES = 65_536


@dataclass(frozen=True)
class Record:
    """A record of a Kinesis batch: its place in batch and stream, `arrival` in epoch seconds, its original bytes."""

    position: int
    stream_arn: str
    shard_id: str
    sequence_number: str
    arrival: float
    data: bytes


@dataclass(frozen=True)
class DeadLetter:
    """A record and why it is refused: `reason` is a class to group by, `detail` a text without user data."""

    record: Record
    reason: str
    detail: str


class DeadLetters:
    """Sends dead letters to one SQS queue; their JSON is `message`'s."""

    def __init__(self, sqs: Any, queue_url: str, function_name: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._function_name = function_name

    def send(self, letters: Sequence[DeadLetter]) -> list[DeadLetter]:
        """Send letters, ten at a time; answers those the queue did not take, which must not count as handled."""
        unsent: list[DeadLetter] = []
        for batch in _batches([(letter, message(letter, self._function_name)) for letter in letters]):
            unsent.extend(self._send_batch(batch))
        return unsent

    def _send_batch(self, batch: list[tuple[DeadLetter, str]]) -> list[DeadLetter]:
        for letter, _ in batch:
            logger.warning("Event refused", extra=_place(letter))
        entries = [{"Id": str(index), "MessageBody": body} for index, (_, body) in enumerate(batch)]
        try:
            answer = self._sqs.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        except AwsError as error:
            logger.error("Dead-letter queue not reached", extra={"error": code_of(error)})
            return [letter for letter, _ in batch]
        return [batch[int(failure["Id"])][0] for failure in answer.get("Failed", [])]


def message(letter: DeadLetter, function_name: str) -> str:
    """Write the queue's JSON: why, who, where in the stream, and the original bytes in `data`.

    `dataEncoding` is `base64`, or `gzip+base64` for a record too large for that. If even this does not fit,
    `dataTruncated` is true and `data` holds the first 64 KiB: the whole record can then be read from the stream at
    `shardId` and `sequenceNumber` while it is retained, and checked by `dataSha256`.
    """
    record = letter.record
    document = {
        "reason": letter.reason,
        "detail": letter.detail[:4096],
        "functionName": function_name,
        "streamArn": record.stream_arn,
        "shardId": record.shard_id,
        "sequenceNumber": record.sequence_number,
        "arrivalTime": iso(record.arrival),
        "dataSize": len(record.data),
        "dataSha256": hashlib.sha256(record.data).hexdigest(),
        **_encode(record.data),
    }
    return json.dumps(document, separators=(",", ":"))


def _encode(data: bytes) -> dict[str, Any]:
    encoded = base64.b64encode(data)
    encoding, truncated = "base64", False
    if len(encoded) > MAX_DATA_CHARACTERS:
        encoded = base64.b64encode(gzip.compress(data, mtime=0))
        encoding = "gzip+base64"
    if len(encoded) > MAX_DATA_CHARACTERS:
        encoded = base64.b64encode(data[:PREFIX_BYTES])
        encoding, truncated = "base64", True
    return {"data": encoded.decode("ascii"), "dataEncoding": encoding, "dataTruncated": truncated}


def _batches(messages: list[tuple[DeadLetter, str]]) -> Iterator[list[tuple[DeadLetter, str]]]:
    batch: list[tuple[DeadLetter, str]] = []
    size = 0
    for letter, body in messages:
        if batch and (len(batch) == MAX_BATCH_COUNT or size + len(body) > MAX_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((letter, body))
        size += len(body)
    if batch:
        yield batch


def _place(letter: DeadLetter) -> dict[str, str]:
    record = letter.record
    return {"reason": letter.reason, "shardId": record.shard_id, "sequenceNumber": record.sequence_number}
