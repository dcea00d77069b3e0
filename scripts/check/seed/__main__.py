"""Check your own interactions and items for what Amazon Personalize would refuse, or would not take as you mean it.

Give CSV files, or a folder with items.csv and interactions.csv. Without any, the folder that the environment's variable
`seed` names is checked, and whether the canary's items are in it. Give both files together: then interactions with
animals that the items lack are found. The exit code is 1 if there are errors, and 0 if there are only warnings.
Schemas: schemas/ in the folder of each file, or else seed/schemas of the repository.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.markup import escape
from rich.padding import Padding

from scripts.check.seed.findings import ERROR, WARNING, Findings
from scripts.check.seed.folder import FILES, check_environment
from scripts.check.seed.schemas import SCHEMAS
from scripts.check.seed.validation import Report, validate
from scripts.common import tfvars
from scripts.common.task import run_task
from scripts.common.terminal import console

_COLORS = {ERROR: "red", WARNING: "yellow"}
_INDENT = 4


def print_report(report: Report) -> None:
    """Print one file's report: the file in one line, then its problems by rule, errors first."""
    findings = report.findings
    errors, warnings = findings.total(ERROR), findings.total(WARNING)
    mark = "[red]✗[/red]" if errors else "[yellow]![/yellow]" if warnings else "[green]✓[/green]"
    counts = f"{_count(errors, ERROR)}, {_count(warnings, WARNING)}"
    console.print(f"{mark} [bold]{escape(str(report.path))}[/bold]", soft_wrap=True)
    console.print(f"  {report.summary}; {counts}", soft_wrap=True)
    if report.schema and report.schema.parent.resolve() != SCHEMAS:
        console.print(f"  [dim]by the schema {escape(str(report.schema))}[/dim]", soft_wrap=True)
    for severity, rule in sorted(findings.counts):
        console.print(f"  [{_COLORS[severity]}]{severity}[/]  {escape(rule)}")
        for text in _examples(findings, severity, rule):
            console.print(Padding(text, (0, 0, 0, _INDENT), expand=False))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _examples(findings: Findings, severity: str, rule: str) -> Iterator[str]:
    examples = findings.examples[severity, rule]
    for example in examples:
        place = f"[dim]{escape(example.place)}:[/dim] " if example.place else ""
        yield f"{place}{escape(example.message)}"
    if more := findings.counts[severity, rule] - len(examples):
        yield f"[dim]… and {more:,} more[/dim]"


def check(paths: Sequence[Path], schemas: Path | None, limit: int, environment: str) -> int:
    """Check the files, or else the environment's folder, and print the reports; return 1 if there are errors."""
    if paths:
        reports = validate([file for path in paths for file in _files(path)], time.time(), schemas, limit)
    else:
        reports = check_environment(tfvars.read(environment).variables, limit)
    for report in reports:
        print_report(report)
    return int(any(report.findings.total(ERROR) for report in reports))


def _files(path: Path) -> list[Path]:
    """Return the CSV files of a folder; a file stands for itself."""
    return [path / name for name in FILES] if path.is_dir() else [path]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="make check-seed FILE=… ARGS=…", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE.csv", help="CSV files, or folders with both")
    parser.add_argument("--environment", default="dev", metavar="ENV", help="dev, prod, local, …; for its folder")
    parser.add_argument("--schemas", type=Path, help="directory of interactions.json and items.json")
    parser.add_argument("--examples", type=int, default=5, help="how many to show of each kind (default: %(default)s)")
    given = parser.parse_args(arguments)
    return run_task(lambda: check(given.files, given.schemas, given.examples, given.environment))


if __name__ == "__main__":
    sys.exit(main())
