"""Reads the CSV files of a bulk import as Amazon Personalize would, and notes what it would refuse.

Only what must be remembered is: a file of any length is read line by line.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).resolve().parents[2] / "seed" / "schemas"
ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Example:
    """Where a problem was met, and what it is. `line` counts from 1, the header's line."""

    message: str
    line: int | None = None
    column: str | None = None


@dataclass
class Findings:
    """All that is wrong with a file: for each (severity, rule) how often it was met, and the first few examples."""

    limit: int = 5
    counts: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    examples: dict[tuple[str, str], list[Example]] = field(default_factory=lambda: defaultdict(list))

    def error(self, rule: str, message: str, line: int | None = None, column: str | None = None) -> None:
        """Notes something that makes the import or the training fail, or the data useless."""
        self._note(ERROR, rule, Example(message, line, column))

    def warn(self, rule: str, message: str, line: int | None = None, column: str | None = None) -> None:
        """Notes something that is accepted and probably not meant."""
        self._note(WARNING, rule, Example(message, line, column))

    def total(self, severity: str) -> int:
        """How many times something of that severity was met."""
        return sum(count for (of, _), count in self.counts.items() if of == severity)

    def _note(self, severity: str, rule: str, example: Example) -> None:
        self.counts[severity, rule] += 1
        if len(self.examples[severity, rule]) < self.limit:
            self.examples[severity, rule].append(example)


@dataclass(frozen=True)
class Column:
    """One field of a schema; `kind` is its Avro type without null."""

    name: str
    kind: str
    required: bool


def columns(dataset: str, schemas: Path = SCHEMAS) -> list[Column]:
    """The columns of `interactions` or `items`, in the schema's order."""
    schema = json.loads((schemas / f"{dataset}.json").read_text(encoding="utf-8"))
    return [_column(entry) for entry in schema["fields"]]


def _column(entry: dict[str, Any]) -> Column:
    kinds = entry["type"] if isinstance(entry["type"], list) else [entry["type"]]
    return Column(entry["name"], next(kind for kind in kinds if kind != "null"), "null" not in kinds)


class Table:
    """One CSV file: its header at once (empty if there is none), its rows when iterated; faults go to `findings`."""

    def __init__(self, path: Path, findings: Findings) -> None:
        self._path, self._findings = path, findings
        self._reader = csv.reader(self._lines())
        self.header = self._read_header()

    def rows(self, expected: Sequence[Column]) -> Iterator[tuple[int, dict[str, str]]]:
        """Yields (line, row by column name); rows of another length than the header's are noted and left out."""
        names = [name.strip() for name in self.header]
        for row in self._records():
            line = self._reader.line_num
            if len(row) != len(names):
                message = f"{len(row)} fields, the header has {len(names)}"
                self._findings.error("number of fields", message, line)
                continue
            values = dict(zip(names, row, strict=True))
            for column in expected:
                if column.name in values:
                    self._check_value(line, column, values[column.name])
            yield line, values

    def _read_header(self) -> list[str]:
        try:
            return next(self._records(), [])
        except OSError as error:
            self._findings.error("file", f"cannot be read: {error.strerror}")
            return []

    def _records(self) -> Iterator[list[str]]:
        """What is left to read; a fault that leaves the parser lost ends it."""
        try:
            yield from self._reader
        except csv.Error as error:
            message = f"no CSV from here on, the rest was not read: {str(error).partition(' - ')[0]}"
            self._findings.error("format", message, self._reader.line_num)

    def _lines(self) -> Iterator[str]:
        with self._path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                yield self._decoded(number, raw)

    def _decoded(self, number: int, raw: bytes) -> str:
        """The line as text. A byte order mark would be part of the first column's name."""
        if number == 1 and raw.startswith(b"\xef\xbb\xbf"):
            self._findings.error("encoding", "the file starts with a byte order mark; save it as UTF-8 without one", 1)
            raw = raw[3:]
        if b"\0" in raw:
            self._findings.error("encoding", "holds a NUL character; save it as UTF-8 text", number)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            wrong = raw[error.start : error.start + 1].hex()
            self._findings.error("encoding", f"not UTF-8: byte 0x{wrong} at position {error.start + 1}", number)
            return raw.decode("utf-8", errors="replace")

    def _check_value(self, line: int, column: Column, value: str) -> None:
        if not value.strip():
            if column.required:
                self._findings.error("empty value", "is empty, but required", line, column.name)
            return
        if not _is_of(column.kind, value):
            self._findings.error("type", f"{value!r} must be {_KINDS[column.kind]}", line, column.name)
        if value != value.strip():
            self._findings.warn("spaces", f"{value!r}: spaces at its ends are part of the value", line, column.name)


_KINDS = {
    "long": "a whole number",
    "int": "a whole number",
    "float": "a number",
    "double": "a number",
    "boolean": "true or false",
    "string": "text",
}


def _is_of(kind: str, value: str) -> bool:
    """Whether `value` is of the Avro type `kind`."""
    if kind in ("long", "int"):
        return value.strip().removeprefix("-").isdecimal() and value.isascii()
    if kind == "boolean":
        return value.strip().lower() in ("true", "false")
    return kind == "string" or _is_number(value)


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def check_header(header: Sequence[str], expected: Sequence[Column], findings: Findings) -> None:
    """Notes names that are missing, unknown or misspelled, and an order that is not the schema's."""
    wanted = [column.name for column in expected]
    folded = {name.upper(): name for name in wanted}
    for name in header:
        if name not in wanted and name.strip().upper() in folded:
            findings.error("header", f"{name!r} must be written {folded[name.strip().upper()]}", 1, name)
        elif name not in wanted:
            findings.error("header", f"{name!r} is not in the schema; legal: {', '.join(wanted)}", 1, name)
    known = {name.strip().upper() for name in header}
    for name in wanted:
        if name not in known:
            findings.error("header", f"{name} is missing", 1, name)
    if sorted(header) == sorted(wanted) and list(header) != wanted:
        findings.error("header", f"the order must be the schema's: {','.join(wanted)}", 1)
    for name in {name for name in header if list(header).count(name) > 1}:
        findings.error("header", f"{name} occurs twice", 1, name)
