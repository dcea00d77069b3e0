"""Keep the tests of one folder on one worker: they share one local AWS, which each worker would start again.

The marks have this effect with pytest-xdist's ``--dist loadgroup``, as in ``make test-integration``. A test that has a
group of its own stays in that group.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.step_functions.provisioning import provision, serve
from tests.integration.step_functions.stack import BOTH, Stack

MAIL = "mail"  # property of tests

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the marks in this hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE) and not item.get_closest_marker("xdist_group"):
            folder = item.path.parent.relative_to(HERE)
            item.add_marker(pytest.mark.xdist_group(folder.as_posix()))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One local AWS with the whole retraining for all tests that use it, which run in any order."""
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


@pytest.fixture
def consistent_state(stack: Stack, record_property: Callable[[str, str], None]) -> Iterator[None]:
    """Check after each test that the ledger names the version that is served, and that nothing is in training."""
    stack.discard_mails()
    stack.forget_ledger("stranger")
    yield
    while stack.screens:
        record_property(MAIL, stack.screens.pop())
    stack.local("DELETE", "faults")
    for model in BOTH:
        stack.settle(model)
        entry = stack.ledger(model)
        assert (entry["solutionVersionArn"], entry.get("change")) == (stack.serves(model), None)
        stack.until(lambda model=model: not stack.in_training(model), f"a training of {model} is orphaned")


@pytest.fixture
def promoted(stack: Stack) -> None:
    """The recommender has been promoted at least once, so that its ledger names the version that served before."""
    if not stack.ledger().get("previous"):
        stack.run(only=["recommender"])
        stack.mails(1)
