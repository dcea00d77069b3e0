"""Whose a line of a file is."""

import json

import pytest

from scripts.operate.forget_user.subject import Subject
from tests.unit.scripts.operate.conftest import event
from tests.unit.scripts.operate.forget_user.conftest import USER, enveloped, undelivered


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (event(USER), True),
        (event("1", userId=77345), True),
        (event("1", sessionId="theirs", userId=None), True),
        (event("1", sessionId="theirs"), False),
        (event("773456"), False),
        (enveloped(USER, "x"), True),
        (undelivered(enveloped(USER, "x")), True),
        (undelivered(b"not JSON of 77345!"), True),
        (undelivered(event("1")), False),
        (b'{"userId": "77345"', True),
        (b"\xff\xfe 77345 \x00", True),
        (b"user 773456", False),
        (b'{"user_id": "77345"}', True),
        (b"[" * 5_000 + b'"77345"', True),
        (json.dumps([json.loads(event("1")), json.loads(event(USER))]).encode(), True),
        (b"", False),
    ],
)
def test_given_a_line_then_it_is_known_whose_it_is(line: bytes, expected: bool) -> None:
    assert Subject(USER, {"theirs"}).owns(line) is expected
