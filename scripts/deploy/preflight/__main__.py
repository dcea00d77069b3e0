"""Check, before the first apply of an environment, everything that would make it fail. Nothing is changed.

The exit code is 1 if something would. Whatever these credentials may not read is reported as a note.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from scripts.common import environments, tfvars
from scripts.common.findings import Finding, State, count_states, print_findings
from scripts.common.task import run_task
from scripts.common.terminal import console, print_error, running
from scripts.deploy.preflight import account, browsers, credentials, files, names, permissions, quotas
from scripts.deploy.preflight.checks import Check, Target, run_check

ON_THIS_MACHINE = (
    Check("Terraform", files.check_terraform),
    Check("Mails", files.check_mails),
    Check("Packages", files.check_packages),
    Check("Seed data", files.check_seed),
    Check("Pages that may call", browsers.check_origins),
    Check("Issuers of tokens", browsers.check_issuers),
)
IN_THE_ACCOUNT = (
    Check("Credentials last", credentials.check_duration),
    Check("Account", account.check_account),
    Check("Region", account.check_region),
    Check("Permissions", permissions.check_permissions),
    Check("Personalize quotas", quotas.check_personalize),
    Check("Kinesis on-demand streams", quotas.check_streams),
    Check("Lambda concurrency", quotas.check_concurrency),
    Check("IAM roles", quotas.check_roles),
    Check("Bucket names", names.check_buckets),
    Check("Names in use", names.check_leftovers),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="make preflight ENV=… ARGS=…", description=__doc__)
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
    return report(environment, target, findings)


def run_checks(target: Target) -> list[Finding]:
    """Return all findings; without working credentials only those of this machine."""
    found = [finding for check in ON_THIS_MACHINE for finding in run_check(check, target)]
    access = list(account.check_credentials(target))
    found += access
    if not any(finding.state == State.FAILED for finding in access):
        found += [finding for check in IN_THE_ACCOUNT for finding in run_check(check, target)]
    return found


def report(environment: str, target: Target, findings: Sequence[Finding]) -> int:
    """Print the findings, failures last; return 1 if there are failures."""
    ordered = sorted(findings, key=lambda finding: list(State).index(finding.state))
    good, count = print_findings(f"{environment} in {target.region}", ordered), count_states(findings)
    console.print()
    if good:
        console.print(f"[green]✓[/green] Ready for `make apply ENV={environment}`; notes: {count[State.NOTE]}.")
    else:
        failed = count[State.FAILED]
        print_error(f"{failed} to put right before `make apply ENV={environment}`; notes: {count[State.NOTE]}.")
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
