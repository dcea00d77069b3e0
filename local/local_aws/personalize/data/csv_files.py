"""Read CSV files by a schema: return columns of Python values, or name the line and the column with an error.

Rules: developer guide, "Preparing and importing bulk data": a header without quotation marks, each record on a single
line; "Items dataset": a categorical value of more than 1,000 characters makes the import fail. As AWS's own notebooks
and outputs saved in them show, columns are matched by name in any order and case, other columns are ignored, and a few
unreadable or missing numbers of metadata are left out.
"""

import csv
import io
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.personalize.avro_schema import Field, Schema
from local_aws.personalize.errors import JobFailedError

_MAX_ID_LENGTH = 256
_MAX_CATEGORY_LENGTH = 1_000
_MAX_SHOWN_LENGTH = 60
# Python's int() and float() also accept digits of other alphabets, 1_000, surrounding spaces, nan and infinity.
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_MAX_INTEGER_LENGTH = 20
_MAX_SECONDS = 1e11
"""Epoch seconds of the year 5138. A greater number is in milliseconds."""


MAX_SKIPPED_SHARE = 0.05
"""Up to this share of the numbers of a metadata column may be unreadable or missing."""


@dataclass(frozen=True)
class Table:
    """The columns of a file by field name, and why values were left out: None stands for each of them."""

    columns: dict[str, list[Any]]
    skipped: list[str]


def read_csv(name: str, content: bytes, schema: Schema) -> Table:
    """Return the columns of the schema.

    Raises:
        JobFailedError: The file is not valid; the message names file, line and column.
    """
    text = _decode(name, content)
    if '"' in text.partition("\n")[0]:
        raise JobFailedError(f"{name}: line 1: the header must not be in quotation marks")
    header, *rows = _rows(name, text) or [[]]
    places = _places(name, header, schema)
    _check_widths(name, text, rows, len(header))
    table = Table({}, [])
    for field in schema.fields:
        values = [row[places[field.name]] for row in rows]
        column = _Column(name, text, field, field.name in schema.required)
        table.columns[field.name] = column.convert(values, table.skipped)
    return table


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
    rows: list[list[str]] = []
    last = 0
    try:
        for row in reader:
            if reader.line_num != last + 1:
                raise JobFailedError(f"{name}: line {last + 1}: each record must be on a single line")
            last = reader.line_num
            if row:
                rows.append(row)
    except csv.Error as error:
        raise JobFailedError(f"{name}: line {reader.line_num}: {error}") from None
    return rows


def _places(name: str, header: list[str], schema: Schema) -> dict[str, int]:
    """Return the place of each field of the schema in the header, whose names may be in any case."""
    names = [column.upper() for column in header]
    absent = [field.name for field in schema.fields if field.name.upper() not in names]
    if absent or len(set(names)) < len(names):
        reason = f"has no {', '.join(absent)}" if absent else "names a column twice"
        raise JobFailedError(f"{name}: line 1: the header {reason}; found {','.join(header)}")
    return {field.name: names.index(field.name.upper()) for field in schema.fields}


def _check_widths(name: str, text: str, rows: list[list[str]], width: int) -> None:
    for number, row in enumerate(rows):
        if len(row) != width:
            line = _line(text, number)
            raise JobFailedError(f"{name}: line {line}: expected {width} values, found {len(row)}")


@dataclass(frozen=True)
class _Column:
    """One column of a file."""

    name: str
    text: str
    field: Field
    required: bool

    def convert(self, values: Sequence[str], skipped: list[str]) -> list[Any]:
        """Return the values. Unreadable numbers of a metadata field are None, and are added to `skipped`."""
        converter, converted = _converter(self.field), list[Any]()
        left_out = 0
        most = int(MAX_SKIPPED_SHARE * len(values)) if self._may_skip else 0
        for number, value in enumerate(values):
            try:
                converted.append(converter(value))
            except ValueError as error:
                problem = f"{self.name}: line {_line(self.text, number)}, column {self.field.name}: {error}"
                left_out += 1
                if left_out > most:
                    raise JobFailedError(problem) from None
                converted.append(None)
                skipped.append(problem)
        return converted

    @property
    def _may_skip(self) -> bool:
        return not self.required and self.field.type not in ("string", "boolean")


def _converter(field: Field) -> Callable[[str], Any]:
    convert = _CONVERTERS[field.type]
    if field.name in ("USER_ID", "ITEM_ID", "ACTION_ID"):
        convert = _identifier
    if field.categorical:
        convert = _category
    if field.name in ("TIMESTAMP", "CREATION_TIMESTAMP", "ACTION_EXPIRATION_TIMESTAMP"):
        convert = _epoch_seconds

    # AWS's own notebooks import items without a year, although their schema does not allow null.
    may_be_empty = field.type == "string" and field.name not in ("USER_ID", "ITEM_ID", "ACTION_ID", "EVENT_TYPE")
    interned: dict[str, str] = {}

    def converter(value: str) -> Any:
        if value == "":
            if field.nullable or may_be_empty:
                return None
            raise ValueError("a value is missing")
        # One object for each distinct text, because a million rows have few users, items and event types.
        return convert(interned.setdefault(value, value))

    return converter


def _identifier(value: str) -> str:
    if len(value) > _MAX_ID_LENGTH:
        raise ValueError(f"an id has at most {_MAX_ID_LENGTH} characters")
    return value


def _category(value: str) -> str:
    if len(value) > _MAX_CATEGORY_LENGTH:
        raise ValueError(f"a categorical value has at most {_MAX_CATEGORY_LENGTH} characters")
    return value


def _epoch_seconds(value: str) -> int:
    # AWS's own notebooks import times with a fraction of a second into columns of type long.
    time = int(_number(value)) if "." in value else _integer(value)
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
    """Return the line of data row `number` (0 is the first after the header). Empty lines are no rows."""
    reader = csv.reader(io.StringIO(text, newline=""))
    lines = (reader.line_num for row in reader if row)
    return next(line for count, line in enumerate(lines) if count == number + 1)
