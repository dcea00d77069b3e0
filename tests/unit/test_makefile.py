"""What `make` does whatever the shell holds, in a folder that has the Makefile and a stand-in for Python."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder in which Python writes its arguments to `calls` and succeeds."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    install_python(tmp_path, "exit 0")
    (tmp_path / ".local").mkdir()
    return tmp_path


def install_python(project: Path, behaviour: str) -> None:
    python = project / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text(f'#!/bin/sh\necho "$*; LOCAL_AWS_DIR=$LOCAL_AWS_DIR" >> calls\n{behaviour}\n')
    python.chmod(0o755)


def clean(project: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "LOCAL_AWS_DIR"} | variables
    return subprocess.run(["make", "clean"], cwd=project, env=environment, capture_output=True, text=True, check=False)


def stopped(project: Path) -> list[str]:
    """Return for which folders the local AWS was stopped."""
    calls = (project / "calls").read_text().splitlines()
    return [line.partition("LOCAL_AWS_DIR=")[2] for line in calls if "local_system down" in line]


def test_given_an_installed_project_when_cleaned_then_the_local_aws_is_stopped_first(project: Path) -> None:
    assert clean(project).returncode == 0
    assert stopped(project) == [""]
    assert not (project / ".venv").exists()


def test_given_another_folder_in_the_shell_when_cleaned_then_both_are_stopped(project: Path) -> None:
    assert clean(project, LOCAL_AWS_DIR="/elsewhere").returncode == 0
    assert stopped(project) == ["/elsewhere", ""]


def test_given_a_local_aws_that_cannot_be_stopped_then_nothing_is_removed(project: Path) -> None:
    install_python(project, 'case "$*" in *down) exit 1;; esac')
    assert clean(project).returncode != 0
    assert (project / ".venv").exists()


def test_given_no_python_environment_then_the_folder_of_the_local_aws_stays_and_is_named(project: Path) -> None:
    shutil.rmtree(project / ".venv")
    done = clean(project)
    assert done.returncode == 0
    assert ".local stays: make down stops and removes the local AWS" in done.stderr
    assert (project / ".local").exists()


ELSEWHERE = ("PYTHONHOME", "PYTHONOPTIMIZE", "PYTHONPATH", "PYTHONWARNINGS", "PIP_TARGET", "PIP_PREFIX", "PIP_PYTHON")


def make(project: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run(
        ["make", *arguments], cwd=project, env=environment, capture_output=True, text=True, check=True
    )


def test_given_variables_that_lead_python_elsewhere_then_tasks_do_not_see_them(project: Path) -> None:
    install_python(project, "env > seen")
    (project / ".venv" / ".installed").touch()
    make(project, "-o", ".venv/.installed", "env", **dict.fromkeys(ELSEWHERE, "elsewhere"))
    names = {line.partition("=")[0] for line in (project / "seen").read_text().splitlines()}
    assert not names & {*ELSEWHERE}


def test_given_an_installation_then_its_messages_are_not_among_the_exports(project: Path) -> None:
    for name in ("requirements", "local"):
        (project / name).mkdir()
    for name in ("requirements/dev.txt", "pyproject.toml", "local/pyproject.toml"):
        (project / name).touch()
    python = project / ".venv" / "bin" / "python"
    shutil.copy(python, python.with_name("pip"))
    done = make(project, "-s", "env", PYTHON=str(python))
    assert done.stdout == ""
    assert "Installing the Python environment" in done.stderr
