"""Athena's SQL, really answered: DuckDB asks the objects that the Glue table describes, in Trino's words.

A line of an object is read as the table's SerDe reads it: keys without regard to case, and what is no JSON object is a
row of nulls.
"""

import csv
import gzip
import io
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

_PLACE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, eq=False)
class Table:
    """A table over JSON lines: Hive types by column, and where its objects lie, e.g. `s3://bucket/events/${arrival}/`.

    Each `${name}` of the template is a partition key.
    """

    name: str
    columns: Mapping[str, str]
    template: str

    @property
    def location(self) -> str:
        """The part of the template that all objects share."""
        return self.template.partition("${")[0]

    @property
    def keys(self) -> list[str]:
        """The names of the partition keys."""
        return _PLACE.findall(self.template)

    def partition(self, url: str) -> dict[str, str] | None:
        """The partition of an object; None if it lies outside the table."""
        pieces = _PLACE.split(self.template)
        pattern = "".join(f"(?P<{piece}>.+)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))
        found = re.match(pattern, url)
        return found.groupdict() if found else None


@dataclass(frozen=True)
class Answer:
    """The rows of a query, by the names of its columns; `scanned`: bytes read, as they lie in S3."""

    names: list[str]
    rows: list[tuple[Any, ...]]
    scanned: int

    def texts(self) -> Iterator[list[str | None]]:
        """The rows as Athena answers them: the names first, all as text."""
        yield [*self.names]
        yield from ([_text(value) for value in row] for row in self.rows)

    def csv(self) -> str:
        """The file that Athena writes."""
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(self.texts())
        return out.getvalue()


def tables(sql: str) -> set[str]:
    """The names of the tables that a query asks about. Raises ValueError for what is no SQL."""
    try:
        tree = sqlglot.parse_one(sql, read="trino")
    except sqlglot.errors.SqlglotError as error:
        raise ValueError(str(error)) from error
    return {table.name for table in tree.find_all(exp.Table)} - {part.alias for part in tree.find_all(exp.CTE)}


def ask(sql: str, parameters: Sequence[str], sources: Mapping[Table, Iterable[tuple[str, bytes]]]) -> Answer:
    """Answer a query about tables, each with the URLs and contents of objects; `parameters`: SQL literals for its `?`.

    Raises ValueError, with the engine's words, for SQL that it does not take.
    """
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        lines = {table: Path(folder) / f"{number}.json" for number, table in enumerate(sources)}
        scanned = sum(_unpack(table, objects, lines[table]) for table, objects in sources.items())
        try:
            connection.execute("SET TimeZone = 'UTC'")
            for table, path in lines.items():
                connection.execute(_view(table, path))
            found = connection.execute(_translated(sql, parameters))
        except (duckdb.Error, sqlglot.errors.SqlglotError) as error:
            raise ValueError(str(error)) from error
        return Answer([column[0] for column in found.description], found.fetchall(), scanned)


def _unpack(table: Table, objects: Iterable[tuple[str, bytes]], target: Path) -> int:
    scanned = 0
    with target.open("w", encoding="utf-8") as out:
        for url, content in objects:
            if (partition := table.partition(url)) is None:
                continue
            scanned += len(content)
            plain = gzip.decompress(content) if url.endswith(".gz") else content
            out.writelines(
                f"{json.dumps(_row(line, table.columns) | partition)}\n" for line in plain.split(b"\n") if line
            )
    return scanned


def _row(line: bytes, columns: Mapping[str, str]) -> dict[str, Any]:
    """Read a line as the OpenX JSON SerDe does with `ignore.malformed.json`: a row of nulls for what is no JSON object.

    Raises ValueError for a value that its column's type cannot hold: Athena fails the whole query then
    (https://repost.aws/knowledge-center/error-json-athena).
    """
    try:
        row = json.loads(line, object_pairs_hook=_lower_keys, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(row, dict):
        return {}
    for name, kind in columns.items():
        container = dict if kind.startswith(("struct<", "map<")) else list if kind.startswith("array<") else None
        if container and not isinstance(row.get(name, container()), container | None):
            raise ValueError(f"HIVE_BAD_DATA: Error parsing field value for field {name}: not a {container.__name__}")
    return row


def _lower_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object with keys in lower case; two equal keys make the document malformed."""
    lowered = {name.lower(): value for name, value in pairs}
    if len(lowered) < len(pairs):
        raise ValueError("duplicate key")
    return lowered


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _view(table: Table, lines: Path) -> str:
    types = {**table.columns, **dict.fromkeys(table.keys, "string")}
    columns = ", ".join(f"'{name}': '{_duckdb_type(kind)}'" for name, kind in types.items())
    return f"""
        CREATE VIEW "{table.name}" AS SELECT *
        FROM read_json('{lines}', format = 'newline_delimited', ignore_errors = true, columns = {{{columns}}})
    """


def _duckdb_type(hive: str) -> str:
    return exp.DataType.build(hive, dialect="hive").sql("duckdb", identify=True)


def _translated(sql: str, parameters: Sequence[str]) -> str:
    tree = sqlglot.parse_one(sql, read="trino")
    places = list(tree.find_all(exp.Placeholder, bfs=False))
    if len(places) != len(parameters):
        raise ValueError(f"Incorrect number of parameters: expected {len(places)} but found {len(parameters)}")
    for place, literal in zip(places, parameters, strict=True):
        place.replace(sqlglot.parse_one(literal, read="trino"))
    # Trino gives null for text that is no JSON; DuckDB fails.
    lenient = tree.transform(
        lambda node: exp.Try(this=node.copy()) if isinstance(node, exp.JSONExtractScalar) else node
    )
    return lenient.sql("duckdb")


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
