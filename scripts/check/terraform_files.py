"""Check format and validity of all Terraform files: ``python -m scripts.check.terraform_files``. No state is read."""

from __future__ import annotations

import subprocess
import sys
import tempfile

from scripts.common import environments, terraform
from scripts.common.environments import ROOT, TERRAFORM_DIRECTORY
from scripts.common.task import run_task
from scripts.common.terminal import console

FOLDERS = ("terraform", "modules", "examples")


def check() -> int:
    """Check the format of every file, then the root module with all modules that it calls; return an exit code."""
    return _check_format() or _validate()


def _check_format() -> int:
    """Run ``fmt -check``, which shows the difference; return its exit code."""
    command = [terraform.find_binary(), "fmt", "-check", "-diff", "-recursive", *FOLDERS]
    return subprocess.run(command, cwd=ROOT, env=environments.variables("dev"), check=False).returncode


def _validate() -> int:
    """Run ``validate`` in a temporary data folder; return its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        variables = environments.variables("dev") | {"TF_DATA_DIR": folder}
        terraform.initialise(variables, "-backend=false")
        command = [terraform.find_binary(), "validate"]
        done = subprocess.run(command, cwd=TERRAFORM_DIRECTORY, env=variables, check=False)
    console.print("Terraform: formatted and valid." if done.returncode == 0 else "Terraform: not valid.")
    return done.returncode


if __name__ == "__main__":
    sys.exit(run_task(check))
