"""The values of an environment's Terraform variables, without an account, a state or ``terraform init``.

Terraform's console evaluates them. It gets the declarations of the root module's variables, the wanted locals, and the
environment's tfvars, so defaults and ``optional(…)`` have the same effect as in a plan. Validations are left to the
plan, since some of them look at files and at other locals.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import hcl2
from hcl2.utils import SerializationOptions

from scripts.common import terraform
from scripts.common.environments import TERRAFORM_DIRECTORY
from scripts.common.task import TaskError

Block = dict[str, Any]  # the body of a block, as hcl2 reads it: expressions are "${…}"

_PLAIN = SerializationOptions(with_comments=False, explicit_blocks=False, strip_string_quotes=True)


@dataclass(frozen=True)
class Configuration:
    """The values of one environment: all variables of the root module, and the wanted locals."""

    variables: Mapping[str, Any]
    locals: Mapping[str, Any]


def blocks(directory: Path, kind: str) -> list[Block]:
    """Return all blocks of a kind (``variable``, ``output``, ``locals``) of a module; labelled ones as {label: body}.

    They are in the order of the files' names, and in a file from top to bottom.

    Raises:
        TaskError: A file is not HCL.
    """
    return [block for path in sorted(directory.glob("*.tf")) for block in _parse_file(path).get(kind, [])]


def _parse_file(path: Path) -> Block:
    try:
        return _parse(path.read_text(encoding="utf-8"))
    except Exception as error:  # lark's errors have no common base that hcl2 exports
        raise TaskError(f"{path} is not readable as HCL: {error}") from error


@cache
def _parse(text: str) -> Block:
    return hcl2.loads(text, serialization_options=_PLAIN)


def read(environment: str, *local_names: str, directory: Path = TERRAFORM_DIRECTORY) -> Configuration:
    """Return the values of ``terraform/<environment>.tfvars`` with all defaults, and the named locals.

    A local is evaluated if it depends on nothing but variables and other such locals.

    Raises:
        TaskError: The file does not exist or does not evaluate. The message has Terraform's output.
    """
    var_file = directory / f"{environment}.tfvars"
    if not var_file.is_file():
        known = ", ".join(sorted(path.stem for path in directory.glob("*.tfvars")))
        raise TaskError(f"ENV={environment} has no terraform/{environment}.tfvars. Known: {known}.")
    variables = {name: body for block in blocks(directory, "variable") for name, body in block.items()}
    wanted = _with_dependencies(local_names, {k: v for block in blocks(directory, "locals") for k, v in block.items()})
    module = {"variable": {name: _declaration(body) for name, body in variables.items()}, "locals": wanted}
    query = f"{{ {_object('var', variables)}, {_object('local', local_names)} }}"
    values = _evaluate(module, query, var_file)
    return Configuration(values["var"], values["local"])


def _with_dependencies(names: Iterable[str], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the locals of these names, and those that they are computed from."""
    found: dict[str, Any] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = known[name]
            waiting += re.findall(r"\blocal\.(\w+)", json.dumps(known[name]))
    return found


def _declaration(body: Block) -> Block:
    """Return a variable in Terraform's JSON syntax, where a type is the text of an expression."""
    return {
        **({"type": expression(body["type"])} if "type" in body else {}),
        **({"default": body["default"]} if "default" in body else {}),
    }


def expression(value: str) -> str:
    """Return the text of an expression that hcl2 has put between ``${`` and ``}``."""
    return value[2:-1] if value.startswith("${") and value.endswith("}") else value


def _object(namespace: str, names: Iterable[str]) -> str:
    """Return an HCL object of all names of a namespace."""
    return f"{namespace} = {{{', '.join(f'{name} = {namespace}.{name}' for name in names)}}}"


def _evaluate(module: Block, query: str, var_file: Path) -> Any:
    """Evaluate an expression with Terraform's console."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("TF_CLI_ARGS", "TF_WORK"))}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf.json").write_text(json.dumps(module), encoding="utf-8")
        done = subprocess.run(
            [terraform.find_binary(), "console", f"-var-file={var_file}"],
            cwd=folder,
            env=variables | {"TF_DATA_DIR": folder, "NO_COLOR": "1", "TF_CLI_ARGS": "-no-color"},
            input=f"jsonencode({query})",
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode or "Error:" in done.stderr:
        raise TaskError(f"{var_file} does not evaluate:\n{done.stderr.strip()}")
    return json.loads(json.loads(done.stdout))
