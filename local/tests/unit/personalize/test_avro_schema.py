"""Schemas."""

import json

import pytest

from local_aws.personalize.avro_schema import parse_schema
from local_aws.personalize.errors import InvalidInputError
from local_aws.testing.in_process import schema

_USER = {"name": "USER_ID", "type": "string"}


_ITEM = {"name": "ITEM_ID", "type": "string"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not valid JSON"),
        ("[]", "record"),
        (json.dumps({"type": "record", "name": "Other"}), "Interactions, Items, Users"),
        (json.dumps({"type": "record", "name": "Items", "namespace": "x"}), "namespace"),
        (schema("Items"), "at least one field"),
        (schema("Interactions", _USER, _ITEM), "TIMESTAMP"),
        (schema("Interactions", _USER, _ITEM, {"name": "TIMESTAMP", "type": "string"}), "of type long"),
        (schema("Items", _ITEM), "metadata field"),
        (schema("Items", _ITEM, _ITEM), "twice"),
        (schema("Items", _ITEM, {"name": "A", "type": "array"}), "field A"),
        (schema("Items", _ITEM, {"name": "A", "type": "int", "categorical": True}), "categorical"),
        (schema("Items", _ITEM, {"name": "A", "type": {"type": "map"}}), "field A"),
        (schema("Items", _ITEM, {"name": "A", "type": [["int"]]}), "field A"),
        (schema("Items", _ITEM, {"name": "A,B", "type": "int"}), "letters"),
        (json.dumps({"type": "record", "name": {"a": 1}}), "Interactions, Items, Users"),
        ("[" * 20_000, "nested too deeply"),
        (schema("Users", {"name": "USER_ID", "type": ["null", "string"]}, {"name": "A", "type": "int"}), "required"),
    ],
)
def test_given_an_invalid_schema_when_parsed_then_the_error_names_the_violation(text: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        parse_schema(text)
