"""The schemas of Personalize: Avro records, with the service's own rules for names, required fields and types."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.strict_json import parse_json

NAMESPACE = "com.amazonaws.personalize.schema"

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PRIMITIVES = {"string", "boolean", "int", "long", "float", "double"}
_REQUIRED: dict[str, dict[str, frozenset[str]]] = {
    "Interactions": {
        "USER_ID": frozenset({"string"}),
        "ITEM_ID": frozenset({"string"}),
        "TIMESTAMP": frozenset({"long"}),
    },
    "Items": {"ITEM_ID": frozenset({"string"})},
    "Users": {"USER_ID": frozenset({"string"})},
    "Actions": {"ACTION_ID": frozenset({"string"})},
    "Action_Interactions": {
        "USER_ID": frozenset({"string"}),
        "ACTION_ID": frozenset({"string"}),
        "TIMESTAMP": frozenset({"long"}),
        "EVENT_TYPE": frozenset({"string"}),
    },
}
_ALIASES = {"ActionInteractions": "Action_Interactions"}
_RESERVED: dict[str, dict[str, frozenset[str]]] = {
    "Interactions": {
        "EVENT_TYPE": frozenset({"string"}),
        "EVENT_VALUE": frozenset({"float", "double", "int", "long"}),
        "IMPRESSION": frozenset({"string"}),
        "RECOMMENDATION_ID": frozenset({"string"}),
    },
    "Items": {"CREATION_TIMESTAMP": frozenset({"long"})},
    "Users": {},
    "Actions": dict.fromkeys(
        ("VALUE", "CREATION_TIMESTAMP", "ACTION_EXPIRATION_TIMESTAMP", "REPEAT_FREQUENCY"), frozenset({"long"})
    ),
    "Action_Interactions": {"IMPRESSION": frozenset({"string"}), "RECOMMENDATION_ID": frozenset({"string"})},
}


@dataclass(frozen=True)
class Field:
    """One column: its Avro type, and whether it can be empty and holds categories (joined by |) or free text."""

    name: str
    type: str
    nullable: bool = False
    categorical: bool = False
    textual: bool = False
    item_name: bool = False
    """Whether it names the item (`itemName`), for the recipe Semantic-Similarity."""


@dataclass(frozen=True)
class Schema:
    """A parsed schema. `dataset_type` is the name of the record, e.g. Interactions or Items."""

    dataset_type: str
    fields: tuple[Field, ...]

    @property
    def required(self) -> frozenset[str]:
        """Names of the fields that every record must hold."""
        return frozenset(_REQUIRED[self.dataset_type])

    def field(self, name: str) -> Field | None:
        """Return the field of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)


@lru_cache(maxsize=256)
def parse_schema(text: str) -> Schema:
    """Parse a schema of CreateSchema.

    Raises:
        InvalidInputError: The schema is not valid; the message names the violation.
    """
    try:
        document = parse_json(text)
    except ValueError as error:
        raise InvalidInputError(f"Input schema is not valid JSON: {error}") from None
    if not isinstance(document, dict) or document.get("type") != "record":
        raise _invalid('the top level must be an object with "type": "record"')
    name = _ALIASES.get(str(document.get("name")), str(document.get("name")))
    if name not in _REQUIRED:
        raise _invalid(f'"name" must be one of {", ".join(_REQUIRED)}')
    if document.get("namespace") != NAMESPACE:
        raise _invalid(f'"namespace" must be {NAMESPACE}')
    if not isinstance(document.get("fields"), list) or not document["fields"]:
        raise _invalid('"fields" must be a list of at least one field')
    schema = Schema(name, tuple(_parse_field(field) for field in document["fields"]))
    _check_rules(schema)
    return schema


def _parse_field(document: Any) -> Field:
    if not isinstance(document, dict) or not isinstance(document.get("name"), str):
        raise _invalid('every field must be an object with a "name"')
    name, declared = document["name"], document.get("type")
    if not _NAME.fullmatch(name):
        raise _invalid(f"field {name!r}: a name consists of letters, digits and _, and does not begin with a digit")
    types = declared if isinstance(declared, list) else [declared]
    value_types = [str(value_type) for value_type in types if value_type != "null"]
    if len(value_types) != 1 or value_types[0] not in _PRIMITIVES:
        raise _invalid(f"field {name}: the type must be one of {', '.join(sorted(_PRIMITIVES))}, or that and null")
    categorical, textual = bool(document.get("categorical")), bool(document.get("textual"))
    item_name = bool(document.get("itemName"))
    if (categorical or textual or item_name) and value_types[0] != "string":
        raise _invalid(f"field {name}: only a string can be categorical, textual or itemName")
    return Field(name, value_types[0], "null" in types, categorical, textual, item_name)


def _check_rules(schema: Schema) -> None:
    names = [field.name for field in schema.fields]
    if len(set(names)) != len(names):
        raise _invalid("a field name occurs twice")
    required = _REQUIRED[schema.dataset_type]
    if missing := sorted(set(required) - set(names)):
        raise _invalid(f"{schema.dataset_type} needs the fields {', '.join(missing)}")
    for field in schema.fields:
        allowed = (required | _RESERVED[schema.dataset_type]).get(field.name)
        if allowed and field.type not in allowed:
            raise _invalid(f"field {field.name} must be of type {' or '.join(sorted(allowed))}")
        if field.name in required and field.nullable:
            raise _invalid(f"field {field.name} is required and cannot be null")
    if not schema.dataset_type.endswith("Interactions") and len(schema.fields) == 1:
        raise _invalid(f"{schema.dataset_type} needs at least one metadata field")


def _invalid(reason: str) -> InvalidInputError:
    return InvalidInputError(f"Input schema is not valid: {reason}.")
