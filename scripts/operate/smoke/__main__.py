"""Test a deployed environment from end to end, with a visitor who does not exist and is removed afterwards.

Two events go through the stream to the tracker, the history and the raw store. Every function that may be called is
called, also through the HTTP API. Alarms, schedule, mails and campaigns are looked at. It takes a minute or two, and
may be run at any time, also in production. If it is killed, the next smoke test removes what it left.

Exit status: 0 if all is well, notes included; 1 if anything failed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import partial

from scripts.common.findings import Check, Finding, State, count_states, print_findings, run_check
from scripts.common.task import run_task
from scripts.common.terminal import Progress, console, print_error, running
from scripts.operate.alarms import check_alarms
from scripts.operate.deployment import Deployment, argument_parser, connect
from scripts.operate.health.checks import check_models
from scripts.operate.smoke import erasure
from scripts.operate.smoke.functions import check_functions
from scripts.operate.smoke.http_api import check_http_api
from scripts.operate.smoke.settings import check_schedule, check_subscriptions
from scripts.operate.smoke.stream import check_mappings, expect, wait
from scripts.operate.smoke.visitor import Visit, plan_visit

_ARRIVALS = "events"


def run_test(deployment: Deployment, wait_for_raw: bool) -> bool:
    """Run the whole test and print what it found; return whether nothing failed.

    Whatever ends it, the visitor is removed.

    Raises:
        TaskError: The environment is not deployed, or has no popular list.
    """
    visit = plan_visit(deployment)
    findings = _look(deployment)
    marker = erasure.begin(deployment, visit.user)
    try:
        findings += _send(visit, findings, wait_for_raw)
        if not visit.records:
            erasure.note_arrival(deployment, [marker])
        elif _have_arrived(findings):
            erasure.note_arrival(deployment)
        findings += _call(visit)
    finally:
        findings += _clean_up(deployment)
    return _report(deployment.environment, findings)


def _look(deployment: Deployment) -> list[Finding]:
    checks = {
        "alarms": check_alarms,
        "schedule": check_schedule,
        "mails": check_subscriptions,
        "models": check_models,
        "mappings": check_mappings,
    }
    with running("Looking at alarms, schedule, mails, models and mappings"):
        return [
            finding for subject, check in checks.items() for finding in run_check(subject, partial(check, deployment))
        ]


def _send(visit: Visit, findings: Sequence[Finding], wait_for_raw: bool) -> list[Finding]:
    """Send the events and see them arrive. Nothing is sent to a consumer that would not read it."""
    off = [one.subject for one in findings if "mapping" in one.subject and one.state is State.FAILED]
    if off:
        return [Finding(_ARRIVALS, State.FAILED, f"not sent, because of: {', '.join(off)}", "repair that first")]

    def send_and_wait(progress: Progress) -> Iterator[Finding]:
        visit.send()
        expected, notes = expect(visit, wait_for_raw)
        yield from [*wait(expected, progress), *notes]

    with running("Sending two events") as progress:
        return list(run_check(_ARRIVALS, lambda: send_and_wait(progress)))


def _have_arrived(findings: Sequence[Finding]) -> bool:
    """Return whether both consumers have read the events. What Firehose writes later, the removal waits for."""
    return not any(one.subject.startswith(_ARRIVALS) and one.state is State.FAILED for one in findings)


def _call(visit: Visit) -> list[Finding]:
    checks: dict[str, Check] = {
        "functions": lambda: check_functions(visit),
        "HTTP API": lambda: check_http_api(visit),
    }
    with running("Calling the functions"):
        return [finding for subject, check in checks.items() for finding in run_check(subject, check)]


def _clean_up(deployment: Deployment) -> list[Finding]:
    with running("Removing the visitor") as progress:
        return list(run_check("clean-up", lambda: erasure.erase_all(deployment, progress)))


def _report(environment: str, findings: Sequence[Finding]) -> bool:
    good, count = print_findings(f"Smoke test of {environment}", findings), count_states(findings)
    summary = ", ".join(f"{count[state]} {state.value[0]}" for state in State)
    console.print()
    if good:
        console.print(f"[green]✓[/green] {environment} works: {summary}.")
    else:
        print_error(f"{environment} does not work as it should: {summary}.")
    return good


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argument_parser("smoke", __doc__)
    parser.add_argument(
        "--wait-for-raw-events", action="store_true", help="wait for Firehose, however long it buffers (15 minutes)"
    )
    given = parser.parse_args(arguments)
    return run_task(
        lambda: int(not run_test(connect(given.environment), given.wait_for_raw_events)),
        interrupted="Interrupted. The next smoke test removes what is left of this one, if anything is.",
    )


if __name__ == "__main__":
    sys.exit(main())
