"""Terraform for tests: the one on the PATH, run in a folder, against a local AWS."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_aws.testing.server import LocalAws

_TIMEOUT_SECONDS = 300
_OFFLINE = "without a network, let TF_CLI_ARGS_init name a provider mirror: TF_CLI_ARGS_init=-plugin-dir=FOLDER"


@dataclass(frozen=True)
class Terraform:
    """Terraform in one folder."""

    program: str
    folder: Path
    variables: dict[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command, and return its exit status and output."""
        return subprocess.run(
            [self.program, *arguments, "-no-color"],
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
        )

    def run_successfully(self, *arguments: str) -> None:
        """Run a command that must succeed."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"terraform {arguments[0]} failed:\n{done.stdout}\n{done.stderr}"


def init_terraform(aws: LocalAws, folder: Path) -> Terraform:
    """Initialise Terraform in a folder with its files; skips the test if Terraform is not on the PATH."""
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("terraform is not on the PATH")
    terraform = Terraform(program, folder, {**os.environ, **aws.environment})
    done = terraform.run("init", "-input=false")
    assert done.returncode == 0, f"terraform init failed; {_OFFLINE}\n{done.stderr}"
    return terraform
