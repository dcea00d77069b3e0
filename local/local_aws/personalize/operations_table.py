"""`python -m local_aws.personalize.operations_table`: which operations work and which are not there yet, as Markdown.

With `--update FILE` the table is written between the markers of that file instead of printed.
"""

import argparse
from pathlib import Path

from local_aws.personalize import operations as _operations  # noqa: F401  (registers every operation)
from local_aws.personalize.operation_registry import OPERATIONS
from local_aws.personalize.service_model import SERVICES, service

BEGIN, END = "<!-- operations:begin -->", "<!-- operations:end -->"


def table() -> str:
    """The table: for each service the operations that work, and those that answer NotImplementedException."""
    lines = ["| service | works | not there yet |", "| --- | --- | --- |"]
    for name in SERVICES:
        names = service(name).operation_names
        works = [operation for operation in names if operation in OPERATIONS]
        missing = [operation for operation in names if operation not in OPERATIONS]
        lines.append(f"| `{name}` | {len(works)}: {', '.join(works)} | {len(missing)}: {', '.join(missing) or '-'} |")
    return "\n".join(lines) + "\n"


def updated(page: str) -> str:
    """The page with the table of today between its markers. Raises ValueError without markers."""
    before, _, rest = page.partition(BEGIN)
    _, marker, after = rest.partition(END)
    if not marker:
        raise ValueError(f"the page has no {BEGIN} ... {END}")
    return f"{before}{BEGIN}\n{table()}{END}{after}"


def main() -> None:
    """Print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", type=Path, metavar="FILE", help="write it between the markers of this page")
    page: Path | None = parser.parse_args().update
    if page:
        page.write_text(updated(page.read_text()))
    else:
        print(table(), end="")


if __name__ == "__main__":
    main()
