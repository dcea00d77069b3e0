"""Invocations of the function that transforms a delivery stream's records."""

import threading
import time
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.delivery import Delivery
from local_aws.firehose.records import Record
from local_aws.firehose.transformations import InvocationError
from local_aws.iam.access_denied import AccessDeniedError
from local_aws.iam.actors import Actor

_PAUSE_SECONDS = 1.0  # between attempts; AWS waits longer
_CODES = {
    "AccessDeniedException": "Lambda.InvokeAccessDenied",
    "ResourceNotFoundException": "Lambda.ResourceNotFound",
    "TooManyRequestsException": "Lambda.InvokeLimitExceeded",
}


class Invocations:
    """The attempts to transform one batch, with the role of the delivery stream."""

    def __init__(self, delivery: Delivery, actor: Actor, function: str, stopping: threading.Event) -> None:
        self._delivery = delivery
        self._actor = actor
        self._function = function
        self._stopping = stopping
        self._attempts = 0
        self._succeeded = False
        self._seconds = 0.0

    def invoke(self, payload: bytes) -> bytes:
        """Invoke the function and return its response; waits before a second attempt.

        Raises:
            InvocationError: the function was not invoked, or it failed.
        """
        if self._attempts:
            self._stopping.wait(_PAUSE_SECONDS)
        self._attempts += 1
        began = time.monotonic()
        try:
            response = self._call(payload)
        finally:
            self._seconds = time.monotonic() - began
        self._succeeded = True
        return response

    def _call(self, payload: bytes) -> bytes:
        try:
            functions = self._delivery.client("lambda", self._function.split(":")[3], self._actor)
            # Firehose reads the function's timeout, and needs the permission to do so.
            functions.get_function_configuration(FunctionName=self._function)
            response = functions.invoke(FunctionName=self._function, Payload=payload)
        except AccessDeniedError as error:
            raise InvocationError("Lambda.AssumeRoleAccessDenied") from error
        except ClientError as error:
            raise InvocationError(_CODES.get(error.response["Error"]["Code"], "Lambda.InvocationFailed")) from error
        except BotoCoreError as error:
            raise InvocationError("Lambda.InvocationFailed") from error
        if "FunctionError" in response:
            raise InvocationError("Lambda.FunctionError")
        body: bytes = response["Payload"].read()
        return body

    def metrics(self, processed: Sequence[Record]) -> dict[str, tuple[float, str]]:
        """Return Firehose's metrics of a batch, of which these records did not fail: name -> value and unit."""
        return {
            "ExecuteProcessing.Duration": (self._seconds * 1000, "Milliseconds"),
            "ExecuteProcessing.Success": (1.0 / self._attempts if self._succeeded else 0.0, "Count"),
            "SucceedProcessing.Records": (len(processed), "Count"),
            "SucceedProcessing.Bytes": (sum(len(record.data) for record in processed), "Bytes"),
        }
