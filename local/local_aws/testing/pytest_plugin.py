"""The pytest plugin of the distribution: fixtures for the tests of any project.

It is an entry point, so installing the distribution is enough. It imports nothing heavy before a test uses a fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from local_aws.testing.server import LocalAws


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """Run a local AWS on a free port for the whole test session."""
    from local_aws.testing.server import run_server

    with run_server(tmp_path_factory.mktemp("local-aws")) as aws:
        yield aws


@pytest.fixture
def local_aws_environment(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """Set AWS_ENDPOINT_URL, region and keys for one test, so that the tested code uses the local AWS."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in local_aws.environment.items():
        monkeypatch.setenv(name, value)
    return local_aws
