"""The command line."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts.check.seed.__main__ import main
from scripts.common import tfvars
from tests.unit.scripts.check.seed.conftest import ITEMS, interactions


def test_given_the_command_line_then_errors_end_1_and_warnings_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "data.csv"
    file.write_text(interactions(), encoding="utf-8")
    assert main([str(file)]) == 0
    file.write_text(interactions("1,2-Pug-2-1,never,DetailView"), encoding="utf-8")
    assert main([str(file)]) == 1
    assert "'never' must be a whole" in capsys.readouterr().out


def test_given_a_folder_then_both_of_its_files_are_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "St. Mary's pets"
    folder.mkdir()
    (folder / "interactions.csv").write_text(interactions(), encoding="utf-8")
    (folder / "items.csv").write_text(ITEMS, encoding="utf-8")
    assert main([str(folder)]) == 0
    assert "interactions.csv" in (out := capsys.readouterr().out)
    assert "1 item; 0 errors, 0 warnings" in out


def test_given_no_file_then_the_environments_folder_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = {"seed": {"directory": str(tmp_path), "rebase": False}, "models": {}, "event_types": []}
    monkeypatch.setattr(tfvars, "read", {"staging": SimpleNamespace(variables=variables)}.__getitem__)
    assert main(["--environment", "staging"]) == 1
    assert "cannot be read: No such file" in capsys.readouterr().out
