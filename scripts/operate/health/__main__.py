"""Show the state of an environment on one screen: alarms, lag, dead letters, models, last run, cost, and links.

It only reads. The exit code is 1 if something needs attention.
"""

import sys
from collections.abc import Sequence
from functools import partial

from scripts.common.findings import Finding, print_findings, run_check
from scripts.common.task import run_task
from scripts.common.terminal import running
from scripts.operate.alarms import check_alarms
from scripts.operate.deployment import Deployment, argument_parser, connect
from scripts.operate.health import checks

CHECKS = {
    "alarms": check_alarms,
    "lag": checks.check_lag,
    "dead letters": checks.check_dead_letters,
    "models": checks.check_models,
    "last run": checks.check_last_run,
    "cost this month": checks.check_cost,
    "links": checks.find_links,
}


def show_health(deployment: Deployment) -> bool:
    """Run all checks and print what they found; return whether everything is well.

    Raises:
        TaskError: The environment is not deployed.
    """
    findings: list[Finding] = []
    with running(f"Looking at {deployment.environment}") as progress:
        deployment.name("state-machine")  # fails at once if nothing is deployed
        for subject, check in CHECKS.items():
            progress.update(subject)
            findings += run_check(subject, partial(check, deployment))
    return print_findings(f"Health of {deployment.environment}", findings)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    given = argument_parser("health", __doc__).parse_args(arguments)
    return run_task(lambda: int(not show_health(connect(given.environment))))


if __name__ == "__main__":
    sys.exit(main())
