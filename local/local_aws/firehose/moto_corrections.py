"""Firehose: processors are checked when they are configured."""

from collections.abc import Mapping
from typing import Any

from moto.firehose.exceptions import InvalidArgumentException
from moto.firehose.responses import FirehoseResponse

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


def _check(destination: Mapping[str, Any] | None) -> None:
    try:
        read_processing((destination or {}).get("ProcessingConfiguration"))
    except InvalidProcessorError as error:
        raise InvalidArgumentException(str(error)) from error
