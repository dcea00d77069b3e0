"""Check, before the first apply of an environment, everything that would make it fail. Nothing is changed.

The exit code is 1 if something would. Whatever these credentials may not read is reported as a warning.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence

from rich.markup import escape

from scripts.common import environments, tfvars
from scripts.common.task import run_task
from scripts.common.terminal import console, print_error, print_table, running
from scripts.deploy.preflight import account, files, names, quotas
from scripts.deploy.preflight.findings import FAIL, OK, WARN, Check, Finding, Target, run_check

ON_THIS_MACHINE = (
    Check("Terraform", files.check_terraform),
    Check("Mails", files.check_mails),
    Check("Packages", files.check_packages),
    Check("Seed data", files.check_seed),
)
IN_THE_ACCOUNT = (
    Check("Account", account.check_account),
    Check("Region", account.check_region),
    Check("Permissions", account.check_permissions),
    Check("Personalize quotas", quotas.check_personalize),
    Check("Kinesis on-demand streams", quotas.check_streams),
    Check("Lambda concurrency", quotas.check_concurrency),
    Check("IAM roles", quotas.check_roles),
    Check("Bucket names", names.check_buckets),
    Check("Names in use", names.check_leftovers),
)
_COLORS = {OK: "green", WARN: "yellow", FAIL: "bold red"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.deploy.preflight", description=__doc__)
    parser.add_argument("--environment", required=True, metavar="ENV", help="dev, prod, local, …")
    environment = parser.parse_args(arguments).environment
    return run_task(lambda: check(environment))


def check(environment: str) -> int:
    """Run all checks and print the findings; return 1 if an apply would fail."""
    if environment == "local":
        environments.enter_running_local()
    target = Target.of(tfvars.read(environment, "prefix", "functions"))
    with running(f"Checking what {environment} needs"):
        findings = run_checks(target)
    return print_findings(environment, target, findings)


def run_checks(target: Target) -> list[Finding]:
    """Return all findings; without working credentials only those of this machine."""
    found = [finding for check in ON_THIS_MACHINE for finding in run_check(check, target)]
    access = list(account.check_credentials(target))
    found += access
    if not any(finding.status == FAIL for finding in access):
        found += [finding for check in IN_THE_ACCOUNT for finding in run_check(check, target)]
    return found


def print_findings(environment: str, target: Target, findings: Iterable[Finding]) -> int:
    """Print the findings, failures last; return 1 if there are failures."""
    ordered = sorted(findings, key=lambda finding: list(_COLORS).index(finding.status))
    rows = [
        (escape(one.check), f"[{_COLORS[one.status]}]{one.status}[/]", escape(one.detail), escape(_what_to_do(one)))
        for one in ordered
    ]
    print_table(f"{environment} in {target.region}", ("check", "", "found", "what to do"), rows)
    failed = sum(finding.status == FAIL for finding in ordered)
    warned = sum(finding.status == WARN for finding in ordered)
    if failed:
        print_error(f"{failed} to put right before `make apply ENV={environment}`; warnings: {warned}.")
    else:
        console.print(f"[green]✓[/green] Ready for `make apply ENV={environment}`; warnings: {warned}.")
    return int(bool(failed))


def _what_to_do(finding: Finding) -> str:
    return "" if finding.status == OK else finding.remedy


if __name__ == "__main__":
    sys.exit(main())
