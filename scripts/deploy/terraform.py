"""Run Terraform on one environment: ``python -m scripts.deploy.terraform ENVIRONMENT plan|apply|… [ARGUMENTS]``.

This does what a person would otherwise type each time: ``init`` when it is due, the workspace and var-file of the
environment, and, where the registry cannot be reached, a provider mirror found on disk.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from scripts.common import terraform
from scripts.common.environments import TERRAFORM_DIRECTORY
from scripts.common.task import run_task
from scripts.common.terminal import print_error

_TAKES_VARIABLES = {"plan", "apply", "destroy", "refresh", "console", "import"}


def run(environment: str, command: str, arguments: Sequence[str]) -> int:
    """Run one Terraform command on ``environment``, on the caller's terminal. Return its exit code."""
    variables = terraform.prepare(environment)
    var_file = [f"-var-file={environment}.tfvars"] if environment != "local" and command in _TAKES_VARIABLES else []
    line = [terraform.find_binary(), command, *var_file, *arguments]
    with subprocess.Popen(line, cwd=TERRAFORM_DIRECTORY, env=variables) as process:
        return _wait(process)


def _wait(process: subprocess.Popen[bytes]) -> int:
    """Wait for Terraform's own end, also after Ctrl-C: it got the signal too, and first saves what it has made.

    subprocess.run would kill it after 0.25 seconds, and the state would not know of half-made resources.
    """
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def main(arguments: Sequence[str]) -> int:
    """Run the command line; return the exit code."""
    if len(arguments) < 2:
        print_error("usage: make plan|apply|destroy ENV=dev ARGS=…")
        return 2
    environment, command, *rest = arguments
    return run_task(lambda: run(environment, command, rest))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
