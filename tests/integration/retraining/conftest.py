"""One local AWS with the whole retraining for all tests of this room."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.retraining.stack import Stack, provision, serve


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
