"""Validation of input: every wrong field is named, and no value is repeated."""

from typing import Any

import pytest

from animal_recommender.validation import FieldReader, ValidationError, parse_json


def test_given_wrong_values_then_the_error_never_repeats_them() -> None:
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
def test_given_what_is_not_strict_json_then_the_reason_is_told(text: Any, reason: str) -> None:
    with pytest.raises(ValidationError) as raised:
        parse_json(text, "data")
    assert raised.value.reason == reason
