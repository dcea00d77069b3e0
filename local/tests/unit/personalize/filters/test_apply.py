"""The items that a filter allows."""

from typing import Any

import pytest

from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.filters import FilterContext, allowed_items, parse_filter
from local_aws.personalize.filters.apply import ItemIndex
from local_aws.recommender import Event

_RECORDS = {
    "tom": {"SPECIES": "cat", "PRICE": 10.0},
    "rex": {"SPECIES": "dog|pet", "PRICE": 30.0},
    "odd": {"SPECIES": None, "PRICE": None},
}


_HISTORY = [Event("tom", 1.0, "View"), Event("rex", 2.0, "apply")]


def allowed(expression: str, user: dict[str, Any] | None = None, **values: str) -> set[str]:
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
        ('INCLUDE ItemID WHERE Items.SPECIES = "dog" AND Items.SPECIES = "pet"', {"rex"}),
        ('INCLUDE ItemID WHERE Items.SPECIES != "dog"', {"tom"}),
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
def test_given_an_expression_when_applied_then_these_items_are_allowed(expression: str, expected: set[str]) -> None:
    assert allowed(expression) == expected


def test_given_parameters_when_given_or_left_out_then_include_needs_them_and_exclude_does_not() -> None:
    include, exclude = "INCLUDE ItemID WHERE Items.SPECIES IN ($S)", "EXCLUDE ItemID WHERE Items.SPECIES IN ($S)"
    assert allowed(include, S='"cat","pet"') == {"tom", "rex"}
    assert allowed("INCLUDE ItemID WHERE Items.PRICE < $P", P="11") == {"tom"}
    assert allowed(exclude) == {"tom", "rex", "odd", "bare"}
    with pytest.raises(InvalidInputError, match="needs a value for S"):
        allowed(include)
    with pytest.raises(InvalidInputError, match="double quotes"):
        allowed(include, S="cat")
    with pytest.raises(InvalidInputError, match="no parameter T"):
        allowed(include, S='"cat"', T="1")


def test_given_an_if_when_the_user_does_not_meet_it_then_the_filter_has_no_effect() -> None:
    expression = 'EXCLUDE ItemID WHERE Items.SPECIES IN ("cat") IF CurrentUser.LEVEL = "gold" AND CurrentUser.AGE > 3'
    assert allowed(expression, {"LEVEL": "gold", "AGE": 4}) == {"rex", "odd", "bare"}
    assert allowed(expression, {"LEVEL": "gold", "AGE": 3}) == {"tom", "rex", "odd", "bare"}
    assert allowed(expression) == {"tom", "rex", "odd", "bare"}
