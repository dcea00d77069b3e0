"""Validate CSV files of interactions and items, and report what was found in each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.check.seed.csv_table import CsvTable, check_header
from scripts.check.seed.findings import Findings
from scripts.check.seed.rules import InteractionRules, ItemRules
from scripts.check.seed.schemas import SchemaError, read_columns, schema_path

_NAMES = {"items.csv": "items", "interactions.csv": "interactions"}
_NOT_CHECKED = "not checked further"


@dataclass(frozen=True)
class Report:
    """The findings in one file, the file in one line, and its schema; None if it belongs to no data set."""

    path: Path
    summary: str
    findings: Findings
    schema: Path | None = None


@dataclass(frozen=True)
class OpenFile:
    """A file whose header has been read; `dataset` is None if the header is of neither data set."""

    path: Path
    table: CsvTable
    findings: Findings
    dataset: str | None
    schema: Path | None


def validate(
    paths: Sequence[Path],
    now: float,
    schemas: Path | None = None,
    limit: int = 5,
    event_types: Collection[str] | None = None,
) -> list[Report]:
    """Check each file as the data set that its name or its header shows; interactions are compared with the items.

    Args:
        paths: The CSV files.
        now: The time that counts as now, in epoch seconds.
        schemas: The folder of interactions.json and items.json. None means `schemas/` beside each file, and for a
            schema that is not there the one in seed/schemas.
        limit: How many examples are kept for each rule.
        event_types: The types that apps will send; None if they are not known.
    """
    files = [_open(path, schemas, limit) for path in paths]
    known: set[str] = set()
    summaries: dict[Path, str] = {}
    for file in sorted(files, key=lambda file: file.dataset != "items"):
        summaries[file.path] = _check(file, now, known, event_types)
    return [Report(file.path, summaries[file.path], file.findings, file.schema) for file in files]


def _open(path: Path, schemas: Path | None, limit: int) -> OpenFile:
    findings = Findings(limit)
    table = CsvTable(path, findings)
    dataset = (_NAMES.get(path.name.lower()) or _dataset(table.header)) if table.header else None
    if dataset is None and not findings.counts:
        message = "interactions have USER_ID, ITEM_ID, TIMESTAMP and EVENT_TYPE, items have ITEM_ID"
        findings.add_error("header", f"{','.join(table.header)!r} is the header of neither: {message}", 1)
    if dataset == "items" and "USER_ID" in table.header:
        findings.add_error("header", "these are interactions, with a USER_ID; are the two files exchanged?", 1)
        dataset = None
    if dataset is None:
        return OpenFile(path, table, findings, None, None)
    schema = schemas / f"{dataset}.json" if schemas else schema_path(dataset, path.parent)
    return OpenFile(path, table, findings, dataset, schema)


def _dataset(header: Sequence[str]) -> str | None:
    """Return the data set that the header belongs to, in whatever case and order; None if it belongs to neither."""
    names = {name.strip().upper() for name in header}
    if {"USER_ID", "ITEM_ID"} <= names:
        return "interactions"
    return "items" if "ITEM_ID" in names else None


def _check(file: OpenFile, now: float, known: set[str], event_types: Collection[str] | None) -> str:
    """Check a file; return it in one line. `known` has all items so far, and gets those of this file."""
    if file.dataset is None or file.schema is None:
        return _NOT_CHECKED
    try:
        columns = read_columns(file.dataset, file.schema)
    except SchemaError as error:
        file.findings.add_error("schema", str(error))
        return _NOT_CHECKED
    items: Collection[str] | None = known or None
    rules = (
        ItemRules(file.findings, now, columns)
        if file.dataset == "items"
        else InteractionRules(file.findings, now, columns, items, event_types)
    )
    check_header(file.table.header, columns, file.findings)
    for line, row in file.table.rows(columns):
        rules.check_row(line, row)
    rules.check_file()
    if isinstance(rules, ItemRules):
        known.update(rules.ids)
    return rules.summary()
