"""Errors of AWS calls: their kinds, and the times for retries."""

import random
import time
from collections.abc import Callable, Iterator
from enum import Enum
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

AwsError = (BotoCoreError, ClientError)

_INVALID_REQUEST = {"InvalidInputException", "ValidationException", "SerializationException"}
_TRANSIENT = {
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ResourceInUseException",
    "ServiceUnavailable",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}


class ErrorKind(Enum):
    """What can be done about an error.

    INVALID_REQUEST: this request can never succeed. TRANSIENT: a retry may succeed soon. CONFIGURATION: no retry
    succeeds before somebody changes the deployment, e.g. a missing permission or resource.
    """

    INVALID_REQUEST = "invalid request"
    TRANSIENT = "transient"
    CONFIGURATION = "configuration"


def classify(error: BotoCoreError | ClientError) -> ErrorKind:
    """Return the kind of an AWS error, from its code and HTTP status. Timeouts and lost connections are transient."""
    if isinstance(error, ParamValidationError):
        return ErrorKind.INVALID_REQUEST
    if not isinstance(error, ClientError):
        return ErrorKind.TRANSIENT
    code = error_code(error)
    if code in _INVALID_REQUEST:
        return ErrorKind.INVALID_REQUEST
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return ErrorKind.TRANSIENT if code in _TRANSIENT or status == 429 or status >= 500 else ErrorKind.CONFIGURATION


def error_code(error: BotoCoreError | ClientError) -> str:
    """Return the error's code, or its class if no service answered. The code has no user data and may be logged."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code", "Unknown")
    return type(error).__name__


def error_message(error: BotoCoreError | ClientError) -> str:
    """Return the service's message, or the error's class if no service answered. The message may have user data."""
    return error.response["Error"].get("Message", "") if isinstance(error, ClientError) else error_code(error)


class Deadline:
    """The time that an invocation may use for calls, `reserve` seconds before Lambda ends it.

    The reserve is for the last call and the response. It is at most a quarter of the time that remains.
    """

    def __init__(self, context: "LambdaContext", reserve: float, clock: Callable[[], float] = time.monotonic) -> None:
        remaining = context.get_remaining_time_in_millis() / 1000
        self._clock = clock
        self._end = clock() + remaining - min(reserve, remaining / 4)

    def allows(self, seconds: float) -> bool:
        """Return whether another call may start after a wait of `seconds`."""
        return self._clock() + seconds < self._end


def backoff_delays(first: float = 0.1, longest: float = 5.0) -> Iterator[float]:
    """Yield the waits between attempts in seconds, without end: doubling, with jitter so that callers spread."""
    ceiling = first
    while True:
        yield ceiling * (0.5 + random.random() / 2)
        ceiling = min(ceiling * 2, longest)
