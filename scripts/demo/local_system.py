"""Run the whole system on this machine: ``python -m scripts.demo.local_system up|status|down|env``.

``up`` starts the local AWS and applies the real Terraform to it; ``down`` stops it and removes all that it left.
``env`` prints shell lines that point ``aws`` and ``terraform`` at it. The server has all AWS state in memory. So a
Terraform state from an earlier server describes nothing, and is removed with that server.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from scripts.common import environments, terraform
from scripts.common.environments import REAL_IDENTITY, ROOT, Local
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import Progress, console, print_error, print_table, running
from scripts.demo import local_server

COMMANDS = ("up", "status", "down", "env")


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
    variables = terraform.prepare("local")
    planned = done = 0
    for message in terraform.stream_messages(
        variables, ["apply", "-auto-approve", "-input=false"], local.logs / "terraform-apply.log"
    ):
        kind = message.get("type")
        planned += kind == "planned_change"
        done += kind == "apply_complete" and message["hook"]["action"] != "read"
        progress.update(f"{done}/{planned} resources" if planned else "planning")
    progress.note = f"{done} resources" if done else "no changes"
    return terraform.read_outputs(variables)


def start(local: Local) -> dict[str, Any]:
    """Build the packages, start the server, apply Terraform; return its outputs.

    Raises:
        TaskError: One of them fails.
    """
    with running("Lambda packages") as progress:
        build_packages(local, progress)
    with running("Local AWS") as progress:
        local_server.start(local)
        progress.note = local.endpoint
    with running("Terraform: provision, import the seed, train, deploy") as progress:
        return provision(local, progress)


def _example_commands(local: Local, outputs: dict[str, Any]) -> list[str]:
    """Return commands with which a newcomer can try the system."""
    recommend, stream = outputs["function_names"]["recommend"], outputs["stream_name"]
    api = urlsplit(outputs["http_api_url"]).netloc.partition(".")[0]
    return [
        f"aws lambda invoke --function-name {recommend} --payload fileb://seed/payloads/recommend.json /dev/stdout",
        f"aws kinesis put-record --stream-name {stream} --partition-key 12345 --data fileb://seed/payloads/event.json",
        f"aws stepfunctions start-execution --state-machine-arn {outputs['state_machine_arn']}",
        "curl --aws-sigv4 aws:amz:us-east-1:execute-api --user local:local --json @seed/payloads/recommend.json"
        f" http://{api}.execute-api.localhost:{local.port}/recommendations",
    ]


def print_status(local: Local) -> int:
    """Print what runs where, and commands to try. Return 0 if the system is up, 3 if not."""
    if not local_server.is_up(local):
        console.print("The local AWS is down. [bold]make up[/bold] starts it.")
        return 3
    console.print(
        f"The local AWS is up at [bold]{local.endpoint}[/bold], process {local_server.process_id(local)}, "
        f"logs in {local.logs}"
    )
    outputs = terraform.read_outputs(environments.variables("local"))
    if "function_names" not in outputs:
        console.print(
            "Terraform has not been applied to it completely. [bold]make up[/bold] continues where it stopped."
        )
        return 3
    names = [*outputs["function_names"].items()]
    print_table(
        "What runs", ["what", "name"], [*_resources(outputs), *((f"function {key}", name) for key, name in names)]
    )
    console.print('\nTry these, after [bold]eval "$(make -s env)"[/bold]:')
    for command in _example_commands(local, outputs):
        console.print(f"  {command}", soft_wrap=True)
    return 0


def _resources(outputs: dict[str, Any]) -> list[tuple[str, str]]:
    wanted = ("stream_name", "history_table", "raw_bucket", "seed_bucket", "state_machine_arn", "topic_arn")
    campaigns = [(f"campaign {model}", arn) for model, arn in outputs["campaign_arns"].items()]
    return [*((name.replace("_", " "), outputs[name]) for name in wanted), *campaigns]


def stop(local: Local) -> None:
    """Stop the system; remove its processes, state and logs."""
    was_up = local_server.stop(local)
    shutil.rmtree(local.directory, ignore_errors=True)
    console.print(
        "The local AWS is stopped; nothing is left." if was_up else "The local AWS was not running; nothing is left."
    )


def format_exports(local: Local) -> str:
    """Return shell lines for ``eval "$(make -s env)"``; then plain ``aws`` and ``terraform`` use the local AWS."""
    tools = f'export PATH={shlex.quote(str(ROOT / ".venv" / "bin"))}:"$PATH"'
    settings = [f"export {name}={shlex.quote(value)}" for name, value in local.variables().items()]
    return "\n".join([f"unset {' '.join(REAL_IDENTITY)}", tools, *settings])


def run_command(command: str) -> int | None:
    """Run one of the commands; return its exit code."""
    local = environments.local()
    match command:
        case "up":
            start(local)
            return print_status(local)
        case "status":
            return print_status(local)
        case "down":
            stop(local)
        case "env":
            print(format_exports(local))
    return None


def main(arguments: Sequence[str]) -> int:
    """Run the command line; return the exit code."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print_error(f"usage: python -m scripts.demo.local_system {'|'.join(COMMANDS)}")
        return 2
    return run_task(lambda: run_command(arguments[0]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
