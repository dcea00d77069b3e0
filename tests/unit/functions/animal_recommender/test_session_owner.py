"""Whose an event of a session is that names no user."""

import pytest

from animal_recommender.session_owner import next_owner, owner

LOGINS = [("10", "ann"), ("20", "bob"), ("30", "ann")]


@pytest.mark.parametrize(
    ("moment", "expected"), [("05", "ann"), ("10", "ann"), ("11", "bob"), ("20", "bob"), ("30", "ann"), ("31", None)]
)
def test_given_a_moment_then_the_next_login_owns_it(moment: str, expected: str | None) -> None:
    assert next_owner(moment, LOGINS) == expected


@pytest.mark.parametrize(("moment", "expected"), [("05", "ann"), ("15", "bob"), ("31", "ann")])
def test_given_a_moment_after_the_last_login_then_that_login_owns_it(moment: str, expected: str) -> None:
    assert owner(moment, LOGINS) == expected


def test_given_no_logins_then_nobody_owns_it() -> None:
    assert owner("10", []) is None
