"""Each room has one local AWS for all its tests: with several workers (`--dist loadscope`) a room stays with one."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


class _Rooms(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("/")[2]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    return _Rooms(config, log) if config.getoption("dist") == "loadscope" else None
