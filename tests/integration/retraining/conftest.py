"""One local AWS with the whole retraining for all tests of this room."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.retraining.provisioning import provision, serve
from tests.integration.retraining.stack import BOTH, Stack


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
