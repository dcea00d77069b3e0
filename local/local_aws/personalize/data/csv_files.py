"""Read CSV files by a schema: return columns of Python values, or name the line and the column with an error."""

import csv
import io
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from local_aws.personalize.avro_schema import Field, Schema
from local_aws.personalize.errors import JobFailedError

_MAX_ID_LENGTH = 256
_MAX_SHOWN_LENGTH = 60
# Python's int() and float() also accept digits of other alphabets, 1_000, surrounding spaces, nan and infinity.
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_MAX_INTEGER_LENGTH = 20
_MAX_SECONDS = 1e11
"""Epoch seconds of the year 5138. A greater number is in milliseconds."""


def read_csv(name: str, content: bytes, schema: Schema) -> dict[str, list[Any]]:
    """Return the columns by field name.

    Raises:
        JobFailedError: The file is not valid; the message names file, line and column.
    """
    text = _decode(name, content)
    rows = _rows(name, text)
    _check_header(name, rows[0] if rows else [], schema)
    return _columns(name, text, rows[1:], schema)


def read_rows(name: str, content: bytes) -> list[list[str]]:
    """Return the rows of a CSV file, without empty ones.

    Raises:
        JobFailedError: The file is not valid; the message names file and line.
    """
    return _rows(name, _decode(name, content))


def _decode(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise JobFailedError(f"{name}: line {line} is not UTF-8") from None


def _rows(name: str, text: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [row for row in reader if row]
    except csv.Error as error:
        raise JobFailedError(f"{name}: line {reader.line_num}: {error}") from None


def _check_header(name: str, header: list[str], schema: Schema) -> None:
    expected = [field.name for field in schema.fields]
    if header != expected:
        raise JobFailedError(
            f"{name}: line 1: the header must name the schema's fields in their order: {','.join(expected)}; "
            f"found {','.join(header)}"
        )


def _columns(name: str, text: str, rows: list[list[str]], schema: Schema) -> dict[str, list[Any]]:
    width = len(schema.fields)
    for number, row in enumerate(rows):
        if len(row) != width:
            line = _line(text, number)
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
    except ValueError as error:
        line = _line(text, len(converted))
        raise JobFailedError(f"{name}: line {line}, column {field.name}: {error}") from None
    return converted


def _converter(field: Field) -> Callable[[str], Any]:
    convert = _identifier if field.name in ("USER_ID", "ITEM_ID") else _CONVERTERS[field.type]
    if field.name in ("TIMESTAMP", "CREATION_TIMESTAMP"):
        convert = _epoch_seconds

    interned: dict[str, str] = {}

    def converter(value: str) -> Any:
        if value == "":
            if field.nullable:
                return None
            raise ValueError("a value is missing")
        # One object for each distinct text, because a million rows have few users, items and event types.
        return convert(interned.setdefault(value, value))

    return converter


def _identifier(value: str) -> str:
    if len(value) > _MAX_ID_LENGTH:
        raise ValueError(f"an id has at most {_MAX_ID_LENGTH} characters")
    return value


def _epoch_seconds(value: str) -> int:
    time = _integer(value)
    if not 0 <= time < _MAX_SECONDS:
        raise ValueError(f"'{value}' is not in epoch seconds")
    return time


def _integer(value: str) -> int:
    if not _INTEGER.fullmatch(value):
        raise ValueError(f"'{_short(value)}' is not a whole number")
    if len(value) > _MAX_INTEGER_LENGTH or abs(int(value)) >= 2**63:
        raise ValueError(f"'{_short(value)}' is beyond a long")
    return int(value)


def _number(value: str) -> float:
    if not _DECIMAL.fullmatch(value) or not math.isfinite(number := float(value)):
        raise ValueError(f"'{_short(value)}' is not a number")
    return number


def _short(value: str) -> str:
    return value if len(value) <= _MAX_SHOWN_LENGTH else f"{value[:_MAX_SHOWN_LENGTH]}..."


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


def _line(text: str, number: int) -> int:
    """Return the line on which data row `number` (0 is the first after the header) ends. Rows may span lines."""
    reader = csv.reader(io.StringIO(text, newline=""))
    lines = (reader.line_num for row in reader if row)
    return next(line for count, line in enumerate(lines) if count == number + 1)
