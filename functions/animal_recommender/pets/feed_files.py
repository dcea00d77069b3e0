"""Files of feeds: CSV, JSON Lines and JSON, each also compressed with gzip. Yields their rows, also the broken ones."""

import csv
import gzip
import io
import json
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from animal_recommender.validation import FieldError, ValidationError, parse_json

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".json")
# A JSON document is read at once; its objects take some ten times its size.
MAX_DOCUMENT_BYTES = 60_000_000
_DELIMITERS = (",", ";", "\t")
# A quotation mark that is never closed would take the rest of the file for one value.
_MAX_LINES_OF_ROW = 50


class Row(NamedTuple):
    """A row: the number of its first line (in a JSON document: of the animal), and its value or what is wrong."""

    number: int
    value: Any


def file_suffix(name: str) -> str:
    """Return the suffix that tells the format of a file, such as `.csv` of `pets.csv.gz`.

    Raises:
        ValidationError: No format has this suffix.
    """
    suffix = Path(name.removesuffix(".gz")).suffix.lower()
    if suffix not in SUFFIXES:
        accepted = ", ".join(SUFFIXES)
        raise ValidationError([FieldError("file", f"must end with one of {accepted}, or that and .gz")], "wrong-suffix")
    return suffix


def open_text(path: Path, *, compressed: bool) -> IO[str]:
    """Open a file as UTF-8, with or without a byte order mark. What is no UTF-8 becomes a lone surrogate."""
    file = gzip.open(path) if compressed else path.open("rb")  # noqa: SIM115 - the caller closes it
    return io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")


def read_lines(file: IO[str]) -> Iterator[Row]:
    """Yield the JSON values of a file, one on each line; blank lines are left out."""
    for number, line in enumerate(file, 1):
        if line.strip():
            yield Row(number, _parse_line(line))


def _parse_line(line: str) -> Any:
    try:
        return parse_json(line.encode("utf-8", "surrogateescape"), "line")
    except ValidationError as error:
        return error


def read_document(path: Path, *, compressed: bool) -> Any:
    """Read a JSON document.

    Raises:
        ValidationError: It is no JSON, or too large.
    """
    with gzip.open(path) if compressed else path.open("rb") as file:
        data = file.read(MAX_DOCUMENT_BYTES + 1)
    if len(data) > MAX_DOCUMENT_BYTES:
        message = f"must have at most {MAX_DOCUMENT_BYTES:,} bytes as .json; larger ones as .jsonl or .csv"
        raise ValidationError([FieldError("file", message)], "too-large")
    return parse_json(data.removeprefix(b"\xef\xbb\xbf"), "file")


def read_table(file: IO[str]) -> Iterator[Row]:
    """Yield the rows of a CSV file as objects with the names of its header.

    The delimiter is a comma, a semicolon or a tab, whichever the header has most of.

    Raises:
        ValidationError: The header is missing, has a name twice, or has another encoding.
    """
    lines = _NumberedLines(file)
    header_line = lines.take()
    delimiter = max(_DELIMITERS, key=(header_line or "").count)
    if not _is_utf8(header_line or ""):
        raise ValidationError([FieldError("header", "must be UTF-8; save the file with this encoding")], "wrong-header")
    header = _split_header(header_line or "", delimiter)
    if not any(header) or len(set(header)) < len(header):
        raise ValidationError([FieldError("header", "must have the name of each column once")], "wrong-header")
    while (number := lines.number) and lines.has_more():
        cells = _take_row(lines, delimiter, len(header))
        if cells != []:
            yield Row(number, cells if isinstance(cells, ValidationError) else dict(zip(header, cells, strict=True)))


def _split_header(line: str, delimiter: str) -> list[str]:
    """Return the names of the columns, none if the line is no header: the reader refuses 131,073 characters."""
    try:
        return [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


class _NumberedLines:
    """The lines of a file, of which some can be put back."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._waiting: deque[str] = deque()
        self.number = 1

    def has_more(self) -> bool:
        if not self._waiting and (line := self._file.readline()):
            self._waiting.append(line)
        return bool(self._waiting)

    def take(self) -> str | None:
        if not self.has_more():
            return None
        self.number += 1
        return self._waiting.popleft()

    def put_back(self, lines: Sequence[str]) -> None:
        self._waiting.extendleft(reversed(lines))
        self.number -= len(lines)


def _take_row(lines: _NumberedLines, delimiter: str, columns: int) -> Any:
    """Return the cells of the next row, [] for a blank line, or an error.

    If several lines make no valid row together, only the first is broken, and the others are read again by themselves.
    """
    taken = [lines.take() or ""]
    while "".join(taken).count('"') % 2 and len(taken) < _MAX_LINES_OF_ROW and (line := lines.take()) is not None:
        taken.append(line)
    cells = _split("".join(taken), delimiter)
    if cells == [] or (cells is not None and len(cells) == columns):
        return cells
    lines.put_back(taken[1:])
    return ValidationError([FieldError("row", _fault(taken, cells, columns))], "broken-row")


def _fault(taken: Sequence[str], cells: Sequence[str] | None, columns: int) -> str:
    if not _is_utf8(taken[0]):
        return "is not UTF-8"
    found = "cannot be read" if cells is None or len(taken) > 1 else f"has {len(cells)} columns"
    return f"{found}; the header has {columns} columns"


def _is_utf8(text: str) -> bool:
    """Return whether what `open_text` read was UTF-8. UTF-16 without a mark looks like texts with NUL characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _split(text: str, delimiter: str) -> list[str] | None:
    if not _is_utf8(text):
        return None
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    if not text.strip() or not rows:
        return []
    return rows[0] if len(rows) == 1 else None


def dump_line(value: Any) -> str:
    """Return a value as one line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
