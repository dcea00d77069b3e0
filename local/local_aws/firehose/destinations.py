"""The S3 destination of a delivery stream, and the requests that write its objects."""

import gzip
from dataclasses import dataclass
from typing import Any

from moto.firehose.models import DeliveryStream

from local_aws.firehose.object_names import object_key
from local_aws.firehose.processors import MIB, Processing, read_processing

_DEFAULT_SECONDS, _DEFAULT_MIB = 300, 5
PROCESSING_FAILED = "processing-failed"


@dataclass(frozen=True)
class Destination:
    """The configuration of an S3 destination; sizes in bytes, times in seconds.

    Attributes:
        stream: name of the delivery stream.
        version: of the delivery stream.
        log: names of the log group and the log stream for errors, if they are logged.
    """

    stream: str
    version: str
    bucket: str
    prefix: str
    error_prefix: str
    extension: str
    zone: str
    gzip: bool
    kms_key: str | None
    buffer_seconds: float
    buffer_bytes: int
    role: str
    processing: Processing
    log: tuple[str, str] | None

    def object(self, body: bytes, moment: float) -> dict[str, Any]:
        """Return the parameters of PutObject for records; `moment` is the arrival of the oldest, in epoch seconds."""
        key = object_key(
            stream=self.stream,
            version=self.version,
            prefix=self.prefix,
            extension=self.extension,
            moment=moment,
            zone=self.zone,
        )
        return self._put(key, gzip.compress(body) if self.gzip else body)

    def error_object(self, body: bytes, moment: float) -> dict[str, Any]:
        """Return the parameters of PutObject for records that were not transformed; it is not compressed."""
        key = object_key(
            stream=self.stream,
            version=self.version,
            prefix=self.error_prefix,
            extension="",
            moment=moment,
            zone=self.zone,
            error_type=PROCESSING_FAILED,
        )
        return self._put(key, body)

    def _put(self, key: str, body: bytes) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "Bucket": self.bucket,
            "Key": key,
            "Body": body,
            "ContentType": "application/octet-stream",
        }
        if self.kms_key:
            arguments |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.kms_key}
        return arguments


def read_destination(stream: DeliveryStream) -> Destination:
    """Return the current configuration of a delivery stream's destination."""
    given = stream.destinations[0].get("ExtendedS3") or stream.destinations[0]["S3"]
    hints = given.get("BufferingHints") or {}
    compressed = given.get("CompressionFormat") == "GZIP"
    encryption = (given.get("EncryptionConfiguration") or {}).get("KMSEncryptionConfig") or {}
    log = given.get("CloudWatchLoggingOptions") or {}
    return Destination(
        stream=stream.delivery_stream_name,
        version=stream.version_id,
        bucket=given["BucketARN"].split(":::", 1)[1],
        prefix=given.get("Prefix") or "",
        error_prefix=given.get("ErrorOutputPrefix") or f"{given.get('Prefix') or ''}{PROCESSING_FAILED}/",
        extension=given.get("FileExtension") or (".gz" if compressed else ""),
        zone=given.get("CustomTimeZone") or "UTC",
        gzip=compressed,
        kms_key=encryption.get("AWSKMSKeyARN"),
        buffer_seconds=float(hints.get("IntervalInSeconds", _DEFAULT_SECONDS)),
        buffer_bytes=int(hints.get("SizeInMBs") or _DEFAULT_MIB) * MIB,
        role=given["RoleARN"],
        processing=read_processing(given.get("ProcessingConfiguration")),
        log=(log["LogGroupName"], log["LogStreamName"]) if log.get("Enabled") else None,
    )
