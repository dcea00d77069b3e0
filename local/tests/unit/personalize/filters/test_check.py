"""Filters that are not valid."""

import pytest

from local_aws.personalize.avro_schema import parse_schema
from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.filters import check_filter, parse_filter
from local_aws.testing.in_process import INTERACTIONS, ITEMS, USERS, schema

_SCHEMAS = {
    name: parse_schema(text) for name, text in (("Items", ITEMS), ("Interactions", INTERACTIONS), ("Users", USERS))
}


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "INCLUDE or EXCLUDE at character 1"),
        ("INCLUDE ItemID", "expected WHERE"),
        ("INCLUDE UserID WHERE Users.A = 1", "does not have"),
        ("INCLUDE OrderID WHERE Users.A = 1", "ItemID, UserID or ActionID"),
        ("INCLUDE UserID WHERE Items.PRICE = 1", "can use Users or Interactions, not Items"),
        (
            'INCLUDE UserID WHERE Users.LEVEL IN ("a") | EXCLUDE ItemID WHERE Items.PRICE = 1',
            "must select the same",
        ),
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
def test_given_an_invalid_expression_when_checked_then_the_error_names_the_place(expression: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message.replace("(", r"\(").replace(")", r"\)")):
        check_filter(parse_filter(expression), _SCHEMAS.get)


def test_given_no_such_dataset_or_a_boolean_when_checked_then_it_is_rejected() -> None:
    flags = parse_schema(schema("Items", {"name": "ITEM_ID", "type": "string"}, {"name": "OK", "type": "boolean"}))
    parsed = parse_filter('INCLUDE ItemID WHERE Items.OK IN ("true")')
    with pytest.raises(InvalidInputError, match="boolean"):
        check_filter(parsed, lambda _: flags)
    with pytest.raises(InvalidInputError, match="no such dataset"):
        check_filter(parsed, lambda _: None)
