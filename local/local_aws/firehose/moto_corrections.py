"""Firehose: processors are checked when they are configured, and direct puts go through the buffer."""

from collections.abc import Mapping
from typing import Any

from moto.firehose.exceptions import InvalidArgumentException
from moto.firehose.models import FirehoseBackend
from moto.firehose.responses import FirehoseResponse

from local_aws.firehose.direct_puts import InvalidPutError, put
from local_aws.firehose.processors import InvalidProcessorError, read_processing
from local_aws.moto_patches.patching import correction, wrap_method


@correction
def check_processors() -> None:
    """Refuse processors that AWS refuses, and those that this server cannot run.

    Cause: moto/firehose/models.py stores a ProcessingConfiguration unread.
    """

    @wrap_method(FirehoseResponse, "create_delivery_stream")
    def create_delivery_stream(original: Any, self: FirehoseResponse) -> Any:
        _check(self._get_param("ExtendedS3DestinationConfiguration"))
        return original(self)

    @wrap_method(FirehoseResponse, "update_destination")
    def update_destination(original: Any, self: FirehoseResponse) -> Any:
        _check(self._get_param("ExtendedS3DestinationUpdate"))
        return original(self)


@correction
def buffer_direct_puts() -> None:
    """Give records of PutRecord and PutRecordBatch to the poller of the delivery stream.

    Cause: put_record_batch in moto/firehose/models.py writes one object for each call, with no regard to the prefix,
    the buffer, the compression and the processors, and takes records for a stream that reads Kinesis.
    """

    @wrap_method(FirehoseBackend, "put_record_batch")
    def put_record_batch(original: Any, self: FirehoseBackend, name: str, records: list[dict[str, bytes]]) -> Any:
        stream = self.delivery_streams.get(name)
        if stream is None or not {"S3", "ExtendedS3"} & stream.destinations[0].keys():
            return original(self, name, records)
        try:
            ids = put(stream, [record["Data"] for record in records])
        except InvalidPutError as error:
            raise InvalidArgumentException(str(error)) from error
        encrypted = bool(stream.delivery_stream_encryption_configuration)
        responses = [{"RecordId": one} for one in ids]
        return {"FailedPutCount": 0, "Encrypted": encrypted, "RequestResponses": responses}


def _check(destination: Mapping[str, Any] | None) -> None:
    try:
        read_processing((destination or {}).get("ProcessingConfiguration"))
    except InvalidProcessorError as error:
        raise InvalidArgumentException(str(error)) from error
