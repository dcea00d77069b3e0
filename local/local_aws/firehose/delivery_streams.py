"""Firehose delivery streams to S3, from Kinesis or by direct puts: a poller for each transforms and writes records."""

import json
import logging
import threading
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.core.utils import unix_time
from moto.firehose.models import DeliveryStream, firehose_backends
from moto.kinesis.models import Shard

from local_aws.cloudwatch.metrics import put_metrics
from local_aws.delivery import Delivery
from local_aws.firehose.destinations import Destination, read_destination
from local_aws.firehose.direct_puts import take
from local_aws.firehose.invocations import Invocations
from local_aws.firehose.records import Buffer, Record, read_stream_record
from local_aws.firehose.transformations import Failure, Transformed, transform
from local_aws.iam.actors import Actor, assumed_role
from local_aws.iam.authorization import Authorizer
from local_aws.iam.permission import Permission
from local_aws.kinesis.retention import add_consumers, remove_consumers
from local_aws.kinesis.shards import POLL_SECONDS, find_stream, read_records, shards, starting_sequence

_log = logging.getLogger(__name__)

_READ_LIMIT = 5_000
_RETRY_SECONDS = 1.0


class DeliveryStreamPollers:
    """Keeps a poller running for every delivery stream to S3."""

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
        self._untransformed = Buffer()
        self._buffer = Buffer()
        threading.Thread(target=self._poll, daemon=True, name=f"firehose-{stream.delivery_stream_name}").start()

    def _poll(self) -> None:
        while not self.stopping.wait(POLL_SECONDS):
            try:
                destination = read_destination(self._stream)
                self._read(destination)
                waiting = destination.processing.transformation
                if waiting is None or self._untransformed.is_due(waiting.buffer_bytes, waiting.buffer_seconds):
                    self._transform(destination)
                if self._buffer.is_due(destination.buffer_bytes, destination.buffer_seconds):
                    self._write(destination)
            except Exception:
                _log.exception("delivery stream %s", self._stream.delivery_stream_name)
                self.stopping.wait(_RETRY_SECONDS)

    def _read(self, destination: Destination) -> None:
        if self._stream.source:
            self._read_shards(destination)
        for record in take(self._stream):
            self._accept(record, destination)

    def _read_shards(self, destination: Destination) -> None:
        """Read every shard to its end; transforms and writes each time that a buffer is full."""
        source = find_stream(self._stream.source["KinesisStreamARN"])
        if source:
            self._require_access("GetRecords")
        for shard in shards(source) if source else ():
            if self.positions.get(shard.shard_id, (None,))[0] is not shard:
                self._require_access("DescribeStream", "ListShards", "GetShardIterator")
                created = unix_time(self._stream.create_timestamp)
                self.positions[shard.shard_id] = (shard, starting_sequence(shard, "LATEST", created))
            while records := read_records(shard, self.positions[shard.shard_id][1], _READ_LIMIT):
                for stream_record in records:
                    self.positions[shard.shard_id] = (shard, stream_record.sequence)
                    for record in read_stream_record(stream_record):
                        self._accept(record, destination)

    def _accept(self, record: Record, destination: Destination) -> None:
        transformation = destination.processing.transformation
        if transformation is None:
            self._deliver(record, destination)
            return
        if self._untransformed.records and self._untransformed.size + len(record.data) > transformation.buffer_bytes:
            self._transform(destination)
        self._untransformed.add(record)

    def _deliver(self, record: Record, destination: Destination) -> None:
        self._buffer.add(record)
        if self._buffer.size >= destination.buffer_bytes:
            self._write(destination)

    def _transform(self, destination: Destination) -> None:
        """Transform the records that wait; without a transformation (it was removed meanwhile) deliver them."""
        given = destination.processing.transformation
        batch, self._untransformed = self._untransformed, Buffer()
        found = Transformed(batch.records)
        if given and batch.records:
            actor = self._actor(given.role or destination.role)
            invocations = Invocations(self._delivery, actor, given.function, self.stopping)
            found = transform(batch.records, self._stream.delivery_stream_arn, given.retries, invocations.invoke)
            failed = {failure.record.id for failure in found.failures}
            self._put_metrics(invocations.metrics([one for one in batch.records if one.id not in failed]))
            if found.failures:
                self._write_failures(found.failures, given.function, destination)
        for record in found.records:
            self._deliver(record, destination)

    def _write(self, destination: Destination) -> None:
        """Write the buffer as one object."""
        buffer, self._buffer = self._buffer, Buffer()
        oldest = min(record.arrival for record in buffer.records)
        body = b"".join(record.data + destination.processing.delimiter for record in buffer.records)
        if self._put_object(destination.object(body, oldest), destination):
            figures = {
                "DeliveryToS3.Success": (1, "Count"),
                "DeliveryToS3.Records": (len(buffer.records), "Count"),
                "DeliveryToS3.Bytes": (buffer.size, "Bytes"),
                "DeliveryToS3.DataFreshness": (max(0.0, time.time() - oldest), "Seconds"),
            }
            self._put_metrics(figures)

    def _write_failures(self, failures: list[Failure], function: str, destination: Destination) -> None:
        oldest = min(failure.record.arrival for failure in failures)
        body = "".join(f"{json.dumps(failure.document(function))}\n" for failure in failures).encode()
        self._put_object(destination.error_object(body, oldest), destination)
        if destination.log:
            self._log_failures(failures, function, destination, *destination.log)

    def _log_failures(
        self, failures: list[Failure], function: str, destination: Destination, group: str, stream: str
    ) -> None:
        """Write a line for each kind of error, but not for what the function refused, which its own log is about.

        An error of the log is only reported.
        """
        common = {
            "deliveryStreamARN": self._stream.delivery_stream_arn,
            "destination": f"arn:aws:s3:::{destination.bucket}",
            "deliveryStreamVersionId": int(destination.version),
            "processor": function,
        }
        kinds = {failure.code: failure.message for failure in failures if not failure.refused}
        events = [
            {
                "timestamp": int(time.time() * 1000),
                "message": json.dumps({**common, "message": message, "errorCode": code}),
            }
            for code, message in kinds.items()
        ]
        try:
            logs = self._delivery.client("logs", self._region, self._actor(destination.role))
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
        except (ClientError, BotoCoreError) as error:
            _log.warning("delivery stream %s: %s", self._stream.delivery_stream_name, error)

    def _put_object(self, request: dict[str, Any], destination: Destination) -> bool:
        """Write an object; retries until S3 accepts it, as Firehose does for a day. False: the poller was stopped."""
        while not self.stopping.is_set():
            try:
                self._delivery.client("s3", self._region, self._actor(destination.role)).put_object(**request)
                return True
            except (ClientError, BotoCoreError):
                _log.exception("delivery stream %s, %s", self._stream.delivery_stream_name, request["Key"])
                self.stopping.wait(_RETRY_SECONDS)
        return False

    def _require_access(self, *actions: str) -> None:
        """Return if the source's role may read the stream and use its key, or raise AccessDeniedError."""
        source = self._stream.source
        permissions = [Permission(f"kinesis:{action}", source["KinesisStreamARN"]) for action in actions]
        self._authorizer.require_with_keys(self._actor(source["RoleARN"]), self._region, *permissions)

    def _actor(self, role_arn: str) -> Actor:
        return assumed_role(role_arn, "firehose.amazonaws.com", self._stream.delivery_stream_arn, "firehose")

    def _put_metrics(self, figures: dict[str, tuple[float, str]]) -> None:
        dimensions = [{"Name": "DeliveryStreamName", "Value": self._stream.delivery_stream_name}]
        metrics = [
            {"MetricName": name, "Value": value, "Unit": unit, "Dimensions": dimensions}
            for name, (value, unit) in figures.items()
        ]
        put_metrics(self._stream.delivery_stream_arn.split(":")[4], self._region, "AWS/Firehose", metrics)


def _delivery_streams() -> list[tuple[DeliveryStream, str]]:
    return [
        (stream, region)
        for account in list(firehose_backends.values())
        for region, backend in list(account.items())
        for stream in list(backend.delivery_streams.values())
        if "ExtendedS3" in stream.destinations[0] or "S3" in stream.destinations[0]
    ]
