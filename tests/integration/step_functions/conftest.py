"""What all tests of the retraining visited, and the mails that they saw."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.conftest import MAIL
from tests.integration.step_functions import coverage
from tests.integration.step_functions.stack import Stack
from tests.support.collection import left_out, pytest_deselected

__all__ = ["pytest_deselected"]  # a hook

HERE = Path(__file__).parent

ENDINGS = (
    " promoted: ",
    " rejected: ",
    " skipped: ",
    " failed: the training",
    " failed: the campaign",
    "(by EventBridge)",
)

VISITED = "states and transitions of the retraining that were visited (x)"  # property of tests

_TO_RUN: pytest.StashKey[set[pytest.Item]] = pytest.StashKey()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show a mail of each kind, and the states and transitions that the executions of all tests visited."""
    mails = _seen(terminalreporter, MAIL)
    for ending in ENDINGS:
        for screen in [screen for screen in mails if ending in screen.partition("\n")[0]][:1]:
            terminalreporter.section(MAIL, sep="=")
            terminalreporter.line(screen)
    for report in _seen(terminalreporter, VISITED):
        terminalreporter.section(VISITED, sep="=")
        terminalreporter.line(report)


def _seen(terminalreporter: pytest.TerminalReporter, what: str) -> list[str]:
    """Return what tests recorded with `record_property`; they may have run in another process."""
    reports = [report for category in terminalreporter.stats.values() for report in category]
    ended = [report for report in reports if getattr(report, "when", "") == "teardown"]
    return [text for report in ended for name, text in report.user_properties if name == what]


@pytest.fixture(autouse=True)
def _consistent_state(consistent_state: None) -> None:
    """Check the state after each test of this folder."""


@pytest.fixture(autouse=True)
def _full_coverage(
    stack: Stack, request: pytest.FixtureRequest, record_property: Callable[[str, str], None]
) -> Iterator[None]:
    """Fail after the last test of the folder, whichever that is, if a state or transition was never visited.

    The check says nothing if this process (a worker of pytest-xdist, for example) ran only some of the tests.
    """
    yield
    session = request.session
    to_run = session.stash.setdefault(_TO_RUN, {item for item in session.items if item.path.parent == HERE})
    to_run.discard(request.node)
    if to_run or left_out(session, HERE):
        return
    record_property(VISITED, coverage.report(stack.visits))
    if missing := coverage.missing(stack.visits):
        pytest.fail(f"no test of this folder visits {', '.join(missing)}", pytrace=False)
