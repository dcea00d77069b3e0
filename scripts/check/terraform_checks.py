"""Format and validity of all Terraform files: ``python -m scripts.check.terraform_checks``. Touches no state."""

from __future__ import annotations

import subprocess
import sys
import tempfile

from scripts.common import environments, terraform
from scripts.common.environments import ROOT, TERRAFORM_DIRECTORY
from scripts.common.task import TaskError
from scripts.common.terminal import console, fail


def main() -> int:
    """Check the format of every file, then validate the root module with all that it calls."""
    try:
        return _format() or _validate()
    except TaskError as error:
        fail(str(error))
        return 1


def _format() -> int:
    """Exit code of ``fmt -check``; the difference is shown."""
    command = [terraform.binary(), "fmt", "-check", "-diff", "-recursive"]
    return max(
        subprocess.run([*command, folder], cwd=ROOT, check=False).returncode
        for folder in ("terraform", "modules", "examples")
    )


def _validate() -> int:
    """Exit code of ``validate``, in a data folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        variables = environments.variables("dev") | {"TF_DATA_DIR": folder}
        terraform.initialise(variables, "-backend=false")
        done = subprocess.run([terraform.binary(), "validate"], cwd=TERRAFORM_DIRECTORY, env=variables, check=False)
    console.print("Terraform: formatted and valid." if done.returncode == 0 else "Terraform: not valid.")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
