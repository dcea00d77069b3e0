"""Runs Athena's SQL with DuckDB on the objects of Glue tables; sqlglot translates it from Trino's dialect.

A line of an object is read as by the table's SerDe: the case of keys is ignored, and a line that is not a JSON object
is a row of nulls.
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
    """A table of JSON lines.

    Attributes:
        columns: name -> Hive type.
        template: URL of the objects, such as `s3://bucket/events/${arrival}/`; each `${name}` is a partition key.
    """

    name: str
    columns: Mapping[str, str]
    template: str

    @property
    def location(self) -> str:
        """The beginning of the template, which all objects share."""
        return self.template.partition("${")[0]

    @property
    def keys(self) -> list[str]:
        """The names of the partition keys."""
        return _PLACE.findall(self.template)

    def partition(self, url: str) -> dict[str, str] | None:
        """Return the partition of an object; None if the object is not part of the table."""
        pieces = _PLACE.split(self.template)
        pattern = "".join(f"(?P<{piece}>.+)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))
        found = re.match(pattern, url)
        return found.groupdict() if found else None


@dataclass(frozen=True)
class QueryResult:
    """The rows of a query.

    Attributes:
        names: of the columns.
        scanned: bytes read from S3, before decompression.
    """

    names: list[str]
    rows: list[tuple[Any, ...]]
    scanned: int

    def text_rows(self) -> Iterator[list[str | None]]:
        """Yield the rows as Athena returns them: the names first, all values as text."""
        yield [*self.names]
        yield from ([_text(value) for value in row] for row in self.rows)

    def csv(self) -> str:
        """Return the file that Athena writes."""
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(self.text_rows())
        return out.getvalue()


def table_names(sql: str) -> set[str]:
    """Return the names of the tables in a query.

    Raises:
        ValueError: the text is not SQL.
    """
    try:
        tree = sqlglot.parse_one(sql, read="trino")
    except sqlglot.errors.SqlglotError as error:
        raise ValueError(str(error)) from error
    return {table.name for table in tree.find_all(exp.Table)} - {part.alias for part in tree.find_all(exp.CTE)}


def run_query(sql: str, parameters: Sequence[str], sources: Mapping[Table, Iterable[tuple[str, bytes]]]) -> QueryResult:
    """Run a query.

    Args:
        sql: in Trino's dialect.
        parameters: SQL literals for each `?`.
        sources: the tables, each with the URLs and contents of objects.

    Raises:
        ValueError: the engine rejects the query; the message is the engine's.
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
        return QueryResult([column[0] for column in found.description], found.fetchall(), scanned)


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
    # One after the other: what is inside a replaced node is not visited any more.
    for translate in (_lenient_json, _global_replace, _nfc):
        tree = tree.transform(translate)
    return tree.sql("duckdb")


def _lenient_json(node: exp.Expression) -> exp.Expression:
    """Trino gives null for text that is no JSON; DuckDB fails."""
    return exp.Try(this=node.copy()) if isinstance(node, exp.JSONExtractScalar) else node


def _global_replace(node: exp.Expression) -> exp.Expression:
    """Trino replaces every match, DuckDB only the first."""
    if not isinstance(node, exp.RegexpReplace) or node.args.get("modifiers"):
        return node
    given = [node.this.copy(), node.expression.copy(), _replacement(node), exp.Literal.string("g")]
    return exp.Anonymous(this="regexp_replace", expressions=given)


def _nfc(node: exp.Expression) -> exp.Expression:
    """Trino's `normalize` has another name in DuckDB, which knows NFC only."""
    if not isinstance(node, exp.Normalize) or node.text("form") not in ("", "NFC"):
        return node
    return exp.Anonymous(this="nfc_normalize", expressions=[node.this.copy()])


def _replacement(node: exp.RegexpReplace) -> exp.Expression:
    given = node.args.get("replacement")
    return given.copy() if isinstance(given, exp.Expression) else exp.Literal.string("")


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
