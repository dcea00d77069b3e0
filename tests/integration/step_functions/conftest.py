"""One local AWS with the whole retraining for all tests of this room."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.step_functions.provisioning import provision, serve
from tests.integration.step_functions.stack import BOTH, Stack

ENDINGS = (
    " promoted: ",
    " rejected: ",
    " skipped: ",
    " failed: the training",
    " failed: the campaign",
    "(by EventBridge)",
)

MAIL, VISITED = "mail", "states and transitions of the retraining that were visited (x)"  # properties of tests


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Shows what the tests saw: a mail of each kind, and the way that the runs took."""
    mails = _seen(terminalreporter, MAIL)
    for ending in ENDINGS:
        for screen in [screen for screen in mails if ending in screen.partition("\n")[0]][:1]:
            terminalreporter.section(MAIL, sep="=")
            terminalreporter.line(screen)
    for report in _seen(terminalreporter, VISITED):
        terminalreporter.section(VISITED, sep="=")
        terminalreporter.line(report)


def _seen(terminalreporter: pytest.TerminalReporter, what: str) -> list[str]:
    """What tests recorded, which may have run in another process."""
    reports = [report for category in terminalreporter.stats.values() for report in category]
    ended = [report for report in reports if getattr(report, "when", "") == "teardown"]
    return [text for report in ended for name, text in report.user_properties if name == what]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory: Path = tmp_path_factory.mktemp("retraining")
    process, endpoint = serve(directory)
    try:
        made = Stack(endpoint, directory)
        provision(made)
        yield made
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(autouse=True)
def _truth(stack: Stack, record_property: Callable[[str, str], None]) -> Iterator[None]:
    """After each test: the ledger says what is served, and nothing is in training any more."""
    yield
    while stack.screens:
        record_property(MAIL, stack.screens.pop())
    stack.local("DELETE", "faults")
    for model in BOTH:
        stack.settle(model)
        entry = stack.ledger(model)
        assert not entry or entry["solutionVersionArn"] == stack.serves(model)
        stack.until(lambda model=model: not stack.in_training(model), f"a training of {model} is orphaned")
