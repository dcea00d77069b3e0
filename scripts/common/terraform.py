"""Terraform for one environment: ``python -m scripts.common.terraform ENVIRONMENT plan|apply|destroy|… [arguments]``.

Adds what a person would otherwise type each time: ``init`` when it is due, the workspace and var-file of the
environment, and, where the registry cannot be reached, a provider mirror found on disk.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.common import environments, terraform_release
from scripts.common.environments import TERRAFORM_DIRECTORY
from scripts.common.task import TaskError
from scripts.common.terminal import console, fail

MINIMUM_VERSION = (1, 11)
_REGISTRY = "https://registry.terraform.io/.well-known/terraform.json"
_MIRRORS = ("~/.terraform.d/plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins", "/opt/*")
_TAKES_VARIABLES = {"plan", "apply", "destroy", "refresh", "console", "import"}


def binary() -> str:
    """The Terraform to run: ``TERRAFORM`` (such as ``tofu``), else the PATH's if new enough, else the pinned release.

    Raises TaskError if the one asked for by ``TERRAFORM`` is missing or too old, or none can be had.
    """
    wanted = os.environ.get("TERRAFORM")
    found = shutil.which(wanted or "terraform")
    if found is not None and _version(found) >= MINIMUM_VERSION:
        return found
    if wanted:
        raise TaskError(f"TERRAFORM={wanted} is not on the PATH." if found is None else f"{found} is older than 1.11.")
    return str(terraform_release.ensure())


@functools.cache
def _version(program: str) -> tuple[int, ...]:
    """The version that ``program version`` states, as numbers."""
    answer = subprocess.run([program, "version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"v(\d+)\.(\d+)\.(\d+)", answer)
    return tuple(int(part) for part in match.groups()) if match else (0,)


def known_environments() -> list[str]:
    """The environments that have a tfvars file."""
    return sorted(path.stem for path in TERRAFORM_DIRECTORY.glob("*.tfvars"))


def run(environment: str, arguments: Sequence[str]) -> int:
    """Run one Terraform command on ``environment``, on the caller's terminal. Returns its exit code."""
    command, *rest = arguments
    variables = prepare(environment)
    if environment != "local" and command in _TAKES_VARIABLES:
        rest = [f"-var-file={environment}.tfvars", *rest]
    return subprocess.run([binary(), command, *rest], cwd=TERRAFORM_DIRECTORY, env=variables, check=False).returncode


def check_known(environment: str) -> None:
    """Raise TaskError, naming the known ones, if there is no such environment."""
    if environment not in known_environments():
        known = ", ".join(known_environments())
        raise TaskError(f"ENV={environment} has no terraform/{environment}.tfvars. Known: {known}.")


def prepare(environment: str) -> dict[str, str]:
    """Initialise the environment's working data if that is due; return the process environment for Terraform."""
    check_known(environment)
    if environment == "local" and (TERRAFORM_DIRECTORY / "backend.tf").exists():
        raise TaskError(
            "terraform/backend.tf names a remote state, which a local run must not touch: move it away first."
        )
    variables = environments.variables(environment)
    initialise(variables)
    if environment != "local":
        _quietly(["workspace", "select", "-or-create", environment], variables)
    return variables


def initialise(variables: dict[str, str], *arguments: str) -> None:
    """``terraform init``; cheap when there is nothing to do. Raises TaskError with Terraform's own words."""
    use_mirror_if_offline(variables)
    _quietly(["init", "-input=false", "-no-color", *arguments], variables)


def _quietly(arguments: Sequence[str], variables: dict[str, str]) -> None:
    """Run Terraform and keep its output, unless it fails."""
    done = subprocess.run(
        [binary(), *arguments], cwd=TERRAFORM_DIRECTORY, env=variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise TaskError(f"terraform {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}".strip())


def use_mirror_if_offline(variables: dict[str, str]) -> None:
    """Point ``init`` at a provider mirror on disk when the registry cannot be reached and none was chosen."""
    if "TF_CLI_ARGS_init" in variables or "TF_CLI_CONFIG_FILE" in variables or _registry_answers():
        return
    mirror = next(_mirrors(), None)
    if mirror is not None:
        variables["TF_CLI_ARGS_init"] = f"-plugin-dir={mirror}"


def _mirrors() -> Iterator[Path]:
    """Folders laid out as Terraform's filesystem mirrors that hold the AWS provider."""
    for pattern in _MIRRORS:
        expanded = Path(pattern).expanduser()
        for folder in sorted(expanded.parent.glob(expanded.name)):
            if (folder / "registry.terraform.io" / "hashicorp" / "aws").is_dir():
                yield folder


def _registry_answers() -> bool:
    """Whether the public provider registry can be reached from here."""
    try:
        with urllib.request.urlopen(_REGISTRY, timeout=3):
            return True
    except (urllib.error.URLError, OSError):
        return False


def stream(variables: dict[str, str], arguments: Sequence[str], log: Path) -> Iterator[dict]:
    """Run Terraform with ``-json``; yield its messages as they come, keep all of them in ``log``.

    Raises TaskError with the diagnostics if it ends with an error.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    errors: list[str] = []
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            [binary(), arguments[0], "-json", *arguments[1:]],
            cwd=TERRAFORM_DIRECTORY,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        try:
            for line in process.stdout or ():
                kept.write(line)
                message = _message(line)
                if message.get("type") == "diagnostic" and message.get("@level") == "error":
                    errors.append(_explain(message["diagnostic"]))
                yield message
        except (KeyboardInterrupt, GeneratorExit):
            # Ctrl-C reached Terraform as well; cut off now, it would lose track of what it is making.
            console.print("Interrupted: Terraform finishes what is under way, then stops …")
            kept.writelines(process.stdout or ())
            process.wait()
            raise
    if process.returncode:
        raise TaskError("\n".join([f"terraform {arguments[0]} failed; all of its output: {log}", *errors]))


def _message(line: str) -> dict:
    """One line of ``-json`` output; anything else Terraform prints becomes an empty message."""
    try:
        return json.loads(line)
    except ValueError:
        return {}


def _explain(diagnostic: dict) -> str:
    """A diagnostic as a person reads it: what, where, why."""
    where = f" ({diagnostic['address']})" if diagnostic.get("address") else ""
    return f"  {diagnostic['summary']}{where}: {diagnostic.get('detail', '')}".rstrip(": ")


def outputs(variables: dict[str, str]) -> dict:
    """The root module's outputs by name."""
    done = subprocess.run(
        [binary(), "output", "-json"],
        cwd=TERRAFORM_DIRECTORY,
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name: output["value"] for name, output in json.loads(done.stdout).items()}


def main(arguments: Sequence[str]) -> int:
    """Command line: the environment, then what Terraform is to do."""
    if len(arguments) < 2:
        fail("usage: python -m scripts.common.terraform ENVIRONMENT COMMAND [ARGUMENTS]")
        return 2
    try:
        return run(arguments[0], arguments[1:])
    except TaskError as failure:
        fail(str(failure))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
