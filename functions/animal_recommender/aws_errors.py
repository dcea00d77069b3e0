"""Failures of AWS calls, by what can be done about them; and how long to wait before the next try."""

import random
import time
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

AwsError = (BotoCoreError, ClientError)

_INVALID = {"InvalidInputException", "ValidationException", "SerializationException"}
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


class Failure(Enum):
    """INVALID: this request never succeeds. TRANSIENT: it may, soon. BROKEN: not before someone repairs something."""

    INVALID = "invalid"
    TRANSIENT = "transient"
    BROKEN = "broken"


def classify(error: BotoCoreError | ClientError) -> Failure:
    """Tell the kind of an AWS error by its code and HTTP status; time-outs and lost connections are transient."""
    if isinstance(error, ParamValidationError):
        return Failure.INVALID
    if not isinstance(error, ClientError):
        return Failure.TRANSIENT
    if code_of(error) in _INVALID:
        return Failure.INVALID
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return Failure.TRANSIENT if code_of(error) in _TRANSIENT or status == 429 or status >= 500 else Failure.BROKEN


def code_of(error: BotoCoreError | ClientError) -> str:
    """Answer the error's code, or its class if no service answered: safe to log, as the message may not be."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code", "Unknown")
    return type(error).__name__


def message_of(error: BotoCoreError | ClientError) -> str:
    """Answer the service's own words, or the error's class if it was no service; the words may hold user data."""
    return error.response["Error"].get("Message", "") if isinstance(error, ClientError) else code_of(error)


class Deadline:
    """The time an invocation may still use, less what its last call and its answer need."""

    def __init__(self, context: Any, reserve: float, clock: Callable[[], float] = time.monotonic) -> None:
        remaining = context.get_remaining_time_in_millis() / 1000
        self._clock = clock
        self._end = clock() + remaining - min(reserve, remaining / 4)

    def allows(self, seconds: float) -> bool:
        """Tell whether a wait of this length still leaves time for another call."""
        return self._clock() + seconds < self._end


def delays(first: float = 0.1, longest: float = 5.0) -> Iterator[float]:
    """Answer the waits between tries in seconds, for ever: doubling, with jitter, so that callers spread."""
    ceiling = first
    while True:
        yield ceiling * (0.5 + random.random() / 2)
        ceiling = min(ceiling * 2, longest)
