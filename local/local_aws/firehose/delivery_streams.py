"""Firehose delivery streams that read Kinesis: a poller for each, writing objects as its configuration says."""

import base64
import gzip
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.core.utils import unix_time
from moto.firehose.models import DeliveryStream, firehose_backends

from local_aws.cloudwatch.metrics import put_metrics
from local_aws.delivery import Delivery
from local_aws.firehose.object_names import object_key
from local_aws.iam.actors import Actor, taking
from local_aws.iam.authorization import Guard
from local_aws.kinesis.shards import POLL_SECONDS, StreamRecord, find_stream, read, shards, starting_sequence
from local_aws.kms.key_usage import Use
from local_aws.trouble import report

_READ_LIMIT = 5_000
_DEFAULT_SECONDS, _DEFAULT_MIB = 300, 5
_RETRY_SECONDS = 1.0


@dataclass(frozen=True)
class Destination:
    """An S3 destination as configured; sizes in bytes, times in seconds."""

    bucket: str
    prefix: str
    extension: str
    zone: str
    gzip: bool
    kms_key: str | None
    delimiter: bytes
    buffer_seconds: float
    buffer_bytes: int
    role: str


@dataclass
class Buffer:
    """Records on their way into one object."""

    records: list[StreamRecord] = field(default_factory=list)
    size: int = 0
    since: float = 0.0

    def add(self, record: StreamRecord) -> None:
        """Take one record in."""
        if not self.records:
            self.since = time.monotonic()
        self.records.append(record)
        self.size += len(record.data) * 3 // 4

    def is_due(self, destination: Destination) -> bool:
        """Whether it is full or old enough to be written."""
        full = self.size >= destination.buffer_bytes
        return bool(self.records) and (full or time.monotonic() - self.since >= destination.buffer_seconds)


class FirehosePollers:
    """Keeps a poller running for every delivery stream with a Kinesis source."""

    def __init__(self, delivery: Delivery, guard: Guard) -> None:
        self._guard = guard
        self._delivery = delivery
        self._closing = threading.Event()
        self._pollers: dict[int, _Poller] = {}
        self._thread = threading.Thread(target=self._supervise, daemon=True, name="firehose")
        self._thread.start()

    def close(self) -> None:
        """Stop every poller; what is buffered is lost, as everything is with the server."""
        self._closing.set()
        for poller in self._pollers.values():
            poller.stopping.set()
        self._thread.join(timeout=2)

    def _supervise(self) -> None:
        while not self._closing.wait(POLL_SECONDS):
            wanted = {id(stream): (stream, region) for stream, region in _delivery_streams()}
            for key in [key for key in self._pollers if key not in wanted]:
                self._pollers.pop(key).stopping.set()
            for key, (stream, region) in wanted.items():
                if key not in self._pollers:
                    self._pollers[key] = _Poller(stream, region, self._delivery, self._guard)


