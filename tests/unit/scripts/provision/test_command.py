"""The command line of a provisioning script is one word."""

import pytest

from scripts.common.task import TaskError
from scripts.provision.command import run_action


def fail() -> None:
    raise TaskError("solution version x is CREATE FAILED: too few")


def run(action: str, done: list[str]) -> int:
    actions = {"create": lambda: done.append("created"), "fail": fail}
    return run_action("campaign", "Create a campaign.", actions, [action])


def test_given_an_action_when_run_then_that_one_is_done() -> None:
    done: list[str] = []
    assert (run("create", done), done) == (0, ["created"])


def test_given_a_failure_when_run_then_it_is_said_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("fail", []) == 1
    assert "CREATE FAILED: too few" in capsys.readouterr().err


def test_given_an_unknown_action_when_run_then_the_known_ones_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("destroy", [])
    error = capsys.readouterr().err
    assert "python -m scripts.provision.campaign" in error
    assert "'create', 'fail'" in error or "create, fail" in error  # Python 3.12 and later leave out the quotes
