"""Read the CSV files of a bulk import as Amazon Personalize would, and collect what it would refuse.

Files are read line by line, so their size does not matter.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).resolve().parents[3] / "seed" / "schemas"
ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Example:
    """One problem and its place. `line` counts from 1, which is the header's line."""

    message: str
    line: int | None = None
    column: str | None = None


@dataclass
class Findings:
    """All problems of a file: for each (severity, rule) their number, and the first few examples."""

    limit: int = 5
    counts: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    examples: dict[tuple[str, str], list[Example]] = field(default_factory=lambda: defaultdict(list))

    def add_error(self, rule: str, message: str, line: int | None = None, column: str | None = None) -> None:
        """Add a problem that makes the import or the training fail, or the data useless."""
        self._add(ERROR, rule, Example(message, line, column))

    def add_warning(self, rule: str, message: str, line: int | None = None, column: str | None = None) -> None:
        """Add something that is accepted, but probably not intended."""
        self._add(WARNING, rule, Example(message, line, column))

    def total(self, severity: str) -> int:
        """Return the number of problems of that severity."""
        return sum(count for (of, _), count in self.counts.items() if of == severity)

    def _add(self, severity: str, rule: str, example: Example) -> None:
        self.counts[severity, rule] += 1
        if len(self.examples[severity, rule]) < self.limit:
            self.examples[severity, rule].append(example)


@dataclass(frozen=True)
class Column:
    """One field of a schema; `kind` is its Avro type without null."""

    name: str
    kind: str
    required: bool


def read_columns(dataset: str, schemas: Path = SCHEMAS) -> list[Column]:
    """Return the columns of `interactions` or `items`, in the schema's order."""
    schema = json.loads((schemas / f"{dataset}.json").read_text(encoding="utf-8"))
    return [_column(entry) for entry in schema["fields"]]


def _column(entry: dict[str, Any]) -> Column:
    kinds = entry["type"] if isinstance(entry["type"], list) else [entry["type"]]
    return Column(entry["name"], next(kind for kind in kinds if kind != "null"), "null" not in kinds)


class CsvTable:
    """One CSV file. Its header is read at once (empty if there is none), its rows later. Faults go to `findings`."""

    def __init__(self, path: Path, findings: Findings) -> None:
        self._path, self._findings = path, findings
        self._reader = csv.reader(self._lines())
        self.header = self._read_header()

    def rows(self, expected: Sequence[Column]) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield (line, row by column name). Rows of another length than the header are errors and left out."""
        names = [name.strip() for name in self.header]
        for row in self._records():
            line = self._reader.line_num
            if len(row) != len(names):
                message = f"{len(row)} fields, the header has {len(names)}"
                self._findings.add_error("number of fields", message, line)
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
            self._findings.add_error("file", f"cannot be read: {error.strerror}")
            return []

    def _records(self) -> Iterator[list[str]]:
        """Yield the records that are left to read, until the end or a fault after which CSV cannot be parsed."""
        try:
            yield from self._reader
        except csv.Error as error:
            message = f"no CSV from here on, the rest was not read: {str(error).partition(' - ')[0]}"
            self._findings.add_error("format", message, self._reader.line_num)

    def _lines(self) -> Iterator[str]:
        with self._path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                yield self._decode(number, raw)

    def _decode(self, number: int, raw: bytes) -> str:
        """Return the line as text. A byte order mark is removed: it would be part of the first column's name."""
        if number == 1 and raw.startswith(b"\xef\xbb\xbf"):
            self._findings.add_error(
                "encoding", "the file starts with a byte order mark; save it as UTF-8 without one", 1
            )
            raw = raw[3:]
        if b"\0" in raw:
            self._findings.add_error("encoding", "holds a NUL character; save it as UTF-8 text", number)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            wrong = raw[error.start : error.start + 1].hex()
            self._findings.add_error("encoding", f"not UTF-8: byte 0x{wrong} at position {error.start + 1}", number)
            return raw.decode("utf-8", errors="replace")

    def _check_value(self, line: int, column: Column, value: str) -> None:
        if not value.strip():
            if column.required:
                self._findings.add_error("empty value", "is empty, but required", line, column.name)
            return
        if not _is_of(column.kind, value):
            self._findings.add_error("type", f"{value!r} must be {_KINDS[column.kind]}", line, column.name)
        if value != value.strip():
            self._findings.add_warning(
                "spaces", f"{value!r}: spaces at its ends are part of the value", line, column.name
            )


_KINDS = {
    "long": "a whole number",
    "int": "a whole number",
    "float": "a number",
    "double": "a number",
    "boolean": "true or false",
    "string": "text",
}


def _is_of(kind: str, value: str) -> bool:
    """Return whether `value` is of the Avro type `kind`."""
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
    """Find names that are missing, unknown or misspelled, and an order that is not the schema's."""
    wanted = [column.name for column in expected]
    folded = {name.upper(): name for name in wanted}
    for name in header:
        if name not in wanted and name.strip().upper() in folded:
            findings.add_error("header", f"{name!r} must be written {folded[name.strip().upper()]}", 1, name)
        elif name not in wanted:
            findings.add_error("header", f"{name!r} is not in the schema; legal: {', '.join(wanted)}", 1, name)
    known = {name.strip().upper() for name in header}
    for name in wanted:
        if name not in known:
            findings.add_error("header", f"{name} is missing", 1, name)
    if sorted(header) == sorted(wanted) and list(header) != wanted:
        findings.add_error("header", f"the order must be the schema's: {','.join(wanted)}", 1)
    for name in {name for name in header if list(header).count(name) > 1}:
        findings.add_error("header", f"{name} occurs twice", 1, name)
