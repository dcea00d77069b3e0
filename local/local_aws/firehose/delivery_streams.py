"""Firehose delivery streams from Kinesis to S3: a poller for each writes objects as its configuration says."""

import base64
import gzip
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.core.utils import unix_time
from moto.firehose.models import DeliveryStream, firehose_backends
from moto.kinesis.models import Shard

from local_aws.cloudwatch.metrics import put_metrics
from local_aws.delivery import Delivery
from local_aws.firehose.object_names import object_key
from local_aws.iam.actors import Actor, assumed_role
from local_aws.iam.authorization import Authorizer
from local_aws.iam.permission import Permission
from local_aws.kinesis.retention import add_consumers, remove_consumers
from local_aws.kinesis.shards import POLL_SECONDS, StreamRecord, find_stream, read_records, shards, starting_sequence

_log = logging.getLogger(__name__)

_READ_LIMIT = 5_000
_DEFAULT_SECONDS, _DEFAULT_MIB = 300, 5
_RETRY_SECONDS = 1.0


@dataclass(frozen=True)
class Destination:
    """The configuration of an S3 destination; sizes in bytes, times in seconds."""

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
    """Records for one object; `since`: when the first was added, in monotonic seconds."""

    records: list[StreamRecord] = field(default_factory=list)
    size: int = 0
    since: float = 0.0

    def add(self, record: StreamRecord) -> None:
        """Add one record."""
        if not self.records:
            self.since = time.monotonic()
        self.records.append(record)
        self.size += len(record.data) * 3 // 4

    def is_due(self, destination: Destination) -> bool:
        """Whether the buffer is full or old enough to be written."""
        full = self.size >= destination.buffer_bytes
        return bool(self.records) and (full or time.monotonic() - self.since >= destination.buffer_seconds)


class DeliveryStreamPollers:
    """Keeps a poller running for every delivery stream with a Kinesis source."""

    def __init__(self, delivery: Delivery, authorizer: Authorizer) -> None:
        self._authorizer = authorizer
        self._delivery = delivery
        self._closing = threading.Event()
        self._pollers: dict[int, _Poller] = {}
        add_consumers(self.positions)
        self._thread = threading.Thread(target=self._supervise, daemon=True, name="firehose")
        self._thread.start()

    def close(self) -> None:
        """Stop every poller; buffered records are lost, like all state of the server."""
        remove_consumers(self.positions)
        self._closing.set()
        for poller in self._pollers.values():
            poller.stopping.set()
        self._thread.join(timeout=2)

    def positions(self, shard: Shard) -> list[int]:
        """Return how far each delivery stream has read a shard."""
        found = (poller.positions.get(shard.shard_id) for poller in self._pollers.copy().values())
        return [position for known, position in filter(None, found) if known is shard]

    def _supervise(self) -> None:
        while not self._closing.wait(POLL_SECONDS):
            wanted = {id(stream): (stream, region) for stream, region in _delivery_streams()}
            for key in [key for key in self._pollers if key not in wanted]:
                self._pollers.pop(key).stopping.set()
            for key, (stream, region) in wanted.items():
                if key not in self._pollers:
                    self._pollers[key] = _Poller(stream, region, self._delivery, self._authorizer)


class _Poller:
    def __init__(self, stream: DeliveryStream, region: str, delivery: Delivery, authorizer: Authorizer) -> None:
        self.stopping = threading.Event()
        self._stream = stream
        self._region = region
        self._delivery = delivery
        self._authorizer = authorizer
        self.positions: dict[str, tuple[Shard, int]] = {}
        self._buffer = Buffer()
        threading.Thread(target=self._poll, daemon=True, name=f"firehose-{stream.delivery_stream_name}").start()

    def _poll(self) -> None:
        while not self.stopping.wait(POLL_SECONDS):
            try:
                destination = read_destination(self._stream)
                self._read_shards(destination)
                if self._buffer.is_due(destination):
                    self._write(destination)
            except Exception:
                _log.exception("delivery stream %s", self._stream.delivery_stream_name)
                self.stopping.wait(_RETRY_SECONDS)

    def _read_shards(self, destination: Destination) -> None:
        """Read every shard to its end; writes an object each time the buffer is full."""
        source = find_stream(self._stream.source["KinesisStreamARN"])
        if source:
            self._require_access("GetRecords")
        for shard in shards(source) if source else ():
            if self.positions.get(shard.shard_id, (None,))[0] is not shard:
                self._require_access("DescribeStream", "ListShards", "GetShardIterator")
                created = unix_time(self._stream.create_timestamp)
                self.positions[shard.shard_id] = (shard, starting_sequence(shard, "LATEST", created))
            while records := read_records(shard, self.positions[shard.shard_id][1], _READ_LIMIT):
                for record in records:
                    self._buffer.add(record)
                    self.positions[shard.shard_id] = (shard, record.sequence)
                    if self._buffer.size >= destination.buffer_bytes:
                        self._write(destination)

    def _write(self, destination: Destination) -> None:
        """Write the buffer as one object; retries until S3 accepts it, as Firehose does for a day."""
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
                self._delivery.client("s3", self._region, self._actor(destination.role)).put_object(**put)
                self._put_metrics(buffer, oldest)
                return
            except (ClientError, BotoCoreError):
                _log.exception("delivery stream %s, %s", self._stream.delivery_stream_name, key)
                self.stopping.wait(_RETRY_SECONDS)

    def _require_access(self, *actions: str) -> None:
        """Return if the source's role may read the stream and use its key, or raise AccessDeniedError."""
        source = self._stream.source
        permissions = [Permission(f"kinesis:{action}", source["KinesisStreamARN"]) for action in actions]
        self._authorizer.require_with_keys(self._actor(source["RoleARN"]), self._region, *permissions)

    def _actor(self, role_arn: str) -> Actor:
        return assumed_role(role_arn, "firehose.amazonaws.com", self._stream.delivery_stream_arn, "firehose")

    def _put_metrics(self, buffer: Buffer, oldest: float) -> None:
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
    """Return the parameters of PutObject for these records."""
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
    """Return the current configuration of a delivery stream's destination."""
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
    """Return the delimiter of the processor AppendDelimiterToRecord; other processors are not supported."""
    processing = given.get("ProcessingConfiguration") or {}
    for processor in processing.get("Processors", ()) if processing.get("Enabled") else ():
        if processor["Type"] == "AppendDelimiterToRecord":
            parameters = {p["ParameterName"]: p["ParameterValue"] for p in processor.get("Parameters") or ()}
            text = str(parameters.get("Delimiter", "\\n"))
            return text.encode().decode("unicode_escape").encode()
    return b""


def _delivery_streams() -> list[tuple[DeliveryStream, str]]:
    return [
        (stream, region)
        for account in list(firehose_backends.values())
        for region, backend in list(account.items())
        for stream in list(backend.delivery_streams.values())
        if stream.source and ("ExtendedS3" in stream.destinations[0] or "S3" in stream.destinations[0])
    ]
