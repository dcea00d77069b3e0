"""Check your own interactions and items for what Amazon Personalize would refuse: line, column, and what is allowed.

Give the items file too: then interactions with animals that it lacks are found. The exit code is 1 if there are errors,
and 0 if there are only warnings. Schemas: seed/schemas.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from scripts.check.seed.csv_table import ERROR, SCHEMAS, WARNING, Findings
from scripts.check.seed.validation import Report, validate
from scripts.common.task import run_task
from scripts.common.terminal import console

COLORS = {ERROR: "red", WARNING: "yellow"}


def print_report(report: Report) -> None:
    """Print one file's report."""
    findings = report.findings
    errors, warnings = findings.total(ERROR), findings.total(WARNING)
    mark = "[red]✗[/red]" if errors else "[yellow]![/yellow]" if warnings else "[green]✓[/green]"
    console.print(
        f"{mark} [bold]{escape(str(report.path))}[/bold]: {report.summary}; {errors:,} errors, {warnings:,} warnings"
    )
    if findings.counts:
        console.print(_draw(findings))


def _draw(findings: Findings) -> Table:
    table = Table(header_style="dim", pad_edge=False)
    for name in ("", "rule", "line", "column", "what is wrong"):
        table.add_column(name, overflow="fold")
    for severity, rule in sorted(findings.counts):
        for example in findings.examples[severity, rule]:
            place = "" if example.line is None else str(example.line)
            cells = (rule, place, example.column or "", example.message)
            table.add_row(f"[{COLORS[severity]}]{severity}[/]", *map(escape, cells))
        more = findings.counts[severity, rule] - len(findings.examples[severity, rule])
        if more:
            table.add_row("", rule, "", "", f"[dim]… and {more:,} more[/dim]")
    return table


def check(paths: Sequence[Path], schemas: Path, limit: int) -> int:
    """Check the files and print the reports; return 1 if there are errors."""
    reports = validate(paths, time.time(), schemas, limit)
    for report in reports:
        print_report(report)
    return int(any(report.findings.total(ERROR) for report in reports))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.check.seed", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.csv")
    parser.add_argument("--schemas", type=Path, default=SCHEMAS, help="directory of interactions.json and items.json")
    parser.add_argument("--examples", type=int, default=5, help="how many to show of each kind (default: %(default)s)")
    given = parser.parse_args(arguments)
    return run_task(lambda: check(given.files, given.schemas, given.examples))


if __name__ == "__main__":
    sys.exit(main())
