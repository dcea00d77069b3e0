"""Validation of input: every wrong field is named, and no value is repeated."""

from typing import Any

import pytest

from animal_recommender.validation import FieldReader, ValidationError, has_controls, parse_json, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [("\x1b[2J", "\\x1b[2J"), ("a\nb", "a\\nb"), ("\x9b", "\\x9b"), ("\u202ea", "\\u202ea"), ("\ud800", "\\ud800")],
)
def test_given_control_characters_then_they_are_found_and_shown_as_escapes(text: str, shown: str) -> None:
    assert (has_controls(text), printable(text), has_controls(shown)) == (True, shown, False)


@pytest.mark.parametrize("text", ["Čiča", "🐕‍🦺", "بيلا\u200f", "O'Neill \\ <b>"])
def test_given_letters_and_emoji_then_they_stay(text: str) -> None:
    assert (has_controls(text), printable(text)) == (False, text)


def test_given_wrong_values_then_the_error_does_not_repeat_them() -> None:
    reader = FieldReader({"a": "SECRET" * 99, "b": "SECRET", "c": ["SECRET"]})
    reader.read_text("a")
    reader.read_integer("b", minimum=1, maximum=2)
    reader.read_identifier("c")
    with pytest.raises(ValidationError) as raised:
        reader.raise_errors()
    assert len(raised.value.errors) == 3
    assert "SECRET" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [(b"\xff", "not-utf-8"), ("[" * 99_999, "too-deep"), ("NaN", "not-json"), ("9" * 9999, "not-json")],
)
def test_given_text_that_is_not_strict_json_then_the_error_has_the_reason(text: Any, reason: str) -> None:
    with pytest.raises(ValidationError) as raised:
        parse_json(text, "data")
    assert raised.value.reason == reason


@pytest.mark.parametrize(
    ("sent", "meant"),
    [("userID", "userId"), ("user_id", "userId"), ("USERID", "userId"), ("usrId", "userId"), ("numResults", "limit"),
     ("filters", "filter"), ("filterName", "filter"), ("session-id", "sessionId"), ("colour", None)],
)  # fmt: skip
def test_given_an_unknown_field_then_the_name_that_was_meant_is_suggested(sent: str, meant: str | None) -> None:
    reader = FieldReader({sent: "value of a visitor"})
    for name in ("userId", "sessionId", "limit", "filter"):
        reader.value(name)

    reader.add_unknown_errors()

    (found,) = reader.errors
    assert found.field == sent
    assert found.message == (
        f"is unknown; did you mean {meant}?" if meant else "is unknown; known: userId, sessionId, limit, filter"
    )


def test_given_a_name_that_may_be_user_data_then_it_is_not_repeated() -> None:
    reader = FieldReader({"ann@example.org": 1, "x" * 65: 1, "": 1, "userId ": 1, "a": 1})
    reader.value("userId")

    reader.add_unknown_errors()

    assert reader.unknown_fields() == ["(unusual name)", "a"]
    assert [str(error.message) for error in reader.errors if error.field == "(unusual name)"] == [
        "is unknown; known: userId",
        "is unknown; did you mean userId?",
    ]


def test_given_many_unknown_fields_then_a_misspelling_behind_them_is_found() -> None:
    reader = FieldReader({**{f"field{number}": 1 for number in range(50)}, "user id": "u"})

    reader.add_misspelling_error("userId")

    assert [error.message for error in reader.errors] == ["is unknown; did you mean userId?"]


@pytest.mark.parametrize(
    "placeholder",
    [
        *("", " ", "undefined", "null", "NULL", "None", "NaN", "[object Object]", "N/A", "unknown"),
        *("#N/A", "<null>", "\\N", "-", "guest", "No user", "(not set)"),
        *("\u200b", "\ufeff null\u200b", "\u3164", "\u2800", "\x00", "\u00a0\u2060", "\ufe0f"),
    ],
)
def test_given_a_placeholder_then_it_is_no_user_and_no_session(placeholder: str) -> None:
    reader = FieldReader({"userId": placeholder, "sessionId": placeholder})

    assert (reader.read_user(), reader.placeholder_ids, reader.read_session()) == (None, 1, None)
    assert reader.errors == []
    reader.read_session(required=True)
    assert [error.field for error in reader.errors] == ["sessionId"]
