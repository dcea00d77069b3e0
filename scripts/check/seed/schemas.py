"""Read the schemas of the two data sets, and find what Amazon Personalize would refuse in them.

A folder may have schemas of its own, `schemas/interactions.json` and `schemas/items.json`. Where one is absent, that of
`seed/schemas` counts. Rules: developer guide, "Creating schema JSON files" and "Custom dataset and schema
requirements".
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).resolve().parents[3] / "seed" / "schemas"
NAMES = {"interactions": "Interactions", "items": "Items"}
NAMESPACE = "com.amazonaws.personalize.schema"
NUMBERS = ("float", "double", "int", "long")
TYPES = ("string", *NUMBERS, "boolean")
REQUIRED = {
    "interactions": {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long"},
    "items": {"ITEM_ID": "string"},
}
RESERVED: dict[str, dict[str, tuple[str, ...]]] = {
    "interactions": {
        "EVENT_TYPE": ("string",),
        "EVENT_VALUE": NUMBERS,
        "IMPRESSION": ("string",),
        "RECOMMENDATION_ID": ("string",),
        "EVENT_ATTRIBUTION_SOURCE": ("string",),
    },
    "items": {"CREATION_TIMESTAMP": ("long",)},
}
MOST_METADATA = {"interactions": 5, "items": 100}  # fields that are neither required nor reserved


class SchemaError(ValueError):
    """A schema that Personalize would refuse; the text names the file and each fault."""


@dataclass(frozen=True)
class Column:
    """One field of a schema; `kind` is its Avro type without null."""

    name: str
    kind: str
    required: bool
    categorical: bool = False
    textual: bool = False


def schema_path(dataset: str, folder: Path) -> Path:
    """Return the schema of `interactions` or `items` for the CSV files in the folder."""
    own = folder / "schemas" / f"{dataset}.json"
    return own if own.exists() or own.is_symlink() else SCHEMAS / own.name


def read_columns(dataset: str, path: Path) -> list[Column]:
    """Return the columns of a data set, in the schema's order.

    Raises:
        SchemaError: The file cannot be read, or Personalize would refuse the schema.
    """
    document = _read_json(path)
    faults = list(_document_faults(dataset, document))
    if not faults:
        faults = [*_field_faults(document["fields"])]
    columns = [] if faults else [_column(field) for field in document["fields"]]
    if faults := faults or [*_rule_faults(dataset, columns)]:
        raise SchemaError(f"{path}: {'; '.join(faults)}")
    return columns


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SchemaError(f"{path} cannot be read: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise SchemaError(f"{path}, line {error.lineno}, is not JSON: {error.msg}") from None
    except (UnicodeDecodeError, RecursionError):
        raise SchemaError(f"{path} is not JSON in UTF-8") from None


def _document_faults(dataset: str, document: Any) -> Iterator[str]:
    if not isinstance(document, dict):
        yield 'must be an object with "type": "record"'
        return
    for key, wanted in (("type", "record"), ("name", NAMES[dataset]), ("namespace", NAMESPACE)):
        if document.get(key) != wanted:
            yield f'"{key}" must be "{wanted}"'
    if not isinstance(document.get("fields"), list) or not document["fields"]:
        yield '"fields" must be a list of at least one field'


def _field_faults(fields: Sequence[Any]) -> Iterator[str]:
    for number, field in enumerate(fields, 1):
        name = field.get("name") if isinstance(field, dict) else None
        if not isinstance(name, str):
            yield f'field {number} must be an object with a "name"'
        elif not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            yield f"field {name!r}: a name has letters, digits and _ only, and begins with no digit"
        elif not _is_type(field.get("type")):
            yield f"field {name}: the type must be one of {', '.join(TYPES)}, or a list of it and null"
        elif any(not isinstance(field.get(flag, False), bool) for flag in ("categorical", "textual")):
            yield f"field {name}: categorical and textual must be true or false"


def _is_type(declared: Any) -> bool:
    kinds = declared if isinstance(declared, list) else [declared]
    return len([kind for kind in kinds if kind in TYPES]) == 1 and all(kind in (*TYPES, "null") for kind in kinds)


def _column(field: Mapping[str, Any]) -> Column:
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    kind = next(kind for kind in kinds if kind != "null")
    return Column(
        field["name"], kind, "null" not in kinds, field.get("categorical", False), field.get("textual", False)
    )


def _rule_faults(dataset: str, columns: Sequence[Column]) -> Iterator[str]:
    """Yield what breaks Personalize's own rules for names, types and numbers of fields."""
    names = [column.name for column in columns]
    missing = [name for name in REQUIRED[dataset] if name not in names]
    if missing:
        yield f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    yield from _repeated_names(names)
    for column in columns:
        yield from _column_faults(dataset, column)
    own = [name for name in names if name not in {*REQUIRED[dataset], *RESERVED[dataset]}]
    if len(own) > MOST_METADATA[dataset]:
        yield f"{len(own)} fields of your own; at most {MOST_METADATA[dataset]} are allowed"
    if sum(column.textual for column in columns) > 1:
        yield "only one field can be textual"
    if dataset == "items" and len(columns) == 1:
        yield "at least one field beside ITEM_ID is needed"


def _repeated_names(names: Sequence[str]) -> Iterator[str]:
    """Yield names that are equal without their underscores, which Personalize does not tell apart."""
    first: dict[str, str] = {}
    for name in names:
        key = name.replace("_", "").upper()
        if key in first:
            yield f"{name} occurs twice" if name == first[key] else f"{first[key]} and {name} count as the same name"
        first.setdefault(key, name)


def _column_faults(dataset: str, column: Column) -> Iterator[str]:
    required, reserved = REQUIRED[dataset].get(column.name), RESERVED[dataset].get(column.name)
    allowed = (required,) if required else reserved
    if allowed and column.kind not in allowed:
        yield f"field {column.name}: the type must be {' or '.join(allowed)}"
    elif required and not column.required:
        yield f"field {column.name} is required and cannot be null"
    if (column.categorical or column.textual) and (allowed or column.kind != "string"):
        yield f"field {column.name}: only a string field of your own can be categorical or textual"
    if column.textual and dataset != "items":
        yield f"field {column.name}: only items can have a textual field"
