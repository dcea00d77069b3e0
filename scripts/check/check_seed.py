"""Says what Amazon Personalize would refuse in interactions and items of your own: line, column, and what is legal.

Give the items file too, and interactions with animals that it lacks are found. Ends 1 if there are errors, 0 if there
are at most warnings. Schemas: seed/schemas.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape
from rich.table import Table as Drawing

from scripts.check.seed_files import ERROR, SCHEMAS, WARNING, Column, Findings, Table, check_header, columns
from scripts.check.seed_rules import InteractionRules, ItemRules
from scripts.common.terminal import console

COLORS = {ERROR: "red", WARNING: "yellow"}


@dataclass(frozen=True)
class Report:
    """What was found in one file."""

    path: Path
    summary: str
    findings: Findings


def check(paths: Sequence[Path], now: float, schemas: Path = SCHEMAS, limit: int = 5) -> list[Report]:
    """Checks each file as the data set that its header shows; items come first, so that the catalogue is known.

    `now` in epoch seconds; `limit`: examples kept for each rule.
    """
    opened = [_open(path, limit) for path in paths]
    items = {one.path: _check_items(one, now, schemas) for one in opened if one.dataset == "items"}
    catalogue = set().union(*(rules.ids for rules in items.values())) if items else None
    return [
        Report(one.path, _summary(one, items.get(one.path), catalogue, now, schemas), one.findings) for one in opened
    ]


@dataclass(frozen=True)
class Opened:
    """A file whose header has been read; `dataset` is None, and the cause noted, if it cannot be checked further."""

    path: Path
    table: Table
    findings: Findings
    dataset: str | None


def _open(path: Path, limit: int) -> Opened:
    findings = Findings(limit)
    table = Table(path, findings)
    dataset = _dataset(table.header)
    if dataset is None and not findings.counts:
        message = "interactions have USER_ID, ITEM_ID, TIMESTAMP and EVENT_TYPE, items have ITEM_ID"
        findings.error("header", f"{','.join(table.header)!r} is the header of neither: {message}", 1)
    return Opened(path, table, findings, dataset)


def _dataset(header: Sequence[str]) -> str | None:
    """Which data set the header belongs to, however it is written; None if that cannot be told."""
    names = {name.strip().upper() for name in header}
    if {"USER_ID", "ITEM_ID"} <= names:
        return "interactions"
    return "items" if "ITEM_ID" in names else None


def _check_items(file: Opened, now: float, schemas: Path) -> ItemRules:
    rules = ItemRules(file.findings, now)
    _check_rows(file, columns("items", schemas), rules)
    return rules


def _summary(file: Opened, items: ItemRules | None, catalogue: set[str] | None, now: float, schemas: Path) -> str:
    """Checks what is not checked yet; the file in one line."""
    if items:
        return items.summary()
    if file.dataset is None:
        return "not checked further"
    rules = InteractionRules(file.findings, now, catalogue)
    _check_rows(file, columns(file.dataset, schemas), rules)
    return rules.summary()


def _check_rows(file: Opened, expected: Sequence[Column], rules: ItemRules | InteractionRules) -> None:
    check_header(file.table.header, expected, file.findings)
    for line, row in file.table.rows(expected):
        rules.row(line, row)
    rules.finish()


def show(report: Report) -> None:
    """Prints one file's report."""
    findings = report.findings
    errors, warnings = findings.total(ERROR), findings.total(WARNING)
    mark = "[red]✗[/red]" if errors else "[yellow]![/yellow]" if warnings else "[green]✓[/green]"
    console.print(
        f"{mark} [bold]{escape(str(report.path))}[/bold]: {report.summary}; {errors:,} errors, {warnings:,} warnings"
    )
    if not findings.counts:
        return
    drawing = Drawing(header_style="dim", pad_edge=False)
    for name in ("", "rule", "line", "column", "what is wrong"):
        drawing.add_column(name, overflow="fold")
    for severity, rule in sorted(findings.counts):
        for example in findings.examples[severity, rule]:
            place = "" if example.line is None else str(example.line)
            cells = (rule, place, example.column or "", example.message)
            drawing.add_row(f"[{COLORS[severity]}]{severity}[/]", *map(escape, cells))
        more = findings.counts[severity, rule] - len(findings.examples[severity, rule])
        if more:
            drawing.add_row("", rule, "", "", f"[dim]… and {more:,} more[/dim]")
    console.print(drawing)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.check.check_seed", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.csv")
    parser.add_argument("--schemas", type=Path, default=SCHEMAS, help="directory of interactions.json and items.json")
    parser.add_argument("--examples", type=int, default=5, help="how many to show of each kind (default: %(default)s)")
    given = parser.parse_args(arguments)
    reports = check(given.files, time.time(), given.schemas, given.examples)
    for report in reports:
        show(report)
    return int(any(report.findings.total(ERROR) for report in reports))


if __name__ == "__main__":
    sys.exit(main())
