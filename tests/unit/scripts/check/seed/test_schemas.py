"""A schema that Personalize would refuse is refused here, with its file and its faults."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.check.seed.schemas import SCHEMAS, Column, SchemaError, read_columns, schema_path

USER = {"name": "USER_ID", "type": "string"}
ITEM = {"name": "ITEM_ID", "type": "string"}
TIME = {"name": "TIMESTAMP", "type": "long"}
KIND = {"name": "EVENT_TYPE", "type": "string"}


def schema(*fields: Any, name: str = "Interactions", **changes: Any) -> dict[str, Any]:
    """A schema with these fields."""
    namespace = "com.amazonaws.personalize.schema"
    return {"type": "record", "name": name, "namespace": namespace, "fields": list(fields), "version": "1.0"} | changes


def read(folder: Path, document: Any, dataset: str = "interactions") -> list[Column]:
    """The columns of a schema that is written first."""
    path = folder / f"{dataset}.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return read_columns(dataset, path)


@pytest.mark.parametrize("dataset", ["interactions", "items"])
def test_given_the_examples_schemas_then_they_are_good(dataset: str) -> None:
    assert read_columns(dataset, SCHEMAS / f"{dataset}.json")


def test_given_other_columns_and_types_then_they_are_read(tmp_path: Path) -> None:
    fields = (
        {"name": "EVENT_VALUE", "type": ["null", "float"]},
        {"name": "DEVICE", "type": ["string", "null"], "categorical": True},
        {"name": "PAID", "type": "boolean"},
    )
    assert read(tmp_path, schema(USER, ITEM, TIME, KIND, *fields))[4:] == [
        Column("EVENT_VALUE", "float", required=False),
        Column("DEVICE", "string", required=False, categorical=True),
        Column("PAID", "boolean", required=True),
    ]


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("{", "interactions.json, line 1, is not JSON"),
        ('{"type": "record",\n "fields": [}', "interactions.json, line 2, is not JSON"),
        ("\ufeff{}", "is not JSON"),
        ([], 'must be an object with "type": "record"'),
        (schema(USER, name="Items"), '"name" must be "Interactions"'),
        (schema(USER, namespace="mine"), '"namespace" must be "com.amazonaws.personalize.schema"'),
        (schema(), '"fields" must be a list of at least one field'),
        (schema("USER_ID"), 'field 1 must be an object with a "name"'),
        (schema({"name": "1ST", "type": "string"}), "field '1ST': a name has letters, digits and _ only"),
        (schema({"name": "A", "type": "text"}), "field A: the type must be one of string"),
        (schema({"name": "A", "type": ["string", "long"]}), "field A: the type must be one of string"),
        (schema({"name": "A", "type": {"type": "array"}}), "field A: the type must be one of string"),
        (schema({"name": "A"}), "field A: the type must be one of string"),
        (
            schema({"name": "A", "type": "string", "categorical": "true"}),
            "field A: categorical and textual must be true",
        ),
        (schema(ITEM), "USER_ID, TIMESTAMP are missing"),
        (schema(USER, ITEM, TIME, USER), "USER_ID occurs twice"),
        (schema(USER, ITEM, TIME, {"name": "USERID", "type": "string"}), "USER_ID and USERID count as the same name"),
        (schema(USER, ITEM, {"name": "TIMESTAMP", "type": "string"}), "field TIMESTAMP: the type must be long"),
        (schema(USER, ITEM, TIME, {"name": "EVENT_TYPE", "type": "int"}), "field EVENT_TYPE: the type must be string"),
        (schema({"name": "USER_ID", "type": ["null", "string"]}, ITEM, TIME), "USER_ID is required and cannot be null"),
        (schema(USER, ITEM, TIME, {**KIND, "categorical": True}), "field EVENT_TYPE: only a string field of your own"),
        (schema(USER, ITEM, TIME, {"name": "A", "type": "int", "categorical": True}), "field A: only a string field"),
        (schema(USER, ITEM, TIME, {"name": "A", "type": "string", "textual": True}), "only items can have a textual"),
        (
            schema(USER, ITEM, TIME, *({"name": f"A{n}", "type": "int"} for n in range(6))),
            "6 fields of your own; at most 5",
        ),
    ],
)
def test_given_a_schema_that_personalize_refuses_then_the_file_and_the_fault_are_named(
    tmp_path: Path, document: Any, fault: str
) -> None:
    with pytest.raises(SchemaError) as refusal:
        read(tmp_path, document)
    assert str(tmp_path / "interactions.json") in str(refusal.value)
    assert fault in str(refusal.value)


def test_given_items_without_metadata_then_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="at least one field beside ITEM_ID"):
        read(tmp_path, schema(ITEM, name="Items"), "items")
    texts = ({"name": name, "type": "string", "textual": True} for name in "AB")
    with pytest.raises(SchemaError, match="only one field can be textual"):
        read(tmp_path, schema(ITEM, *texts, name="Items"), "items")


def test_given_a_folder_with_one_schema_then_the_other_is_the_repositorys(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    own = tmp_path / "schemas" / "items.json"
    own.write_text("{}", encoding="utf-8")
    assert schema_path("items", tmp_path) == own
    assert schema_path("interactions", tmp_path) == SCHEMAS / "interactions.json"


def test_given_a_link_to_no_schema_then_it_is_named_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "items.json").symlink_to("nowhere")
    with pytest.raises(SchemaError, match=r"items.json cannot be read: No such file"):
        read_columns("items", schema_path("items", tmp_path))
