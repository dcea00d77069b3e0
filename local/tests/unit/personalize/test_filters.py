"""The filter expression language."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.personalize.avro_schema import parse_schema
from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.filters import FilterContext, allowed_items, check_filter, parse_filter
from local_aws.personalize.filters.apply import ItemIndex
from local_aws.recommender import Event
from local_aws.testing.in_process import INTERACTIONS, ITEMS, USERS, schema

_RECORDS = {
    "tom": {"SPECIES": "cat", "PRICE": 10.0},
    "rex": {"SPECIES": "dog|pet", "PRICE": 30.0},
    "odd": {"SPECIES": None, "PRICE": None},
}
_HISTORY = [Event("tom", 1.0, "View"), Event("rex", 2.0, "apply")]
_SCHEMAS = {
    name: parse_schema(text) for name, text in (("Items", ITEMS), ("Interactions", INTERACTIONS), ("Users", USERS))
}


def left(expression: str, user: dict[str, Any] | None = None, **values: str) -> set[str]:
    context = FilterContext(ItemIndex(_RECORDS), lambda: {"tom", "rex", "odd", "bare"}, _HISTORY, user, values)
    return set(allowed_items(parse_filter(expression), context))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('INCLUDE ItemID WHERE Items.SPECIES IN ("cat")', {"tom"}),
        ('include itemid where items.species in ("pet", "cat")', {"tom", "rex"}),
        ('INCLUDE ItemID WHERE Items.SPECIES NOT IN ("cat")', {"rex", "odd"}),
        ('EXCLUDE ItemID WHERE Items.SPECIES IN ("cat")', {"rex", "odd", "bare"}),
        ('EXCLUDE ItemID WHERE Items.SPECIES IN ("CAT")', {"tom", "rex", "odd", "bare"}),
        ("INCLUDE ItemID WHERE Items.PRICE < 30", {"tom"}),
        ("INCLUDE ItemID WHERE Items.PRICE >= 10 AND Items.PRICE <= 30", {"tom", "rex"}),
        ('INCLUDE ItemID WHERE Items.PRICE > 20 OR Items.SPECIES = "cat"', {"tom", "rex"}),
        ('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("view")', {"rex", "odd", "bare"}),
        ('INCLUDE ItemID WHERE Interactions.event_type IN ("*")', {"tom", "rex"}),
        (
            'INCLUDE ItemID WHERE Items.SPECIES IN ("cat") | INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("apply")',
            {"tom", "rex"},
        ),
        (
            'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("apply") | INCLUDE ItemID WHERE Items.PRICE > 0',
            {"tom"},
        ),
    ],
)
def test_given_an_expression_when_applied_then_these_items_are_left(expression: str, expected: set[str]) -> None:
    assert left(expression) == expected


def test_given_parameters_when_given_or_left_out_then_include_needs_them_and_exclude_does_not() -> None:
    include, exclude = "INCLUDE ItemID WHERE Items.SPECIES IN ($S)", "EXCLUDE ItemID WHERE Items.SPECIES IN ($S)"
    assert left(include, S='"cat","pet"') == {"tom", "rex"}
    assert left("INCLUDE ItemID WHERE Items.PRICE < $P", P="11") == {"tom"}
    assert left(exclude) == {"tom", "rex", "odd", "bare"}
    with pytest.raises(InvalidInputError, match="needs a value for S"):
        left(include)
    with pytest.raises(InvalidInputError, match="double quotes"):
        left(include, S="cat")
    with pytest.raises(InvalidInputError, match="no parameter T"):
        left(include, S='"cat"', T="1")


def test_given_an_if_when_the_user_does_not_meet_it_then_the_filter_leaves_all() -> None:
    expression = 'EXCLUDE ItemID WHERE Items.SPECIES IN ("cat") IF CurrentUser.LEVEL = "gold" AND CurrentUser.AGE > 3'
    assert left(expression, {"LEVEL": "gold", "AGE": 4}) == {"rex", "odd", "bare"}
    assert left(expression, {"LEVEL": "gold", "AGE": 3}) == {"tom", "rex", "odd", "bare"}
    assert left(expression) == {"tom", "rex", "odd", "bare"}


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "INCLUDE or EXCLUDE at character 1"),
        ("INCLUDE ItemID", "expected WHERE"),
        ("INCLUDE UserID WHERE Users.A = 1", "ItemID"),
        ("INCLUDE ItemID WHERE Items.SPECIES IN ()", "a value"),
        ('INCLUDE ItemID WHERE Items.SPECIES IN ("cat"', "expected )"),
        ('INCLUDE ItemID WHERE Items.SPECIES IN ("cat") SOME', "the end"),
        ("INCLUDE ItemID WHERE Items.SPECIES IN (cat)", "a value"),
        ("INCLUDE ItemID WHERE Items.SPECIES ~ 1", "unexpected character"),
        ('INCLUDE ItemID WHERE Items.NOPE IN ("a")', "does not have"),
        ('INCLUDE ItemID WHERE Items.SPECIES IN ("a") AND Interactions.EVENT_TYPE IN ("b")', "about one dataset"),
        ('INCLUDE ItemID WHERE Interactions.USER_ID IN ("a")', "EVENT_TYPE of interactions"),
        ('INCLUDE ItemID WHERE CurrentUser.LEVEL IN ("a")', "IF condition"),
        ('INCLUDE ItemID WHERE Items.SPECIES IN ("a") IF Items.PRICE = 1', "CurrentUser"),
        ("INCLUDE ItemID WHERE Items.SPECIES NOT IN ($A)", "NOT IN"),
        (f"INCLUDE ItemID WHERE Items.PRICE = {'(' * 1200}1", "expected )"),
    ],
)
def test_given_a_wrong_expression_when_checked_then_the_error_says_where(expression: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message.replace("(", r"\(").replace(")", r"\)")):
        check_filter(parse_filter(expression), _SCHEMAS.get)


def test_given_no_such_dataset_or_a_boolean_when_checked_then_it_is_refused() -> None:
    flags = parse_schema(schema("Items", {"name": "ITEM_ID", "type": "string"}, {"name": "OK", "type": "boolean"}))
    parsed = parse_filter('INCLUDE ItemID WHERE Items.OK IN ("true")')
    with pytest.raises(InvalidInputError, match="boolean"):
        check_filter(parsed, lambda _: flags)
    with pytest.raises(InvalidInputError, match="no such dataset"):
        check_filter(parsed, lambda _: None)


_WORDS = ["INCLUDE", "ItemID", "WHERE", "Items", ".", "SPECIES", "IN", "(", ")", "|", "$P", "<", "3", "AND", "IF", "☃"]


@given(st.lists(st.sampled_from(_WORDS)))
def test_given_any_words_when_parsed_then_only_the_named_error_comes(words: list[str]) -> None:
    with contextlib.suppress(InvalidInputError):
        assert parse_filter(" ".join(words)).expressions
