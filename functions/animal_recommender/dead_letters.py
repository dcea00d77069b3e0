"""Dead letters: stream records that can never succeed, in an SQS queue, with the reason and the original bytes."""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from animal_recommender.aws_errors import AwsError, error_code
from animal_recommender.observability import logger
from animal_recommender.timestamps import format_time

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

# SQS: a message, and a batch of up to ten, may have 256 KiB (a queue may allow 1 MiB, but every queue allows this).
MAX_BATCH_BYTES = 262_144
MAX_BATCH_COUNT = 10
MAX_DATA_CHARACTERS = 245_760
PREFIX_BYTES = 65_536


@dataclass(frozen=True)
class Record:
    """A record of a Kinesis batch. `position` is its index in the batch, `arrival` is epoch seconds."""

    position: int
    stream_arn: str
    shard_id: str
    sequence_number: str
    arrival: float
    data: bytes


@dataclass(frozen=True)
class DeadLetter:
    """A refused record. `reason` is a class to group by, `detail` is a text without user data."""

    record: Record
    reason: str
    detail: str


class DeadLetterQueue:
    """Sends dead letters to one SQS queue. `message_body` describes the messages."""

    def __init__(self, sqs: "SQSClient", queue_url: str, function_name: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._function_name = function_name

    def send(self, letters: Sequence[DeadLetter]) -> list[DeadLetter]:
        """Send letters in batches, and return those that the queue did not take. They must be sent again."""
        unsent: list[DeadLetter] = []
        for batch in _batches([(letter, message_body(letter, self._function_name)) for letter in letters]):
            unsent.extend(self._send_batch(batch))
        return unsent

    def _send_batch(self, batch: list[tuple[DeadLetter, str]]) -> list[DeadLetter]:
        for letter, _ in batch:
            logger.warning("Event refused", extra=_log_fields(letter))
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(index), "MessageBody": body} for index, (_, body) in enumerate(batch)
        ]
        try:
            response = self._sqs.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        except AwsError as error:
            logger.error("Dead-letter queue not reached", extra={"error": error_code(error)})
            return [letter for letter, _ in batch]
        return [batch[int(failure["Id"])][0] for failure in response.get("Failed", [])]


def message_body(letter: DeadLetter, function_name: str) -> str:
    """Return the JSON text of a letter: the reason, the function, the place in the stream, and the bytes in `data`.

    `dataEncoding` is `base64`, or `gzip+base64` for a record that is too large for it. For a record that is too large
    even then, `dataTruncated` is true and `data` has the first 64 KiB. The whole record can be read from the stream at
    `shardId` and `sequenceNumber` while the stream retains it, and checked with `dataSha256`.
    """
    record = letter.record
    document = {
        "reason": letter.reason,
        "detail": letter.detail[:4096],
        "functionName": function_name,
        "streamArn": record.stream_arn,
        "shardId": record.shard_id,
        "sequenceNumber": record.sequence_number,
        "arrivalTime": format_time(record.arrival),
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


def _log_fields(letter: DeadLetter) -> dict[str, str]:
    record = letter.record
    return {"reason": letter.reason, "shardId": record.shard_id, "sequenceNumber": record.sequence_number}
