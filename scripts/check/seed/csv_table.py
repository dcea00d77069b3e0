"""Read the CSV files of a bulk import as Amazon Personalize would, and collect what it would refuse.

Files are read line by line, so their size does not matter. Rules: developer guide, "Preparing and importing bulk data":
a header without quotation marks, each record on a single line, UTF-8.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.check.seed.findings import Findings
from scripts.check.seed.schemas import Column
from scripts.check.seed.values import check_value, shown

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# First bytes of files that are something else.
_OTHER_FORMATS = {
    b"\x1f\x8b": "is compressed with gzip; unpack it",
    b"PK\x03\x04": "is a zip archive or a spreadsheet; save it as CSV in UTF-8",
    b"\xd0\xcf\x11\xe0": "is a spreadsheet; save it as CSV in UTF-8",
    b"PAR1": "is a Parquet file; save it as CSV in UTF-8",
    b"\xff\xfe": "is UTF-16; save it as UTF-8",
    b"\xfe\xff": "is UTF-16; save it as UTF-8",
}
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


class CsvTable:
    """One CSV file. Its header is read at once (empty if there is none), its rows later. Faults go to `findings`."""

    def __init__(self, path: Path, findings: Findings) -> None:
        self._path, self._findings = path, findings
        self._first_line = ""
        self._reader = csv.reader(self._lines(), strict=True)
        self.header = self._read_header() if self._is_text() else []

    def rows(self, expected: Sequence[Column]) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield (line, row by column name). Rows of another length than the header are errors and left out."""
        names = _canonical_names(self.header, expected)
        checked = [(names.index(column.name), column) for column in expected if column.name in names]
        for line, row in self._records():
            if not row:
                self._findings.add_warning("empty line", "is empty", line)
            elif len(row) != len(names):
                message = f"{len(row)} fields, the header has {len(names)}"
                self._findings.add_error("number of fields", message, line)
            else:
                for place, column in checked:
                    check_value(line, column, row[place], self._findings)
                yield line, dict(zip(names, row, strict=True))

    def _is_text(self) -> bool:
        """Find out whether the file can be read and is no other format, from its first bytes."""
        try:
            if self._path.is_dir():
                self._findings.add_error("file", "is a folder, not a CSV file")
                return False
            if self._path.exists() and not self._path.is_file():
                self._findings.add_error("file", "is not a regular file")
                return False
            with self._path.open("rb") as file:
                start = file.read(65_536)
        except OSError as error:
            self._findings.add_error("file", f"cannot be read: {error.strerror}")
            return False
        return self._is_csv(start)

    def _is_csv(self, start: bytes) -> bool:
        if not start.strip():
            self._findings.add_error("file", "is empty; its first line must be the header")
            return False
        for mark, message in _OTHER_FORMATS.items():
            if start.startswith(mark):
                self._findings.add_error("encoding", f"the file {message}", 1)
                return False
        if start[1::2][:20].count(0) > 8 or start[::2][:20].count(0) > 8:  # each second byte of western text
            self._findings.add_error("encoding", "the file is UTF-16; save it as UTF-8", 1)
            return False
        if b"\r" in start and b"\n" not in start:
            self._findings.add_error("format", "lines end with CR only, as on an old Mac; they must end with LF", 1)
            return False
        return True

    def _read_header(self) -> list[str]:
        _, header = next(self._records(), (1, []))
        if '"' in self._first_line:
            self._findings.add_error("header", "write the header without quotation marks", 1)
        if not header:
            self._findings.add_error("header", "the first line is empty; it must be the header", 1)
        if header and header[0].lower().startswith("sep="):
            self._findings.add_error("format", "the first line is for spreadsheets only; leave it out", 1)
            return []
        if len(header) == 1:
            separators = [name for separator, name in _SEPARATORS.items() if separator in header[0]]
            if separators:
                self._findings.add_error("format", f"the fields are separated by {separators[0]}; use commas", 1)
            return [] if separators or "," in header[0] else header
        return header

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield (line, record) of what is left to read, until the end or a fault after which CSV cannot be parsed."""
        begin = self._reader.line_num + 1
        try:
            for record in self._reader:
                last = self._reader.line_num
                if last != begin:
                    message = f"goes on until line {last}; each record must be on a single line"
                    self._findings.add_error("single line", message, begin)
                elif any("\r" in value for value in record):
                    self._findings.add_error("single line", "has a carriage return inside a value", begin)
                yield begin, record
                begin = last + 1
        except csv.Error as error:
            self._findings.add_error("format", f"{_explain(error)}; the rest was not read", begin)
        except OSError as error:
            self._findings.add_error("file", f"cannot be read: {error.strerror}")

    def _lines(self) -> Iterator[str]:
        with self._path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                text = self._decode(number, raw)
                if number == 1:
                    self._first_line = text
                yield text

    def _decode(self, number: int, raw: bytes) -> str:
        """Return the line as text. A byte order mark is removed: it would be part of the first column's name."""
        if number == 1 and raw.startswith(_BYTE_ORDER_MARK):
            message = "the file starts with a byte order mark; save it as UTF-8 without one"
            self._findings.add_error("encoding", message, 1)
            raw = raw[len(_BYTE_ORDER_MARK) :]
        if b"\0" in raw:
            self._findings.add_error("encoding", "holds a NUL character; save it as UTF-8 text", number)
            raw = raw.replace(b"\0", b"")
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            wrong = raw[error.start : error.start + 1].hex()
            self._findings.add_error("encoding", f"not UTF-8: byte 0x{wrong} at position {error.start + 1}", number)
            return raw.decode("utf-8", errors="replace")


def _explain(error: csv.Error) -> str:
    text = str(error).partition(" - ")[0]
    if "unexpected end of data" in text:
        return "a quotation mark that begins here is never closed"
    if "expected after" in text:
        return "a quotation mark inside a value; write it twice, or leave out the others"
    if "new-line character" in text:
        return "a carriage return inside a value"
    return f"no CSV from here on: {text}"


def _canonical_names(header: Sequence[str], expected: Sequence[Column]) -> list[str]:
    """Return the header's names as the schema writes them, so that one wrong name is one error."""
    known = {_fold(column.name): column.name for column in expected}
    return [known.get(_fold(name), name.strip()) for name in header]


def _fold(name: str) -> str:
    return name.strip().upper().replace(" ", "_")


def check_header(header: Sequence[str], expected: Sequence[Column], findings: Findings) -> None:
    """Find names that are missing, unknown, misspelled or repeated, and an order that is not the schema's."""
    wanted = [column.name for column in expected]
    found = _canonical_names(header, expected)
    for name, meant in zip(header, found, strict=True):
        if meant not in wanted:
            findings.add_error("header", f"{shown(name)} is not in the schema; legal: {', '.join(wanted)}", 1, name)
        elif name != meant:
            findings.add_error("header", f"{shown(name)} must be written {meant}", 1, name)
    for name in wanted:
        if name not in found:
            findings.add_error("header", f"{name} is missing", 1)
    for name in dict.fromkeys(name for name in found if found.count(name) > 1):
        findings.add_error("header", f"{shown(name)} occurs {found.count(name)} times", 1, name)
    if sorted(found) == sorted(wanted) and found != wanted:
        # AWS's guide asks for this order. Outputs of its own notebooks show the service matching columns by name.
        findings.add_warning("header", f"the order should be the schema's: {', '.join(wanted)}", 1)
