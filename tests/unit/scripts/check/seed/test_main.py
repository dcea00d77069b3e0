"""The command line."""

from pathlib import Path

import pytest

from scripts.check.seed.__main__ import main
from tests.unit.scripts.check.seed.conftest import interactions


def test_given_the_command_line_then_errors_end_1_and_warnings_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "data.csv"
    file.write_text(interactions(), encoding="utf-8")
    assert main([str(file)]) == 0
    file.write_text(interactions("1,2-Pug-2-1,never,DetailView"), encoding="utf-8")
    assert main([str(file)]) == 1
    assert "'never' must be a whole" in capsys.readouterr().out
