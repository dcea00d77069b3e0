"""Times as apps write them, and as the history sorts them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from animal_recommender.timestamps import format_time, parse_time


@pytest.mark.parametrize(
    "value",
    [
        1_790_000_000,
        1_790_000_000.0,
        "1790000000",
        "2026-09-21T14:13:20Z",
        "2026-09-21T16:13:20+02:00",
        "2026-09-21 14:13:20",
    ],
)
def test_given_each_form_of_a_time_then_it_is_the_same_time(value: Any) -> None:
    assert parse_time(value) == 1_790_000_000


@pytest.mark.parametrize(
    "value", [True, None, -1, float("inf"), float("nan"), 10**400, "soon", "0001-01-01T00:00:00+23:59x", [], "1" * 50]
)
def test_given_no_time_then_there_is_none(value: Any) -> None:
    assert parse_time(value) is None


@given(st.floats(0, 4e9), st.floats(0, 4e9))
def test_given_times_then_they_sort_as_text_as_they_do_as_numbers(a: float, b: float) -> None:
    earlier, later = sorted([round(a, 3), round(b, 3)])
    assert format_time(earlier) <= format_time(later)
    assert datetime.fromisoformat(format_time(earlier)).astimezone(UTC).timestamp() == pytest.approx(earlier, abs=1e-5)
