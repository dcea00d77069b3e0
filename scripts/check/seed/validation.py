"""Validate CSV files of interactions and items, and report what was found in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.check.seed.csv_table import SCHEMAS, Column, CsvTable, Findings, check_header, read_columns
from scripts.check.seed.rules import InteractionRules, ItemRules


@dataclass(frozen=True)
class Report:
    """The findings in one file, and the file in one line."""

    path: Path
    summary: str
    findings: Findings


@dataclass(frozen=True)
class OpenFile:
    """A file whose header has been read; `dataset` is None if the header is of neither data set."""

    path: Path
    table: CsvTable
    findings: Findings
    dataset: str | None


def validate(paths: Sequence[Path], now: float, schemas: Path = SCHEMAS, limit: int = 5) -> list[Report]:
    """Check each file as the data set that its header shows. Items come first: interactions are compared with them.

    `now` in epoch seconds; `limit`: examples kept for each rule.
    """
    files = [_open(path, limit) for path in paths]
    items = {file.path: _check_items(file, now, schemas) for file in files if file.dataset == "items"}
    known_ids = set().union(*(rules.ids for rules in items.values())) if items else None
    return [
        Report(
            file.path,
            items[file.path].summary() if file.path in items else _check_interactions(file, known_ids, now, schemas),
            file.findings,
        )
        for file in files
    ]


def _open(path: Path, limit: int) -> OpenFile:
    findings = Findings(limit)
    table = CsvTable(path, findings)
    dataset = _dataset(table.header)
    if dataset is None and not findings.counts:
        message = "interactions have USER_ID, ITEM_ID, TIMESTAMP and EVENT_TYPE, items have ITEM_ID"
        findings.add_error("header", f"{','.join(table.header)!r} is the header of neither: {message}", 1)
    return OpenFile(path, table, findings, dataset)


def _dataset(header: Sequence[str]) -> str | None:
    """Return the data set that the header belongs to, in whatever case and order; None if it belongs to neither."""
    names = {name.strip().upper() for name in header}
    if {"USER_ID", "ITEM_ID"} <= names:
        return "interactions"
    return "items" if "ITEM_ID" in names else None


def _check_items(file: OpenFile, now: float, schemas: Path) -> ItemRules:
    rules = ItemRules(file.findings, now)
    _check_rows(file, read_columns("items", schemas), rules)
    return rules


def _check_interactions(file: OpenFile, known_ids: set[str] | None, now: float, schemas: Path) -> str:
    """Check a file that does not hold items; return it in one line."""
    if file.dataset is None:
        return "not checked further"
    rules = InteractionRules(file.findings, now, known_ids)
    _check_rows(file, read_columns(file.dataset, schemas), rules)
    return rules.summary()


def _check_rows(file: OpenFile, expected: Sequence[Column], rules: ItemRules | InteractionRules) -> None:
    check_header(file.table.header, expected, file.findings)
    for line, row in file.table.rows(expected):
        rules.check_row(line, row)
    rules.check_file()
