"""The names of solution versions."""

import re

from hypothesis import given
from hypothesis import strategies as st

from animal_recommender.retraining.solution_versions import version_name


@given(st.text(min_size=1, max_size=80))
def test_given_any_execution_name_when_named_then_personalize_takes_it(name: str) -> None:
    assert re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9\-_]{0,62}", version_name(name))


def test_given_long_names_that_differ_at_the_end_when_named_then_the_versions_differ() -> None:
    assert version_name("x" * 79 + "a") != version_name("x" * 79 + "b")
