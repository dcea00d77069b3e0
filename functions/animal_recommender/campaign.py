"""Personalize campaigns as a web page needs them: an answer soon, or a clear reason to do without.

The runtime's own retries wait up to a second, so the few tries that fit the budget are made here.
"""

import os
import random
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from animal_recommender.aws_errors import AwsError, Failure, classify, code_of, message_of
from animal_recommender.clients import client
from animal_recommender.observability import count, logger
from animal_recommender.tracing import traced
from animal_recommender.validation import FieldError, ValidationError

ATTEMPTS = 2
LONGEST_PAUSE = 0.05
# The share of an attempt's time for the connection; it is in the same region.
_CONNECT_SHARE = 0.25


class UnavailableError(Exception):
    """Personalize gave no answer in time, or cannot for now; the text is the error's code."""


def runtime() -> Any:
    """Answer the client for campaigns; both attempts together take at most PERSONALIZE_TIMEOUT_SECONDS (default 2)."""
    budget = float(os.environ.get("PERSONALIZE_TIMEOUT_SECONDS", "2")) / ATTEMPTS - LONGEST_PAUSE
    connect = budget * _CONNECT_SHARE
    return client("personalize-runtime", connect_timeout=connect, read_timeout=budget - connect, attempts=1)


def ask(
    operation: Callable[..., Any], parameters: Mapping[str, Any], pause: Callable[[float], None] = time.sleep
) -> dict[str, Any]:
    """Call a runtime operation, twice if need be.

    Raises ValidationError if Personalize refuses the request itself, UnavailableError for anything else.
    """
    for attempt in range(ATTEMPTS):
        try:
            with traced("Personalize"):
                return operation(**parameters)
        except AwsError as error:
            failure, code, message = classify(error), code_of(error), message_of(error)
        if failure is Failure.INVALID:
            raise ValidationError([FieldError("payload", f"is refused: {_without(parameters, message)}")])
        if failure is Failure.BROKEN:
            break
        if attempt < ATTEMPTS - 1:
            pause(random.uniform(0, LONGEST_PAUSE))
    raise UnavailableError(code)


def degraded(error: UnavailableError) -> None:
    """Log and count that an answer is made without Personalize."""
    count("DegradedAnswers")
    logger.error("Personalize not available", extra={"error": str(error)})


def _without(parameters: Mapping[str, Any], message: str) -> str:
    """Take the visitor's own data out of an error text, since errors are logged."""
    private = [parameters["userId"], *parameters.get("inputList", ()), *parameters.get("filterValues", {}).values()]
    longest_first = sorted(map(re.escape, private), key=len, reverse=True)
    return re.sub(rf"(?<!\w)({'|'.join(longest_first)})(?!\w)", "…", message)
