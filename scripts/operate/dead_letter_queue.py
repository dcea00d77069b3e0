"""Read the dead-letter queues of the stream's consumers without emptying them.

They hold two kinds of messages: a record that a function refused, with its bytes (animal_recommender.dead_letters), and
a batch that Lambda gave up on. The latter only says where in the stream the batch is
(https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html).
"""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from animal_recommender.timestamps import parse_time

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef

BATCH_GIVEN_UP = "batch-given-up"
UNREADABLE = "unreadable-message"
WAIT = 1  # seconds without a letter after which a queue counts as read; 0 would ask only some of SQS's servers
_PAGE = 10  # SQS: messages of one call


@dataclass(frozen=True)
class Letter:
    """One message. `arrived` is when its (first) record came into the stream, in epoch seconds.

    `first` to `last` are sequence numbers, the same one for a single record. `data` has a record's bytes, or only the
    first of them if it was too large for a message (then `whole` is false). It is empty for a batch, and the message
    itself if that is unreadable.
    """

    message_id: str
    receipt: str
    reason: str
    detail: str
    stream_arn: str
    shard_id: str
    first: str
    last: str
    count: int
    arrived: float
    data: bytes = b""
    whole: bool = False

    @property
    def place(self) -> tuple[str, str]:
        """Shard and sequence number, which identify the record in every queue."""
        return self.shard_id, self.first

    @property
    def is_batch(self) -> bool:
        """Whether the message stands for a batch, whose records must be read from the stream."""
        return self.reason == BATCH_GIVEN_UP


class Queue:
    """One dead-letter queue.

    `hidden` is for how many seconds received letters stay hidden from other readers if this one is killed. While it
    receives letters, those that it holds stay hidden for longer.
    """

    def __init__(self, sqs: SQSClient, url: str, hidden: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._sqs, self._url, self._hidden, self._clock = sqs, url, hidden, clock
        self._held: dict[str, str] = {}  # receipts of what was received and is still in the queue, by message id
        self._renewed = 0.0

    def receive_letters(self) -> Iterator[Letter]:
        """Yield each letter once, until the queue shows no more."""
        self._renewed = self._clock()
        while True:
            self._renew()
            response = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_PAGE,
                VisibilityTimeout=self._hidden,
                WaitTimeSeconds=WAIT,
            )
            messages = response.get("Messages", [])
            if not messages:
                return
            fresh = [message for message in messages if message["MessageId"] not in self._held]
            self._held |= {message["MessageId"]: message["ReceiptHandle"] for message in messages}
            yield from map(_parse_message, fresh)

    def remove(self, letters: Sequence[Letter]) -> None:
        """Delete letters for good."""
        for page in _pages([(letter.message_id, self._held[letter.message_id]) for letter in letters]):
            self._sqs.delete_message_batch(
                QueueUrl=self._url,
                Entries=[{"Id": str(index), "ReceiptHandle": receipt} for index, (_, receipt) in enumerate(page)],
            )
            for message_id, _ in page:
                del self._held[message_id]

    def replace(self, letter: Letter, body: str) -> None:
        """Put a message in the place of a letter. Interrupted in between, the queue has both."""
        self._sqs.send_message(QueueUrl=self._url, MessageBody=body)
        self.remove([letter])

    def count_hidden(self) -> int:
        """Return about how many messages another reader has received and not yet removed or released."""
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["All"])["Attributes"]
        hidden = int(attributes["ApproximateNumberOfMessagesNotVisible"])
        return max(0, hidden + int(attributes["ApproximateNumberOfMessagesDelayed"]) - len(self._held))

    def release(self) -> None:
        """Make the letters that were received and not removed visible to other readers again."""
        self._hide(0)
        self._held.clear()

    def _renew(self) -> None:
        """Hide what is held for longer, before it comes back while the rest is read."""
        if self._clock() - self._renewed >= self._hidden / 3:
            self._renewed = self._clock()
            self._hide(self._hidden)

    def _hide(self, seconds: int) -> None:
        for page in _pages(list(self._held.items())):
            self._sqs.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(index), "ReceiptHandle": receipt, "VisibilityTimeout": seconds}
                    for index, (_, receipt) in enumerate(page)
                ],
            )


def _pages(held: Sequence[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    return (held[start : start + _PAGE] for start in range(0, len(held), _PAGE))


class _Identity(TypedDict):
    message_id: str
    receipt: str


def _parse_message(message: MessageTypeDef) -> Letter:
    identity: _Identity = {"message_id": message["MessageId"], "receipt": message["ReceiptHandle"]}
    try:
        body = json.loads(message["Body"])
        return _parse_batch(identity, body) if "KinesisBatchInfo" in body else _parse_record(identity, body)
    except (ValueError, KeyError, TypeError) as error:
        return _unreadable(identity, f"neither a refused record nor a given-up batch ({error!r})", message["Body"])


def _unreadable(identity: _Identity, detail: str, body: str) -> Letter:
    return Letter(
        **identity,
        reason=UNREADABLE,
        detail=detail,
        stream_arn="",
        shard_id="",
        first="",
        last="",
        count=0,
        arrived=0.0,
        data=body.encode(),
    )


def _parse_record(identity: _Identity, body: Mapping[str, Any]) -> Letter:
    return Letter(
        **identity,
        reason=body["reason"],
        detail=body["detail"],
        stream_arn=body.get("streamArn", ""),
        shard_id=body["shardId"],
        first=body["sequenceNumber"],
        last=body["sequenceNumber"],
        count=1,
        arrived=parse_time(body["arrivalTime"]) or 0.0,
        data=_decode_data(body),
        whole=not body.get("dataTruncated"),
    )


def _decode_data(body: Mapping[str, Any]) -> bytes:
    data = base64.b64decode(body["data"])
    return gzip.decompress(data) if body.get("dataEncoding") == "gzip+base64" else data


def _parse_batch(identity: _Identity, body: Mapping[str, Any]) -> Letter:
    info, context = body["KinesisBatchInfo"], body.get("requestContext", {})
    return Letter(
        **identity,
        reason=BATCH_GIVEN_UP,
        detail=f"{info['batchSize']} records: {context.get('condition', 'no condition given')}",
        stream_arn=info["streamArn"],
        shard_id=info["shardId"],
        first=info["startSequenceNumber"],
        last=info["endSequenceNumber"],
        count=info["batchSize"],
        arrived=parse_time(info["approximateArrivalOfFirstRecord"]) or 0.0,
    )
