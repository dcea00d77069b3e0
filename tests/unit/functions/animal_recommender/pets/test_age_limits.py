"""The ages at which the age ids begin."""

from datetime import date

import pytest

from animal_recommender.pets.age_limits import DEFAULT_AGE_LIMITS, age_id, parse_age_limits


@pytest.mark.parametrize(
    ("born", "expected"),
    [("2026-11-26", 1), ("2025-11-20", 2), ("2023-11-20", 3), ("2019-11-20", 4), ("2000-01-01", 5)],
)
def test_given_a_birth_date_when_the_age_is_computed_then_it_is_a_class_of_years(born: str, expected: int) -> None:
    assert age_id(born, date(2026, 11, 26), DEFAULT_AGE_LIMITS) == expected


def test_given_other_limits_then_the_age_id_follows_them() -> None:
    limits = parse_age_limits("[0.5, 2, 8, 12]")

    born = ("2026-06-01", "2026-05-01", "2018-11-01")
    assert [age_id(one, date(2026, 11, 26), limits) for one in born] == [1, 2, 4]


def test_given_the_default_as_text_then_it_is_read() -> None:
    assert parse_age_limits("[1,3,7,10]") == DEFAULT_AGE_LIMITS


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "[1, 3, 7]", "[1, 3, 7, 10, 12]", "[1, 3, 3, 10]", "[3, 1, 7, 10]", "[0, 3, 7, 10]",
             '["1", 3, 7, 10]', "[1, null, 7, 10]"]
)  # fmt: skip
def test_given_anything_else_then_it_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"four ascending ages|Expecting value"):
        parse_age_limits(text)
