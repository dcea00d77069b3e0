"""Which tests a session runs, and in which order.

Some tests need a system that no other test has used; others judge what all other tests of a folder did.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

FIRST, LAST = "before_all_others", "after_all_others"

_DESELECTED: pytest.StashKey[set[pytest.Item]] = pytest.StashKey()


def order(items: list[pytest.Item]) -> None:
    """Move the tests marked ``after_all_others(order)`` behind all tests without a mark, in the order of the mark.

    Move those marked ``before_all_others`` to the front.

    Call it from a hook ``pytest_collection_modifyitems`` with ``trylast=True``, so that it comes after the hooks that
    filter or shuffle the tests.
    """
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    if item.get_closest_marker(FIRST):
        return -1
    mark = item.get_closest_marker(LAST)
    return mark.args[0] if mark else 0


def pytest_deselected(items: Iterable[pytest.Item]) -> None:
    """Remember the tests that an option such as ``-k`` or ``--last-failed`` left out. A conftest imports this hook."""
    for item in items:
        item.config.stash.setdefault(_DESELECTED, set()).add(item)


def left_out(session: pytest.Session, folder: Path) -> list[str]:
    """Return what the session does not run of a folder: files, deselected tests; empty if it runs the whole folder.

    If tests were chosen by their ids (``file.py::test``), the rest of their file is left out; then one text says so.
    The folder's conftest must import `pytest_deselected`.
    """
    chosen = {item.path for item in session.items}
    files = [path.name for path in folder.glob("test_*.py") if path not in chosen]
    deselected = session.config.stash.get(_DESELECTED, set())
    tests = [item.name for item in deselected if item.path.parent == folder]
    by_id = [f"all but {argument}" for argument in session.config.args if "::" in argument]
    return sorted([*files, *tests, *by_id])
