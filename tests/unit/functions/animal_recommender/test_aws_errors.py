"""Kinds of errors, deadlines and delays."""

from typing import Any

import pytest
from botocore.exceptions import ParamValidationError, ReadTimeoutError

from animal_recommender.aws_errors import Deadline, ErrorKind, backoff_delays, classify
from local_aws.testing.manual_clock import ManualClock
from tests.unit.functions.fakes import FakeContext, error


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (error("InvalidInputException"), ErrorKind.INVALID_REQUEST),
        (ParamValidationError(report="x"), ErrorKind.INVALID_REQUEST),
        (error("ThrottlingException"), ErrorKind.TRANSIENT),
        (error("Whatever", 429), ErrorKind.TRANSIENT),
        (error("Whatever", 503), ErrorKind.TRANSIENT),
        (ReadTimeoutError(endpoint_url="x"), ErrorKind.TRANSIENT),
        (error("ResourceNotFoundException", 404), ErrorKind.CONFIGURATION),
        (error("AccessDeniedException", 403), ErrorKind.CONFIGURATION),
    ],
)
def test_given_an_error_then_it_is_known_what_can_be_done(fault: Any, kind: ErrorKind) -> None:
    assert classify(fault) is kind


def test_given_a_deadline_then_it_keeps_the_reserve_but_at_most_a_quarter() -> None:
    long, short = (Deadline(FakeContext(ms), 4.0, ManualClock(100.0)) for ms in (60_000, 2_000))
    assert (long.allows(55.9), long.allows(56.1)) == (True, False)
    assert (short.allows(1.4), short.allows(1.6)) == (True, False)


def test_delays_grow_with_jitter_up_to_their_limit() -> None:
    waits = backoff_delays(first=0.1, longest=1.0)
    for ceiling in (0.1, 0.2, 0.4, 0.8, 1.0, 1.0):
        assert ceiling / 2 <= next(waits) <= ceiling
