"""Terraform on one environment, as `make plan` and `make apply` run it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.common import terraform as library
from scripts.deploy import terraform

ROOT = Path(__file__).resolve().parents[4]
# Runs the command line with the Terraform of a test, and without init and workspace.
RUN = """
import sys
from scripts.common import terraform as library
from scripts.deploy import terraform
library.find_binary = lambda: sys.argv[1]
library.prepare = lambda environment: None
sys.exit(terraform.main(["dev", "apply"]))
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Terraform that prints its arguments."""
    script = tmp_path / "terraform"
    script.write_text('#!/bin/sh\necho "$@"\nexit 2\n')
    script.chmod(0o755)
    monkeypatch.setattr(library, "find_binary", lambda: str(script))
    monkeypatch.setattr(library, "prepare", lambda environment: dict(os.environ))
    return script


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["dev", "plan", "-detailed-exitcode"], "plan -var-file=dev.tfvars -detailed-exitcode"),
        (["dev", "output", "-json"], "output -json"),
        (["local", "plan"], "plan"),
    ],
)
def test_given_a_command_then_the_var_file_is_added_where_terraform_takes_one(
    program: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    assert terraform.main(arguments) == 2
    assert capfd.readouterr().out.strip() == line


def test_given_too_few_arguments_then_the_usage_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert terraform.main(["dev"]) == 2
    assert "make plan|apply|destroy" in capsys.readouterr().err


def test_given_ctrl_c_then_terraform_ends_by_itself(tmp_path: Path) -> None:
    script, begun, saved = tmp_path / "terraform", tmp_path / "begun", tmp_path / "saved"
    script.write_text(
        f"#!/bin/sh\ntrap 'sleep 1; touch {saved}; exit 1' INT\ntouch {begun}\nwhile true; do sleep 0.05; done\n"
    )
    script.chmod(0o755)
    command = [sys.executable, "-c", RUN, str(script)]
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True) as process:
        while not begun.exists():
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=20) == 1
    assert saved.exists()
