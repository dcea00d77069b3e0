"""`make health` shows the state of the running system."""

from typing import Any

import pytest

from scripts.operate.health.__main__ import main


def test_given_a_running_system_then_its_state_is_shown_and_the_exit_code_says_whether_it_is_good(
    system: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--environment", "local"])
    shown = capsys.readouterr().out
    assert code == int("failed " in shown)
    for subject in ("put_events lag", "record_history dead letters", "recommender", "last run", "cost this month"):
        assert subject in shown
    assert "could not be checked" not in shown
