"""Print which rights each role of the local system has, used and never used, since the local AWS was started."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request

from scripts.check.access.justifications import read_justifications
from scripts.check.access.report import AccessDocument, draw, parse
from scripts.common import environments
from scripts.common.environments import ROOT
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import console


def fetch(endpoint: str) -> AccessDocument:
    """Return the local AWS's record of access.

    Raises:
        TaskError: No local AWS answers.
    """
    try:
        with urllib.request.urlopen(f"{endpoint}/_local/access", timeout=10) as response:
            document: AccessDocument = json.load(response)
    except urllib.error.URLError as error:
        raise TaskError(f"No local AWS answers at {endpoint} ({error.reason}); `make up` starts one.") from None
    return document


def print_report() -> None:
    """Print the report of the local system that is up."""
    environments.enter_running_local()
    access = parse(fetch(environments.local().endpoint), read_justifications(ROOT / "modules"))
    for table in draw(access):
        console.print(table)
    console.print(
        "[dim]Counted since the local AWS was started. The end-to-end tests use every right that has no reason.[/dim]"
    )


if __name__ == "__main__":
    sys.exit(run_task(print_report))
