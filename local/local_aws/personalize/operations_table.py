"""`python -m local_aws.personalize.operations_table`: print the available and the missing operations as Markdown.

With `--update FILE` the table is written between the markers of that file instead.
"""

import argparse
from pathlib import Path

from local_aws.personalize import operations as _operations  # noqa: F401  (registers every operation)
from local_aws.personalize.operation_registry import OPERATIONS
from local_aws.personalize.service_model import SERVICES, service

BEGIN, END = "<!-- operations:begin -->", "<!-- operations:end -->"


def make_table() -> str:
    """Return the table: for each service the available operations, and those that raise NotImplementedException."""
    lines = ["| service | works | not there yet |", "| --- | --- | --- |"]
    for name in SERVICES:
        names = service(name).operation_names
        available = [operation for operation in names if operation in OPERATIONS]
        missing = [operation for operation in names if operation not in OPERATIONS]
        lines.append(
            f"| `{name}` | {len(available)}: {', '.join(available)} | {len(missing)}: {', '.join(missing) or '-'} |"
        )
    return "\n".join(lines) + "\n"


def update_page(page: str) -> str:
    """Return the page with the present table between its markers.

    Raises:
        ValueError: The page has no markers.
    """
    before, _, rest = page.partition(BEGIN)
    _, marker, after = rest.partition(END)
    if not marker:
        raise ValueError(f"the page has no {BEGIN} ... {END}")
    return f"{before}{BEGIN}\n{make_table()}{END}{after}"


def main() -> None:
    """Print the table, or write it to a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", type=Path, metavar="FILE", help="write the table between the markers of this page")
    page: Path | None = parser.parse_args().update
    if page:
        page.write_text(update_page(page.read_text()))
    else:
        print(make_table(), end="")


if __name__ == "__main__":
    main()
