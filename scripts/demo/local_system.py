"""Run the whole system on this machine: ``python -m scripts.demo.local_system up|status|down|env``.

``up`` starts the local AWS and applies the real Terraform to it; ``down`` stops it and removes all that it left.
``env`` prints shell lines that point ``aws`` and ``terraform`` at it. The server has all AWS state in memory. So a
Terraform state from an earlier server describes nothing, and is removed with that server.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape

from scripts.common import environments, server_process, terraform
from scripts.common.environments import ROOT, Local
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import Progress, console, plural, print_error, print_fields, running
from scripts.demo import adoption_site, deployers, example_pets, local_folder, local_server, notices

COMMANDS = ("up", "status", "down", "env")
NOT_UP = 3  # exit code
_SHOWN_OUTPUTS = (
    *("http_api_url", "stream_name", "history_table", "raw_bucket", "seed_bucket"),
    *("state_machine_arn", "topic_arn"),
)
_NEEDED_OUTPUTS = {*_SHOWN_OUTPUTS, "campaign_arns", "function_names"}


def build_packages(local: Local, progress: Progress) -> None:
    """Build every Lambda package.

    Raises:
        TaskError: A package cannot be built.
    """
    log = local.logs / "package.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "scripts.generate.package"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        lines = []
        for line in process.stdout or ():
            lines.append(line)
            progress.update(line.strip())
    log.write_text("".join(lines))
    if process.returncode:
        raise TaskError(f"Packaging failed; all of its output: {log}\n{''.join(lines[-5:])}")
    progress.note = lines[-1].strip().rpartition(" in ")[0]  # the step shows its time anyway


def provision(local: Local, progress: Progress) -> dict[str, Any]:
    """Apply the Terraform configuration; return its outputs.

    Raises:
        TaskError: Terraform fails.
    """
    _read_state(local)  # a damaged one ends here, not with Terraform's error
    deployers.create(local)
    variables = terraform.prepare("local") | deployers.assume(local, "apply")
    planned = done = 0
    for message in terraform.stream_messages(
        variables, ["apply", "-auto-approve", "-input=false"], local.logs / "terraform-apply.log"
    ):
        kind = message.get("type")
        # Data sources that are read during the apply are among both, but are no resources.
        planned += kind == "planned_change" and message["change"]["action"] != "read"
        done += kind == "apply_complete" and message["hook"]["action"] != "read"
        progress.update(f"{done}/{planned} resources" if planned else "planning")
    progress.note = plural(done, "resource") if done else "no changes"
    outputs = terraform.read_outputs(variables)
    adoption_site.write_config(local, outputs)
    return outputs


def start(local: Local) -> dict[str, Any]:
    """Build the packages, start the server, apply Terraform; return its outputs.

    Raises:
        TaskError: One of them fails.
    """
    local_folder.claim(local.directory)  # before the first log is written into it
    with running("Lambda packages") as progress:
        build_packages(local, progress)
    with running("Local AWS") as progress:
        local_server.start(local)
        progress.note = local.endpoint
    with running("Terraform: provision, import the seed, train, deploy") as progress:
        return provision(local, progress)


def _example_commands(outputs: dict[str, Any]) -> list[str]:
    """Return commands with which a newcomer can try the system."""
    recommend, stream = f"{outputs['function_names']['recommend']}:live", outputs["stream_name"]
    return [
        f"aws lambda invoke --function-name {recommend} --payload fileb://seed/payloads/recommend.json /dev/stdout",
        f"aws kinesis put-record --stream-name {stream} --partition-key 12345 --data fileb://seed/payloads/event.json",
        "make retrain ENV=local",
        "curl --aws-sigv4 aws:amz:us-east-1:execute-api --user local:local --json @seed/payloads/recommend.json"
        f" {outputs['http_api_url']}/recommendations",
        "make pets ENV=local",
        "make import-pets FILE=examples/feeds/asm3.json ENV=local ARGS='--mapping asm3'",
    ]


def print_status(local: Local) -> int:
    """Print what runs where, and commands to try. Return 0 if the system is up, 3 if not."""
    server = server_process.find_server(local.data)
    if server is None:
        console.print("The local AWS is down. [bold]make up[/bold] starts it.")
        return NOT_UP
    if not local_server.answers(server.port):
        console.print(f"The local AWS runs (process {server.pid}), but does not answer at port {server.port} (yet).")
        return NOT_UP
    console.print(
        f"The local AWS is up at [bold]{local.endpoint}[/bold], process {server.pid}, "
        f"logs in {escape(str(local.logs))}",
        soft_wrap=True,
    )
    console.print(
        f"Its console, which shows the system at work: [bold]{local.endpoint}/_local/console[/bold]", soft_wrap=True
    )
    holder = local_folder.find_holder(local.directory)
    if holder is not None and not _is_applied(local):
        console.print(f"Another command (process {holder}) is applying Terraform to it.")
        return NOT_UP
    outputs = read_outputs(local)
    if _is_destroyed(local):
        console.print("Nothing is deployed to it. [bold]make up[/bold] deploys the system.")
        return NOT_UP
    if not outputs.keys() >= _NEEDED_OUTPUTS:
        console.print(
            "Terraform has not been applied to it completely. [bold]make up[/bold] continues where it stopped."
        )
        return NOT_UP
    if site := adoption_site.address(local, outputs):
        console.print(f"The example site: [bold]{site}[/bold]", soft_wrap=True)
    _print_resources(outputs)
    notices.print_notices(local)
    return 0


def read_outputs(local: Local) -> dict[str, Any]:
    """Return Terraform's outputs; none if it has written no state yet.

    Raises:
        TaskError: The state is damaged.
    """
    return terraform.read_outputs(environments.variables("local")) if _read_state(local) else {}


def _is_applied(local: Local) -> bool:
    """Return whether Terraform is not at work on the state (it may be cut off then), and has written the outputs."""
    if (local.directory / ".terraform.tfstate.lock.info").exists():
        return False
    return read_outputs(local).keys() >= _NEEDED_OUTPUTS


def _is_destroyed(local: Local) -> bool:
    """Return whether Terraform has removed everything that it had made."""
    state = _read_state(local)
    return bool(state) and not state.get("resources")


def _read_state(local: Local) -> dict[str, Any]:
    """Return Terraform's state; empty if there is none. Terraform makes an empty file when it begins its first apply.

    Raises:
        TaskError: The file is damaged.
    """
    try:
        text = local.state.read_text(encoding="utf-8")
        state = json.loads(text) if text else {}
    except FileNotFoundError:
        return {}
    except ValueError:
        state = None
    if not isinstance(state, dict) or (text and "version" not in state):
        raise TaskError(f"{local.state} is damaged. `make down` removes it; then `make up` builds the system again.")
    return state


def _print_resources(outputs: dict[str, Any]) -> None:
    functions = [(f"function {key}", name) for key, name in outputs["function_names"].items()]
    console.print("\n[bold]What runs[/bold]\n")
    print_fields([(name, escape(value)) for name, value in [*_resources(outputs), *functions]])
    console.print('\nTry these, after [bold]eval "$(make -s env)"[/bold]:')
    for command in _example_commands(outputs):
        console.print(f"  {command}", soft_wrap=True)


def _resources(outputs: dict[str, Any]) -> list[tuple[str, str]]:
    campaigns = [(f"campaign {model}", arn) for model, arn in outputs["campaign_arns"].items()]
    return [*((name.replace("_", " "), outputs[name]) for name in _SHOWN_OUTPUTS), *campaigns]


def stop(local: Local) -> None:
    """Stop the system; remove its processes, state and logs.

    Raises:
        TaskError: Something cannot be stopped or removed.
    """
    with local_folder.exclusive(local.directory):
        was_up = local_server.stop(local)
        left = local_folder.remove(local.directory)
    console.print(_describe_rest(local, "is stopped" if was_up else "was not running", left), soft_wrap=True)


def _describe_rest(local: Local, state: str, left: Sequence[Path]) -> str:
    """Return what `down` has done, and what is still there."""
    rest = []
    if left:
        names = ", ".join(path.name for path in left)
        rest.append(f"These files in {local.directory} are not its own and stay: {names}.")
    if local_server.answers(local.port):
        rest.append(f"Port {local.port} still answers: it is used by {local_server.describe_user(local.port)}.")
    return escape(
        f"The local AWS {state}; nothing is left." if not rest else f"The local AWS {state}. {' '.join(rest)}"
    )


def format_exports(local: Local) -> str:
    """Return shell lines for ``eval "$(make -s env)"``; then plain ``aws`` and ``terraform`` use the local AWS."""
    tools = f'export PATH={shlex.quote(str(ROOT / ".venv" / "bin"))}:"$PATH"'
    settings = [f"export {name}={shlex.quote(value)}" for name, value in local.variables().items()]
    return "\n".join([f"unset {' '.join(environments.variables_to_unset())}", tools, *settings])


def run_command(command: str) -> int | None:
    """Run one of the commands; return its exit code."""
    local = environments.local()
    match command:
        case "up":
            local_folder.claim(local.directory)
            with local_folder.exclusive(local.directory):
                start(local)
                environments.enter("local")
                with running("Example pets") as progress:
                    example_pets.put_example_pets(local, progress)
            return print_status(local)
        case "status":
            return print_status(local)
        case "down":
            stop(local)
        case "env":
            print(format_exports(local))
            if not local_server.is_up(local):
                print_error("The local AWS is down. `make up` starts it.")
    return None


def main(arguments: Sequence[str]) -> int:
    """Run the command line; return the exit code."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print_error(f"usage: make {'|'.join(COMMANDS)}")
        return 2
    return run_task(lambda: run_command(arguments[0]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
