"""Kinds of errors."""

from typing import Any

import pytest
from botocore.exceptions import ParamValidationError, ReadTimeoutError

from animal_recommender.aws_errors import ErrorKind, classify
from tests.unit.functions.fakes import error


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
def test_given_an_error_then_its_kind_is_known(fault: Any, kind: ErrorKind) -> None:
    assert classify(fault) is kind
