"""Calls of Personalize campaigns within the time that a web page can wait.

botocore's own retries wait up to a second, so this module makes the few attempts that fit the time itself.
"""

import random
import re
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from animal_recommender.aws_errors import AwsError, ErrorKind, classify, error_code, error_message
from animal_recommender.clients import client
from animal_recommender.observability import add_count_metric, add_duration_metric, logger
from animal_recommender.tracing import record_subsegment
from animal_recommender.validation import FieldError, ValidationError

if TYPE_CHECKING:
    from types_boto3_personalize_runtime import PersonalizeRuntimeClient

R = TypeVar("R")

ATTEMPTS = 2
LONGEST_PAUSE = 0.05
# The part of an attempt's time that may go into the connection. The service is in the same region.
_CONNECT_SHARE = 0.25


class UnavailableError(Exception):
    """Personalize did not answer in time, or cannot answer. The text is the error's code."""


def campaign_client(timeout_seconds: float) -> "PersonalizeRuntimeClient":
    """Return a client whose attempts together take at most `timeout_seconds`."""
    budget = timeout_seconds / ATTEMPTS - LONGEST_PAUSE
    connect = budget * _CONNECT_SHARE
    return client("personalize-runtime", connect_timeout=connect, read_timeout=budget - connect, attempts=1)


def call_campaign(
    operation: Callable[[], R], user_data: Iterable[str], sleep: Callable[[float], None] = time.sleep
) -> R:
    """Call a campaign, a second time after a transient error.

    Args:
        operation: Makes the call.
        user_data: The values of the request that must not appear in an error text, since errors are logged.
        sleep: Waits between the attempts.

    Raises:
        ValidationError: Personalize refuses the request itself.
        UnavailableError: Anything else went wrong.
    """
    for attempt in range(ATTEMPTS):
        started = time.perf_counter()
        try:
            with record_subsegment("Personalize"):
                result = operation()
            # AWS/Personalize has no percentiles of the latency, so this is measured here.
            add_duration_metric("CampaignLatency", (time.perf_counter() - started) * 1000)
            return result
        except AwsError as error:
            kind, code, message = classify(error), error_code(error), error_message(error)
        if kind is ErrorKind.INVALID_REQUEST:
            raise ValidationError([FieldError("payload", f"is refused: {_redact(message, user_data)}")])
        if kind is ErrorKind.CONFIGURATION:
            break
        if attempt < ATTEMPTS - 1:
            sleep(random.uniform(0, LONGEST_PAUSE))
    raise UnavailableError(code)


def record_degraded_answer(error: UnavailableError) -> None:
    """Log and count an answer that is made without Personalize."""
    add_count_metric("DegradedAnswers")
    logger.error("Personalize not available", extra={"error": str(error)})


def _redact(message: str, user_data: Iterable[str]) -> str:
    longest_first = sorted(map(re.escape, user_data), key=len, reverse=True)
    return re.sub(rf"(?<!\w)({'|'.join(longest_first)})(?!\w)", "…", message)
