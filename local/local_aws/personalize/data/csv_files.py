"""CSV files held to a schema: columns of Python values, or the line and the column that is wrong."""

import csv
import io
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from local_aws.personalize.avro_schema import Field, Schema
from local_aws.personalize.errors import JobFailedError

_ID_LENGTH = 256
_SHOWN = 60
# Python's own int() and float() also take other alphabets' digits, 1_000, spaces around, nan and infinity.
_WHOLE = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_LONGEST_WHOLE = 20
_FAR_FUTURE = 1e11
"""Epoch seconds of the year 5138: beyond it a time is in milliseconds."""


def read_csv(name: str, content: bytes, schema: Schema) -> dict[str, list[Any]]:
    """Columns by field name. Raises JobFailedError that names file, line and column."""
    text = _decoded(name, content)
    rows = _rows(name, text)
    _check_header(name, rows[0] if rows else [], schema)
    return _columns(name, text, rows[1:], schema)


def read_rows(name: str, content: bytes) -> list[list[str]]:
    """The rows of a CSV file, without empty ones. Raises JobFailedError that names file and line."""
    return _rows(name, _decoded(name, content))


def _decoded(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content[: wrong.start].count(b"\n") + 1
        raise JobFailedError(f"{name}: line {line} is not UTF-8") from None


def _rows(name: str, text: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [row for row in reader if row]
    except csv.Error as wrong:
        raise JobFailedError(f"{name}: line {reader.line_num}: {wrong}") from None


def _check_header(name: str, header: list[str], schema: Schema) -> None:
    expected = [field.name for field in schema.fields]
    if header != expected:
        raise JobFailedError(
            f"{name}: line 1: the header must name the schema's fields in their order: {','.join(expected)}; "
            f"found {','.join(header)}"
        )


def _columns(name: str, text: str, rows: list[list[str]], schema: Schema) -> dict[str, list[Any]]:
    width = len(schema.fields)
    for place, row in enumerate(rows):
        if len(row) != width:
            line = _line(text, place)
            raise JobFailedError(f"{name}: line {line}: expected {width} values, found {len(row)}")
    columns = zip(*rows, strict=True) if rows else [() for _ in schema.fields]
    return {
        field.name: _convert(name, text, field, column) for field, column in zip(schema.fields, columns, strict=True)
    }


def _convert(name: str, text: str, field: Field, values: Sequence[str]) -> list[Any]:
    converter = _converter(field)
    converted: list[Any] = []
    try:
        for value in values:
            converted.append(converter(value))
    except ValueError as wrong:
        line = _line(text, len(converted))
        raise JobFailedError(f"{name}: line {line}, column {field.name}: {wrong}") from None
    return converted


def _converter(field: Field) -> Callable[[str], Any]:
    convert = _identifier if field.name in ("USER_ID", "ITEM_ID") else _CONVERTERS[field.type]
    if field.name in ("TIMESTAMP", "CREATION_TIMESTAMP"):
        convert = _epoch_seconds

    pool: dict[str, str] = {}

    def converter(value: str) -> Any:
        if value == "":
            if field.nullable:
                return None
            raise ValueError("a value is missing")
        # One object for each distinct text: a million rows hold few users, items and event types.
        return convert(pool.setdefault(value, value))

    return converter


def _identifier(value: str) -> str:
    if len(value) > _ID_LENGTH:
        raise ValueError(f"an id has at most {_ID_LENGTH} characters")
    return value


def _epoch_seconds(value: str) -> int:
    time = _integer(value)
    if not 0 <= time < _FAR_FUTURE:
        raise ValueError(f"'{value}' is not in epoch seconds")
    return time


def _integer(value: str) -> int:
    if not _WHOLE.fullmatch(value):
        raise ValueError(f"'{_short(value)}' is not a whole number")
    if len(value) > _LONGEST_WHOLE or abs(int(value)) >= 2**63:
        raise ValueError(f"'{_short(value)}' is beyond a long")
    return int(value)


def _number(value: str) -> float:
    if not _NUMBER.fullmatch(value) or not math.isfinite(number := float(value)):
        raise ValueError(f"'{_short(value)}' is not a number")
    return number


def _short(value: str) -> str:
    return value if len(value) <= _SHOWN else f"{value[:_SHOWN]}..."


def _boolean(value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise ValueError(f"'{value}' is neither true nor false")
    return value.lower() == "true"


_CONVERTERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "int": _integer,
    "long": _integer,
    "float": _number,
    "double": _number,
    "boolean": _boolean,
}


def _line(text: str, place: int) -> int:
    """The line on which data row `place` (0 for the first after the header) ends; rows may span lines."""
    reader = csv.reader(io.StringIO(text, newline=""))
    filled = (reader.line_num for row in reader if row)
    return next(line for count, line in enumerate(filled) if count == place + 1)
