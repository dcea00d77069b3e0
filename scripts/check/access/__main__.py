"""``make access-report``: granted, used, never used, by role, since the local system was started."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from typing import Any

from scripts.check.access.reasons import reasons
from scripts.check.access.report import drawn, read
from scripts.common import environments
from scripts.common.environments import ROOT
from scripts.common.task import TaskError
from scripts.common.terminal import console, fail


def fetch(endpoint: str) -> dict[str, Any]:
    """Ask the local AWS."""
    try:
        with urllib.request.urlopen(f"{endpoint}/_local/access", timeout=10) as answer:
            return json.load(answer)
    except urllib.error.URLError as error:
        raise TaskError(f"No local AWS answers at {endpoint} ({error.reason}); `make up` starts one.") from None


def main() -> int:
    """Print the report of the local system that is open."""
    try:
        told = fetch(environments.local().endpoint)
    except TaskError as error:
        fail(str(error))
        return 1
    for table in drawn(read(told, reasons(ROOT / "modules"))):
        console.print(table)
    console.print(
        "[dim]Counted since the local AWS was started. The end-to-end tests use all that has no reason.[/dim]"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