class _Poller:
    def __init__(self, stream: DeliveryStream, region: str, delivery: Delivery, guard: Guard) -> None:
        self.stopping = threading.Event()
        self._stream = stream
        self._region = region
        self._delivery = delivery
        self._guard = guard
        self._positions: dict[str, int] = {}
        self._buffer = Buffer()
        threading.Thread(target=self._poll, daemon=True, name=f"firehose-{stream.delivery_stream_name}").start()

    def _poll(self) -> None:
        while not self.stopping.wait(POLL_SECONDS):
            try:
                destination = read_destination(self._stream)
                self._fill(destination)
                if self._buffer.is_due(destination):
                    self._write(destination)
            except Exception as error:
                report(f"delivery stream {self._stream.delivery_stream_name}", error)
                self.stopping.wait(_RETRY_SECONDS)

    def _fill(self, destination: Destination) -> None:
        """Read every shard until nothing new is there, writing objects as they become full."""
        source = find_stream(self._stream.source["KinesisStreamARN"])
        if source:
            self._may("GetRecords")
        for shard in shards(source) if source else ():
            if shard.shard_id not in self._positions:
                self._may("DescribeStream", "ListShards", "GetShardIterator")
                created = unix_time(self._stream.create_timestamp)
                self._positions[shard.shard_id] = starting_sequence(shard, "LATEST", created)
            while records := read(shard, self._positions[shard.shard_id], _READ_LIMIT):
                for record in records:
                    self._buffer.add(record)
                    self._positions[shard.shard_id] = record.sequence
                    if self._buffer.size >= destination.buffer_bytes:
                        self._write(destination)

    def _write(self, destination: Destination) -> None:
        """Write the buffer as one object; tries until S3 takes it, as Firehose does for a day."""
        buffer, self._buffer = self._buffer, Buffer()
        oldest = min(record.arrival for record in buffer.records)
        key = object_key(
            stream=self._stream.delivery_stream_name,
            version=self._stream.version_id,
            prefix=destination.prefix,
            extension=destination.extension,
            moment=oldest,
            zone=destination.zone,
        )
        put = put_arguments(destination, key, buffer.records)
        while not self.stopping.is_set():
            try:
                self._delivery.client("s3", self._region, self._acting(destination.role)).put_object(**put)
                self._measure(buffer, oldest)
                return
            except (ClientError, BotoCoreError) as error:
                report(f"delivery stream {self._stream.delivery_stream_name}, {key}", error)
                self.stopping.wait(_RETRY_SECONDS)

    def _may(self, *actions: str) -> None:
        """Return when the source's role may read the stream and use its key; raises RefusedError."""
        source = self._stream.source
        uses = [Use(f"kinesis:{action}", source["KinesisStreamARN"]) for action in actions]
        self._guard.act(self._acting(source["RoleARN"]), self._region, *uses)

    def _acting(self, role_arn: str) -> Actor:
        return taking(role_arn, "firehose.amazonaws.com", self._stream.delivery_stream_arn, "firehose")

    def _measure(self, buffer: Buffer, oldest: float) -> None:
        dimensions = [{"Name": "DeliveryStreamName", "Value": self._stream.delivery_stream_name}]
        figures = {
            "DeliveryToS3.Success": (1, "Count"),
            "DeliveryToS3.Records": (len(buffer.records), "Count"),
            "DeliveryToS3.Bytes": (buffer.size, "Bytes"),
            "DeliveryToS3.DataFreshness": (max(0.0, time.time() - oldest), "Seconds"),
        }
        metrics = [
            {"MetricName": name, "Value": value, "Unit": unit, "Dimensions": dimensions}
            for name, (value, unit) in figures.items()
        ]
        put_metrics(self._stream.delivery_stream_arn.split(":")[4], self._region, "AWS/Firehose", metrics)


def put_arguments(destination: Destination, key: str, records: list[StreamRecord]) -> dict[str, Any]:
    """Return PutObject's parameters for these records."""
    body = b"".join(base64.b64decode(record.data) + destination.delimiter for record in records)
    arguments: dict[str, Any] = {
        "Bucket": destination.bucket,
        "Key": key,
        "Body": gzip.compress(body) if destination.gzip else body,
        "ContentType": "application/octet-stream",
    }
    if destination.kms_key:
        arguments |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": destination.kms_key}
    return arguments


def read_destination(stream: DeliveryStream) -> Destination:
    """Return what the delivery stream's configuration says now."""
    given = stream.destinations[0].get("ExtendedS3") or stream.destinations[0]["S3"]
    hints = given.get("BufferingHints") or {}
    compressed = given.get("CompressionFormat") == "GZIP"
    encryption = (given.get("EncryptionConfiguration") or {}).get("KMSEncryptionConfig") or {}
    return Destination(
        bucket=given["BucketARN"].split(":::", 1)[1],
        prefix=given.get("Prefix") or "",
        extension=given.get("FileExtension") or (".gz" if compressed else ""),
        zone=given.get("CustomTimeZone") or "UTC",
        gzip=compressed,
        kms_key=encryption.get("AWSKMSKeyARN"),
        delimiter=_delimiter(given),
        buffer_seconds=float(hints.get("IntervalInSeconds", _DEFAULT_SECONDS)),
        buffer_bytes=int(hints.get("SizeInMBs") or _DEFAULT_MIB) * 1024 * 1024,
        role=given["RoleARN"],
    )


def _delimiter(given: dict[str, Any]) -> bytes:
    """Return what the AppendDelimiterToRecord processor appends; other processors are not run here."""
    processing = given.get("ProcessingConfiguration") or {}
    for processor in processing.get("Processors", ()) if processing.get("Enabled") else ():
        if processor["Type"] == "AppendDelimiterToRecord":
            parameters = {p["ParameterName"]: p["ParameterValue"] for p in processor.get("Parameters") or ()}
            return parameters.get("Delimiter", "\\n").encode().decode("unicode_escape").encode()
    return b""


def _delivery_streams() -> list[tuple[DeliveryStream, str]]:
    return [
        (stream, region)
        for account in list(firehose_backends.values())
        for region, backend in list(account.items())
        for stream in list(backend.delivery_streams.values())
        if stream.source and ("ExtendedS3" in stream.destinations[0] or "S3" in stream.destinations[0])
    ]
