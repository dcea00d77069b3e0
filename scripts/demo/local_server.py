"""Start and stop the server of the local AWS. It runs in the background until it is stopped."""

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
from pathlib import Path
from typing import Any

from scripts.common import environments
from scripts.common.environments import ROOT, Local
from scripts.common.task import TaskError

_START_SECONDS = 60
_STOP_SECONDS = 10


def is_up(local: Local) -> bool:
    """Return whether our own server answers at the endpoint."""
    return _get_health(local) is not None and process_id(local) is not None


def _get_health(local: Local) -> dict[str, Any] | None:
    """Return what the server reports of itself, or None if it does not answer."""
    try:
        with urllib.request.urlopen(f"{local.endpoint}/_local/health", timeout=2) as response:
            health: dict[str, Any] = json.load(response)
    except (urllib.error.URLError, OSError, ValueError):
        return None
    return health


def _pid_file(local: Local) -> Path:
    return local.directory / "server.pid"


def process_id(local: Local) -> int | None:
    """Return the server's process id, or None if it does not run. Another program may have got the old id."""
    try:
        process = int(_pid_file(local).read_text())
    except (OSError, ValueError):
        return None
    return process if f"-m local_aws serve --port {local.port}" in _command_line(process) else None


def _command_line(process: int) -> str:
    """Return the command line of a process; empty if there is none."""
    entry = Path(f"/proc/{process}/cmdline")
    if Path("/proc/self").exists():
        return entry.read_bytes().replace(b"\0", b" ").decode(errors="replace") if entry.exists() else ""
    shown = subprocess.run(["ps", "-p", str(process), "-o", "command="], capture_output=True, text=True, check=False)
    return shown.stdout


def start(local: Local) -> None:
    """Start the server if it does not run; remove what a killed one left.

    Raises:
        TaskError: The port is in use, or the server does not start.
    """
    if is_up(local):
        return
    stop(local)
    if _port_is_in_use(local.port):
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


def _port_is_in_use(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_until_ready(local: Local, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while _get_health(local) is None:
        if server.poll() is not None or time.monotonic() > deadline:
            raise TaskError(f"The local AWS did not start; its log: {local.logs / 'server.log'}")
        time.sleep(0.1)


def stop(local: Local) -> bool:
    """Stop the server and remove its state; logs stay. Return whether a server was running."""
    process = process_id(local)
    if process is not None:
        _end_process(process)
    for leftover in (local.data, local.directory / "terraform"):
        shutil.rmtree(leftover, ignore_errors=True)
    for leftover in (
        _pid_file(local),
        *local.directory.glob("terraform.tfstate*"),
        *local.directory.glob(".terraform*"),
    ):
        leftover.unlink(missing_ok=True)
    return process is not None


def _end_process(process: int) -> None:
    """End the server with all its function processes; kill them if they do not end in time."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process, sign)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < deadline:
            if _has_ended(process):
                return
            time.sleep(0.05)


def _has_ended(process: int) -> bool:
    """Return whether a process has ended. If it is our own child, collect it: else it would stay as a zombie."""
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
