"""Terraform for one environment: which program, how it is initialised, and how its output is read."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scripts.common import environments, terraform_release
from scripts.common.environments import TERRAFORM_DIRECTORY
from scripts.common.task import TaskError
from scripts.common.terminal import console

MINIMUM_VERSION = (1, 11)
_REGISTRY = "https://registry.terraform.io/.well-known/terraform.json"
_MIRRORS = ("~/.terraform.d/plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins", "/opt/*")

Message = dict[str, Any]  # https://developer.hashicorp.com/terraform/internals/machine-readable-ui


def find_binary() -> str:
    """Return the Terraform to run: ``TERRAFORM`` (such as ``tofu``), the PATH's if new enough, or the pinned release.

    The pinned release is downloaded if it is not there yet.

    Raises:
        TaskError: The program that ``TERRAFORM`` names is missing or too old, or the pinned release cannot be had.
    """
    wanted = os.environ.get("TERRAFORM")
    found = shutil.which(wanted or "terraform")
    if found is not None and _version(found) >= MINIMUM_VERSION:
        return found
    if wanted:
        raise TaskError(f"TERRAFORM={wanted} is not on the PATH." if found is None else f"{found} is older than 1.11.")
    return str(terraform_release.ensure_installed())


@functools.cache
def _version(program: str) -> tuple[int, ...]:
    """Return the version that ``program version`` states, as numbers."""
    # Without the caller's TF_CLI_ARGS: a wrong one must not look like a wrong version.
    variables = {name: value for name, value in os.environ.items() if not name.startswith("TF_CLI_ARGS")}
    output = subprocess.run([program, "version"], env=variables, capture_output=True, text=True, check=False).stdout
    match = re.search(r"v(\d+)\.(\d+)\.(\d+)", output)
    return tuple(int(part) for part in match.groups()) if match else (0,)


def known_environments() -> list[str]:
    """Return the environments that have a tfvars file."""
    return sorted(path.stem for path in TERRAFORM_DIRECTORY.glob("*.tfvars"))


def check_known(environment: str) -> None:
    """Check that the environment has a tfvars file.

    Raises:
        TaskError: It has none. The message names the known environments.
    """
    if environment not in known_environments():
        known = ", ".join(known_environments())
        raise TaskError(f"ENV={environment} has no terraform/{environment}.tfvars. Known: {known}.")


def prepare(environment: str) -> dict[str, str]:
    """Initialise the environment's working data if that is due; return the process environment for Terraform.

    Raises:
        TaskError: There is no such environment, the local AWS is down, or Terraform fails.
    """
    check_known(environment)
    if environment == "local" and (TERRAFORM_DIRECTORY / "backend.tf").exists():
        raise TaskError(
            "terraform/backend.tf names a remote state, which a local run must not touch: move it away first."
        )
    if environment == "local":
        environments.check_local_is_up()
    variables = environments.variables(environment)
    initialise(variables)
    if environment != "local":
        _capture(["workspace", "select", "-or-create", environment], variables)
    return variables


def initialise(variables: dict[str, str], *arguments: str) -> None:
    """Run ``terraform init``; cheap when there is nothing to do.

    Raises:
        TaskError: It fails. The message is Terraform's output.
    """
    use_mirror_if_offline(variables)
    _capture(["init", "-input=false", "-no-color", *arguments], variables)


def _capture(arguments: Sequence[str], variables: dict[str, str]) -> str:
    """Run Terraform and return its standard output; all of its output is shown only if it fails."""
    done = subprocess.run(
        [find_binary(), *arguments], cwd=TERRAFORM_DIRECTORY, env=variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise TaskError(f"terraform {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}".strip())
    return done.stdout


def use_mirror_if_offline(variables: dict[str, str]) -> None:
    """Point ``init`` at a provider mirror on disk when the registry cannot be reached and none was chosen."""
    if "TF_CLI_ARGS_init" in variables or "TF_CLI_CONFIG_FILE" in variables or _registry_answers():
        return
    mirror = next(_mirrors(), None)
    if mirror is not None:
        variables["TF_CLI_ARGS_init"] = f"-plugin-dir={mirror}"


def _mirrors() -> Iterator[Path]:
    """Yield folders laid out as Terraform's filesystem mirrors that hold the AWS provider."""
    for pattern in _MIRRORS:
        expanded = Path(pattern).expanduser()
        for folder in sorted(expanded.parent.glob(expanded.name)):
            if (folder / "registry.terraform.io" / "hashicorp" / "aws").is_dir():
                yield folder


def _registry_answers() -> bool:
    """Return whether the public provider registry can be reached from here."""
    try:
        with urllib.request.urlopen(_REGISTRY, timeout=3):
            return True
    except (urllib.error.URLError, OSError):
        return False


def stream_messages(variables: dict[str, str], arguments: Sequence[str], log: Path) -> Iterator[Message]:
    """Run Terraform with ``-json``; yield its messages as they come and write all of its output to ``log``.

    Raises:
        TaskError: Terraform ends with an error. The message has its diagnostics.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    errors: list[str] = []
    command = [find_binary(), arguments[0], "-json", *arguments[1:]]
    with (
        log.open("w", encoding="utf-8") as output,
        subprocess.Popen(
            command,
            cwd=TERRAFORM_DIRECTORY,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        try:
            for line in process.stdout or ():
                output.write(line)
                message = _parse_message(line)
                if message.get("type") == "diagnostic" and message.get("@level") == "error":
                    errors.append(_explain(message["diagnostic"]))
                yield message
        except (KeyboardInterrupt, GeneratorExit):
            # Ctrl-C reached Terraform as well; cut off now, it would lose track of what it is making.
            console.print("Interrupted: Terraform finishes what is under way, then stops …")
            output.writelines(process.stdout or ())
            process.wait()
            raise
    if process.returncode:
        raise TaskError("\n".join([f"terraform {arguments[0]} failed; all of its output: {log}", *errors]))


def _parse_message(line: str) -> Message:
    """Parse one line of ``-json`` output; anything else that Terraform prints becomes an empty message."""
    try:
        message: Message = json.loads(line)
    except ValueError:
        return {}
    return message


def _explain(diagnostic: dict[str, str]) -> str:
    """Return a diagnostic as a person reads it: what, where, why."""
    where = f" ({diagnostic['address']})" if diagnostic.get("address") else ""
    return f"  {diagnostic['summary']}{where}: {diagnostic.get('detail', '')}".rstrip(": ")


def read_outputs(variables: dict[str, str]) -> dict[str, Any]:
    """Return the root module's outputs by name.

    Raises:
        TaskError: Terraform fails.
    """
    return {name: output["value"] for name, output in json.loads(_capture(["output", "-json"], variables)).items()}
