"""The parser for arbitrary input."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.filters import parse_filter

_WORDS = ["INCLUDE", "ItemID", "WHERE", "Items", ".", "SPECIES", "IN", "(", ")", "|", "$P", "<", "3", "AND", "IF", "☃"]


@given(st.lists(st.sampled_from(_WORDS)))
def test_given_any_words_when_parsed_then_only_the_documented_error_is_raised(words: list[str]) -> None:
    with contextlib.suppress(InvalidInputError):
        assert parse_filter(" ".join(words)).expressions
