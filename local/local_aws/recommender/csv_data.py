"""Read interactions and items from CSV files. Errors name the file, the line and the column."""

import csv
from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path

from local_aws.recommender.types import Interactions, Items

MAX_SECONDS = 1e11  # the year 5138; a greater number is milliseconds
MAX_CATEGORIES = 20  # a column of numbers with more distinct values holds quantities

Row = Mapping[str, str]


class InvalidFileError(Exception):
    """The file cannot be used. `str()` names the file, the line and the column."""


def read_interactions(path: Path) -> Interactions:
    """Read the columns USER_ID, ITEM_ID and TIMESTAMP, and EVENT_TYPE and EVENT_VALUE if they exist.

    TIMESTAMP is in epoch seconds or milliseconds. The columns may be in any order, and others are ignored.

    Raises:
        InvalidFileError: The file cannot be used.
    """
    rows = list(_rows(path, ("USER_ID", "ITEM_ID", "TIMESTAMP")))
    names = rows[0][1].keys() if rows else ()
    users = [_text(path, line, row, "USER_ID") for line, row in rows]
    items = [_text(path, line, row, "ITEM_ID") for line, row in rows]
    times = [_seconds(path, line, row, "TIMESTAMP") for line, row in rows]
    types = [row["EVENT_TYPE"] or None for _, row in rows] if "EVENT_TYPE" in names else None
    values = [_number_or_none(path, line, row, "EVENT_VALUE") for line, row in rows]
    return Interactions(users, items, times, types, values if "EVENT_VALUE" in names else None)


def read_items(path: Path) -> Items:
    """Read ITEM_ID, and CREATION_TIMESTAMP (epoch seconds) if it exists. Every other column is metadata.

    Raises:
        InvalidFileError: The file cannot be used.
    """
    rows = list(_rows(path, ("ITEM_ID",)))
    names = [name for name in (rows[0][1] if rows else ()) if name not in ("ITEM_ID", "CREATION_TIMESTAMP")]
    created = [_number_or_none(path, line, row, "CREATION_TIMESTAMP") for line, row in rows]
    metadata = {name: _metadata([row[name] for _, row in rows]) for name in names}
    return Items([_text(path, line, row, "ITEM_ID") for line, row in rows], metadata, created)


def _rows(path: Path, required: tuple[str, ...]) -> Iterator[tuple[int, Row]]:
    """Yield the line number and the fields of each row."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.reader(stream, strict=True)
            header = [name.strip().upper() for name in next(reader, [])]
            _check_header(path, header, required)
            for fields in reader:
                if fields:
                    yield reader.line_num, _named(path, reader.line_num, header, fields)
    except OSError as error:
        raise InvalidFileError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidFileError(f"{path}: not UTF-8 text (byte {error.start})") from error
    except csv.Error as error:
        raise InvalidFileError(f"{path}, line {reader.line_num}: {error}") from error


def _check_header(path: Path, header: list[str], required: tuple[str, ...]) -> None:
    missing = [name for name in required if name not in header]
    if missing:
        raise InvalidFileError(
            f"{path}, line 1: no column {', '.join(missing)}; the header is {','.join(header) or 'empty'}"
        )
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise InvalidFileError(f"{path}, line 1: column {', '.join(repeated)} is there twice")


def _named(path: Path, line: int, header: list[str], fields: list[str]) -> Row:
    if len(fields) != len(header):
        raise InvalidFileError(f"{path}, line {line}: {len(fields)} fields, the header has {len(header)}")
    return dict(zip(header, fields, strict=True))


def _text(path: Path, line: int, row: Row, column: str) -> str:
    if not row[column].strip():
        raise InvalidFileError(f"{path}, line {line}, column {column}: empty")
    return row[column]


def _number(path: Path, line: int, row: Row, column: str) -> float:
    try:
        number = float(_text(path, line, row, column))
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise InvalidFileError(f"{path}, line {line}, column {column}: {row[column]!r} is not a number")
    return number


def _seconds(path: Path, line: int, row: Row, column: str) -> float:
    number = _number(path, line, row, column)
    if number < 0:
        raise InvalidFileError(f"{path}, line {line}, column {column}: {row[column]} is before 1970")
    return number / 1000 if number > MAX_SECONDS else number


def _number_or_none(path: Path, line: int, row: Row, column: str) -> float | None:
    return _number(path, line, row, column) if row.get(column) else None


def _metadata(values: list[str]) -> list[str | float | None]:
    """Return numbers if all values are numbers and many of them differ, else categories."""
    given = [value for value in values if value]
    if len(set(given)) <= MAX_CATEGORIES or not all(_is_number(value) for value in given):
        return [value or None for value in values]
    return [float(value) if value else None for value in values]


def _is_number(value: str) -> bool:
    try:
        return isfinite(float(value))
    except ValueError:
        return False
