"""Tests that come first or last, and what a session leaves out of a folder, on small suites of their own."""

import pytest

pytest_plugins = ["pytester"]

CONFTEST = """
from pathlib import Path
import pytest
from tests.support.collection import left_out, order, pytest_deselected

def pytest_configure(config):
    config.addinivalue_line("markers", "after_all_others(order): last")
    config.addinivalue_line("markers", "before_all_others: first")

@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    order(items)

def pytest_sessionfinish(session):
    print("LEFT OUT", left_out(session, Path(__file__).parent))
"""

FILES = {
    "test_a_last": """
import pytest

@pytest.mark.after_all_others(2)
def test_end(): pass

@pytest.mark.after_all_others(1)
def test_judge(): pass

@pytest.mark.before_all_others
def test_fresh(): pass
""",
    "test_b_others": """
import pytest

@pytest.mark.parametrize("number", [1, 2])
def test_one(number): pass

def test_two(): pass
""",
}


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(**FILES)
    return pytester


class Reverse:
    """A plugin that changes the order of the tests, as pytest-randomly does."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.reverse()


def run(suite: pytest.Pytester, *arguments: str, plugins: tuple[object, ...] = ()) -> pytest.RunResult:
    options = ("-v", "-s", "-p", "no:cacheprovider", "--import-mode=importlib")
    return suite.runpytest_inprocess(*options, *arguments, plugins=plugins)


def test_given_marked_tests_when_run_then_they_come_first_or_last_in_the_order_of_their_marks(
    suite: pytest.Pytester,
) -> None:
    result = run(suite)

    result.stdout.fnmatch_lines(
        ["*test_fresh*", "*test_one?1?*", "*test_one?2?*", "*test_two*", "*test_judge*", "*test_end*"]
    )
    result.stdout.fnmatch_lines(["*LEFT OUT []"])


def test_given_a_plugin_that_reverses_the_order_when_run_then_they_still_come_first_or_last(
    suite: pytest.Pytester,
) -> None:
    result = run(suite, plugins=(Reverse(),))

    result.stdout.fnmatch_lines(
        ["*test_fresh*", "*test_two*", "*test_one?2?*", "*test_one?1?*", "*test_judge*", "*test_end*"]
    )


@pytest.mark.parametrize(
    ("arguments", "left_out"),
    [
        (["test_b_others.py"], "['test_a_last.py']"),
        (["-k", "not two"], "['test_two']"),
        (["--deselect", "test_b_others.py::test_one[2]"], "['test_one[2]']"),
        (["test_a_last.py", "test_b_others.py::test_two"], "['all but test_b_others.py::test_two']"),
    ],
)
def test_given_a_part_of_the_folder_when_run_then_it_is_told_what_is_left_out(
    suite: pytest.Pytester, arguments: list[str], left_out: str
) -> None:
    result = run(suite, *arguments)

    assert f"LEFT OUT {left_out}" in result.stdout.str()
