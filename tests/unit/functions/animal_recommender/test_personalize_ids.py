"""No session can have the id of a user in Personalize."""

import pytest

from animal_recommender.personalize_ids import session_as_user, visitor_id
from animal_recommender.validation import FieldReader


def test_given_a_session_that_is_named_like_a_user_then_personalize_gets_another_id() -> None:
    assert session_as_user("victim-9001") == "session#victim-9001"
    assert visitor_id(None, "victim-9001") != visitor_id("victim-9001", "s")


def test_given_the_longest_session_id_then_it_fits_and_is_distinct() -> None:
    longest, other = "s" * 256, "s" * 255 + "t"
    assert len(session_as_user(longest)) <= 256
    assert session_as_user(longest) != session_as_user(other)
    assert session_as_user("s" * 248) == "session#" + "s" * 248


def test_given_neither_user_nor_session_then_there_is_no_id() -> None:
    assert visitor_id(None, None) is None


@pytest.mark.parametrize(("user", "errors"), [("session#s-1", 1), ("session", 0), ("my session#1", 0)])
def test_given_a_user_id_that_looks_like_a_session_then_it_is_refused(user: str, errors: int) -> None:
    reader = FieldReader({"userId": user})
    reader.read_user()
    assert [error.field for error in reader.errors] == ["userId"] * errors
