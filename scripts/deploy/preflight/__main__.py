"""Checks, before the first apply of an environment, all that would make it fail, and changes nothing.

Ends 1 if something would. What may not be looked at is a warning.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence

from rich.markup import escape

from scripts.common import environments, tfvars
from scripts.common.task import TaskError
from scripts.common.terminal import console, fail, running, table
from scripts.deploy.preflight import account, files, names, quotas
from scripts.deploy.preflight.findings import FAIL, OK, WARN, Check, Finding, Target, findings

ON_THIS_MACHINE: tuple[Check, ...] = (files.tools, files.mails, files.packages, files.seed)
IN_THE_ACCOUNT: tuple[Check, ...] = (
    account.account,
    account.region,
    account.permissions,
    quotas.personalize,
    quotas.streams,
    quotas.concurrency,
    quotas.roles,
    names.buckets,
    names.leftovers,
)
_COLORS = {OK: "green", WARN: "yellow", FAIL: "bold red"}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.deploy.preflight", description=__doc__)
    parser.add_argument("--environment", required=True, metavar="ENV", help="dev, prod, local, …")
    environment = parser.parse_args(arguments).environment
    if environment == "local":
        os.environ.update(environments.variables(environment))
    try:
        target = Target(tfvars.read(environment, "prefix", "functions"))
        with running(f"Looking at what {environment} needs"):
            found = look(target)
    except TaskError as error:
        fail(str(error))
        return 1
    return report(environment, target, found)


def look(target: Target) -> list[Finding]:
    """All findings; without credentials those of this machine only."""
    found = [one for check in ON_THIS_MACHINE for one in findings(check, target)]
    access = list(account.credentials(target))
    found += access
    if not any(one.status == FAIL for one in access):
        found += [one for check in IN_THE_ACCOUNT for one in findings(check, target)]
    return found


def report(environment: str, target: Target, found: Iterable[Finding]) -> int:
    """Print the table, what is wrong last of all; 1 if something is."""
    ordered = sorted(found, key=lambda one: list(_COLORS).index(one.status))
    rows = [
        (escape(one.check), f"[{_COLORS[one.status]}]{one.status}[/]", escape(one.detail), escape(_what_to_do(one)))
        for one in ordered
    ]
    table(f"{environment} in {target.region}", ("check", "", "found", "what to do"), rows)
    failed = sum(one.status == FAIL for one in ordered)
    warned = sum(one.status == WARN for one in ordered)
    if failed:
        fail(f"{failed} to put right before `make apply ENV={environment}`; {warned} to know of.")
    else:
        console.print(f"[green]✓[/green] Ready for `make apply ENV={environment}`; {warned} to know of.")
    return int(bool(failed))


def _what_to_do(finding: Finding) -> str:
    return "" if finding.status == OK else finding.remedy


if __name__ == "__main__":
    sys.exit(main())
