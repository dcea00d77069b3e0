"""The whole system on this machine: ``python -m scripts.demo.local_system up|status|down``.

``up`` starts the local AWS and applies the real Terraform to it; ``down`` stops it and removes what it left. The
server holds all AWS state in memory, so a Terraform state from an earlier server describes nothing: it goes when
the server went.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from scripts.common import environments, terraform
from scripts.common.environments import ROOT, Local
from scripts.common.task import TaskError
from scripts.common.terminal import Progress, console, fail, running, table

_START_SECONDS = 60
_STOP_SECONDS = 10


# --- the server -------------------------------------------------------------------------------------------------


def is_up(local: Local) -> bool:
    """Whether our own server answers at the endpoint."""
    return _health(local) is not None and _process_id(local) is not None


def _health(local: Local) -> dict | None:
    """The server's own account of itself, or None if it does not answer."""
    try:
        with urllib.request.urlopen(f"{local.endpoint}/_local/health", timeout=2) as answer:
            return json.load(answer)
    except (urllib.error.URLError, OSError, ValueError):
        return None


def _pid_file(local: Local) -> Path:
    return local.directory / "server.pid"


def _process_id(local: Local) -> int | None:
    """The server's process id if that process is alive and is our server, not a later owner of the number."""
    try:
        process = int(_pid_file(local).read_text())
    except (OSError, ValueError):
        return None
    return process if f"-m local_aws serve --port {local.port}" in _command(process) else None


def _command(process: int) -> str:
    """The command line of a process; empty if there is none."""
    entry = Path(f"/proc/{process}/cmdline")
    if Path("/proc/self").exists():
        return entry.read_bytes().replace(b"\0", b" ").decode(errors="replace") if entry.exists() else ""
    shown = subprocess.run(["ps", "-p", str(process), "-o", "command="], capture_output=True, text=True, check=False)
    return shown.stdout


