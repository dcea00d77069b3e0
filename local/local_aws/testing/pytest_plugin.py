"""A pytest plugin: the fixture `local_aws`, for tests of any project.

The plugin is registered as an entry point, so installing the distribution is enough.
"""

from collections.abc import Iterator

import pytest

from local_aws.testing.server import Aws, serving


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """Run a local AWS on a free port for the whole test session."""
    with serving(tmp_path_factory.mktemp("local-aws")) as aws:
        yield aws
