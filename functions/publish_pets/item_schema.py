"""The properties of an item in PutItems, as the schema of the items dataset has them.

A deployment may have a schema of its own. What the schema has not is not sent, and a column that only the seed file
knows is sent as it is there, because PutItems replaces the whole item.
"""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from animal_recommender.animal_groups import parse_group_id

ITEM_ID = "ITEM_ID"
CREATION_TIMESTAMP = "CREATION_TIMESTAMP"
AVAILABLE_PETS = "AVAILABLE_PETS"
LONGEST_WAITING_DAYS = "LONGEST_WAITING_DAYS"

_WHOLE = {"int", "long"}
_FRACTIONAL = {"float", "double"}


class Attributes(NamedTuple):
    """What is said about the pets of a group. The days are None for a group without an available pet."""

    available: int
    longest_waiting_days: int | None


class ItemSchema:
    """The fields of the items dataset, from the text of its schema (Avro in JSON)."""

    def __init__(self, text: str) -> None:
        self._types = {field["name"]: _kind(field["type"]) for field in json.loads(text)["fields"]}

    def attributes(self, attributes: Attributes) -> dict[str, int]:
        """Return those attributes that the schema has a field for, by the name of the field."""
        named = {AVAILABLE_PETS: attributes.available, LONGEST_WAITING_DAYS: attributes.longest_waiting_days}
        return {name: value for name, value in named.items() if name in self._types and value is not None}

    def properties(
        self, group: str, created: int, attributes: Mapping[str, int], seed: Mapping[str, str] | None
    ) -> str:
        """Return the properties of a group's item as JSON. `seed` is its row of the seed file, if it has one.

        Raises:
            ValueError: The group has no valid id, or a value of the seed is not of its field's type.
        """
        derived = {name.upper(): value for name, value in parse_group_id(group).items()}
        columns = {**derived, CREATION_TIMESTAMP: str(created), **(seed or {})}
        values = {name: self._value(name, columns.get(name, "")) for name in self._types if name != ITEM_ID}
        present = {name: value for name, value in (values | dict(attributes)).items() if value is not None}
        return json.dumps({_camel_case(name): value for name, value in present.items()}, ensure_ascii=False)

    def _value(self, name: str, text: str) -> Any:
        if text == "":
            return None
        kind = self._types[name]
        if kind in _WHOLE:
            return int(text)
        if kind in _FRACTIONAL:
            return float(text)
        return text.strip().lower() == "true" if kind == "boolean" else text


def _kind(avro: Any) -> str:
    """Return the type of a field that may be a union with null."""
    kinds = [kind for kind in (avro if isinstance(avro, list) else [avro]) if kind != "null"]
    return str(kinds[0])


def _camel_case(name: str) -> str:
    """Return the key of a field: `availablePets` for `AVAILABLE_PETS` (API reference of PutItems, Item)."""
    first, *others = name.lower().split("_")
    return first + "".join(part.capitalize() for part in others)


def read_seed(content: bytes) -> dict[str, dict[str, str]]:
    """Return the rows of the seed's items file by item id."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return {row[ITEM_ID]: {name: value for name, value in row.items() if value} for row in rows}
