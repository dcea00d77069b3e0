"""Keep the tests of one folder on one worker: they share one local AWS, which each worker would start again.

The marks have this effect with pytest-xdist's ``--dist loadgroup``, as in ``make test-integration``.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the marks in this hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            folder = item.path.parent.relative_to(HERE)
            item.add_marker(pytest.mark.xdist_group(folder.as_posix()))
