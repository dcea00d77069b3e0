"""One local AWS with the whole retraining for all tests of this room."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.retraining import coverage
from tests.integration.retraining.provisioning import provision, serve
from tests.integration.retraining.stack import BOTH, SCREENS, Stack

ENDINGS = (
    " promoted: ",
    " rejected: ",
    " skipped: ",
    " failed: the training",
    " failed: the campaign",
    "(by EventBridge)",
)

VISITS: list[list[dict[str, Any]]] = []  # histories of the executions


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Shows what the tests saw: a mail of each kind, and the way that the runs took."""
    for ending in ENDINGS:
        for screen in [screen for screen in SCREENS if ending in screen.partition("\n")[0]][:1]:
            terminalreporter.section("mail", sep="=")
            terminalreporter.line(screen)
    if VISITS:
        terminalreporter.section("states and transitions of the retraining that were visited (x)", sep="=")
        terminalreporter.line(coverage.report(VISITS))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory: Path = tmp_path_factory.mktemp("retraining")
    process, endpoint = serve(directory)
    try:
        made = Stack(endpoint, directory, visits=VISITS)
        provision(made)
        yield made
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(autouse=True)
def _truth(stack: Stack) -> Iterator[None]:
    """After each test: the ledger says what is served, and nothing is in training any more."""
    yield
    stack.local("DELETE", "faults")
    for model in BOTH:
        stack.settle(model)
        entry = stack.ledger(model)
        assert not entry or entry["solutionVersionArn"] == stack.serves(model)
        stack.until(
            lambda model=model: not {"CREATE PENDING", "CREATE IN_PROGRESS"} & set(stack.statuses(model)),
            f"a training of {model} is orphaned",
        )