def start(local: Local) -> None:
    """Start the server if it does not run; clear away what a killed one left. Raises TaskError if the port is taken."""
    if is_up(local):
        return
    stop(local)
    if _taken(local.port):
        raise TaskError(
            f"Port {local.port} is in use by another program. Stop it, or choose another: LOCAL_AWS_PORT=4567 make …"
        )
    local.logs.mkdir(parents=True, exist_ok=True)
    with (local.logs / "server.log").open("ab") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "local_aws", "serve", "--port", str(local.port), "--data-dir", str(local.data)],
            cwd=ROOT,
            env=environments.variables("local"),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _pid_file(local).write_text(str(server.pid))
    _wait_until_ready(local, server)


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_until_ready(local: Local, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while _health(local) is None:
        if server.poll() is not None or time.monotonic() > deadline:
            raise TaskError(f"The local AWS did not start; its log: {local.logs / 'server.log'}")
        time.sleep(0.1)


def stop(local: Local) -> bool:
    """Stop the server and forget its state; logs stay. Returns whether a server was running."""
    process = _process_id(local)
    if process is not None:
        _end(process)
    for leftover in (local.data, local.directory / "terraform"):
        shutil.rmtree(leftover, ignore_errors=True)
    for leftover in (
        _pid_file(local),
        *local.directory.glob("terraform.tfstate*"),
        *local.directory.glob(".terraform*"),
    ):
        leftover.unlink(missing_ok=True)
    return process is not None


def _end(process: int) -> None:
    """Ask the server to end, with all its function processes; insist if it does not."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process, sign)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < deadline:
            if _gone(process):
                return
            time.sleep(0.05)


def _gone(process: int) -> bool:
    """Whether a process has ended; collects it when it is our own child, else it would stay as a zombie."""
    try:
        if os.waitpid(process, os.WNOHANG)[0] == process:
            return True
    except ChildProcessError:
        pass
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


# --- what runs on it --------------------------------------------------------------------------------------------


def build(local: Local, progress: Progress) -> None:
    """Build every Lambda package."""
    log = local.logs / "package.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "scripts.build.package"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        lines = []
        for line in process.stdout or ():
            lines.append(line)
            progress.update(line.strip())
    log.write_text("".join(lines))
    if process.returncode:
        raise TaskError(f"Packaging failed; all of its output: {log}\n{''.join(lines[-5:])}")
    progress.note = lines[-1].strip().rpartition(" in ")[0]  # the time stands behind it anyway


def provision(local: Local, progress: Progress) -> dict:
    """Apply the Terraform configuration; return its outputs."""
    variables = terraform.prepare("local")
    planned = done = 0
    for message in terraform.stream(
        variables, ["apply", "-auto-approve", "-input=false"], local.logs / "terraform-apply.log"
    ):
        kind = message.get("type")
        planned += kind == "planned_change"
        done += kind == "apply_complete" and message["hook"]["action"] != "read"
        progress.update(f"{done}/{planned} resources" if planned else "planning")
    progress.note = f"{done} resources" if done else "no changes"
    return terraform.outputs(variables)


def up(local: Local) -> dict:
    """Packages, server, Terraform: everything that is not there yet. Returns Terraform's outputs."""
    with running("Lambda packages") as progress:
        build(local, progress)
    with running("Local AWS") as progress:
        start(local)
        progress.note = local.endpoint
    with running("Terraform: provision, import the seed, train, deploy") as progress:
        return provision(local, progress)


def _try_out(local: Local, outputs: dict) -> list[str]:
    """The commands a newcomer would like to type first."""
    recommend, stream = outputs["function_names"]["recommend"], outputs["stream_name"]
    api = urlsplit(outputs["http_api_url"]).netloc.partition(".")[0]
    return [
        f"aws lambda invoke --function-name {recommend} --payload fileb://seed/payloads/recommend.json /dev/stdout",
        f"aws kinesis put-record --stream-name {stream} --partition-key 12345 --data fileb://seed/payloads/event.json",
        f"aws stepfunctions start-execution --state-machine-arn {outputs['state_machine_arn']}",
        "curl --aws-sigv4 aws:amz:us-east-1:execute-api --user local:local --json @seed/payloads/recommend.json"
        f" http://{api}.execute-api.localhost:{local.port}/recommendations",
    ]


def status(local: Local) -> int:
    """Say what runs where, and commands to try. Exit code 0 if the system is up, 3 if not."""
    if not is_up(local):
        console.print("The local AWS is down. [bold]make up[/bold] starts it.")
        return 3
    console.print(
        f"The local AWS is up at [bold]{local.endpoint}[/bold], process {_process_id(local)}, logs in {local.logs}"
    )
    outputs = terraform.outputs(environments.variables("local"))
    if "function_names" not in outputs:
        console.print("Terraform has not been applied to it completely. [bold]make up[/bold] goes on where it stopped.")
        return 3
    names = [*outputs["function_names"].items()]
    table("What runs", ["what", "name"], [*_resources(outputs), *((f"function {key}", name) for key, name in names)])
    console.print('\nTry these, after [bold]eval "$(make -s env)"[/bold]:')
    for command in _try_out(local, outputs):
        console.print(f"  {command}", soft_wrap=True)
    return 0


def _resources(outputs: dict) -> list[tuple[str, str]]:
    wanted = ("stream_name", "history_table", "raw_bucket", "seed_bucket", "state_machine_arn", "topic_arn")
    campaigns = [(f"campaign {model}", arn) for model, arn in outputs["campaign_arns"].items()]
    return [*((name.replace("_", " "), outputs[name]) for name in wanted), *campaigns]


def down(local: Local) -> int:
    """Stop the system and leave no process, port or state behind."""
    was_up = stop(local)
    shutil.rmtree(local.directory, ignore_errors=True)
    console.print(
        "The local AWS is stopped; nothing is left." if was_up else "The local AWS was not running; nothing is left."
    )
    return 0


def main(arguments: Sequence[str]) -> int:
    """Command line: up, status or down."""
    try:
        local = environments.local()
        match arguments:
            case ["up"]:
                up(local)
                return status(local)
            case ["status"]:
                return status(local)
            case ["down"]:
                return down(local)
    except TaskError as failure:
        fail(str(failure))
        return 1
    except KeyboardInterrupt:
        fail("Interrupted. Run it again: it goes on from here.")
        return 130
    fail("usage: python -m scripts.demo.local_system up|status|down")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
