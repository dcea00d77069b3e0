"""Start and stop the server of the local AWS. It runs in the background until it is stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

from scripts.common import environments, server_process
from scripts.common.environments import ROOT, Local
from scripts.common.server_process import ServerProcess
from scripts.common.task import TaskError
from scripts.demo import adoption_site, local_folder

_START_SECONDS = 60
_STOP_SECONDS = 10
_WITHOUT_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def is_up(local: Local) -> bool:
    """Return whether our own server answers."""
    server = server_process.find_server(local.data)
    return server is not None and answers(server.port)


def answers(port: int) -> bool:
    """Return whether a local AWS answers at a port: that of this folder, or another."""
    return _get_health(port) is not None


def _get_health(port: int) -> dict[str, Any] | None:
    """Return what the server reports of itself, or None if it does not answer."""
    try:
        with _WITHOUT_PROXY.open(f"http://127.0.0.1:{port}/_local/health", timeout=2) as response:
            health: dict[str, Any] = json.load(response)
    except (urllib.error.URLError, OSError, ValueError):
        return None
    return health


def process_id(local: Local) -> int | None:
    """Return the server's process id, or None if it does not run."""
    server = server_process.find_server(local.data)
    return None if server is None else server.pid


def start(local: Local) -> None:
    """Start the server if it does not run; remove what a killed one left.

    Raises:
        TaskError: The folder cannot be used, the port is in use, or the server does not start.
    """
    local_folder.claim(local.directory)
    running = server_process.find_server(local.data)
    if running is not None:
        _wait_until_it_answers(running)
        return
    local_folder.remove_state(local.directory)
    if server_process.is_listening(local.port):
        raise TaskError(
            f"Port {local.port} is in use by {describe_user(local.port)}. "
            "Stop it, or choose another: LOCAL_AWS_PORT=4567 make …"
        )
    _wait_until_ready(local, _launch(local))


def describe_user(port: int) -> str:
    """Return who listens at a port, as far as it is known."""
    others = [server for server in server_process.list_servers() if server.port == port]
    return f"the local AWS of {others[0].data.parent}" if others else "another program"


def _launch(local: Local) -> subprocess.Popen[bytes]:
    local.logs.mkdir(parents=True, exist_ok=True)
    with (local.logs / "server.log").open("ab") as log:
        server = subprocess.Popen(
            [sys.executable, *server_process.command_arguments(local.port, local.data)],
            cwd=ROOT,
            env={**environments.variables("local"), **adoption_site.prepare(local)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (local.directory / "server.pid").write_text(str(server.pid))  # for people; our commands ask the process table
    return server


def _wait_until_it_answers(server: ServerProcess) -> None:
    """Wait for a server that another command has started. One that is only slow must not lose its state."""
    deadline = time.monotonic() + _START_SECONDS
    while not answers(server.port):
        if time.monotonic() > deadline:
            raise TaskError(
                f"The local AWS runs (process {server.pid}), but does not answer at port {server.port}. "
                "`make down` stops it; then `make up` starts a new one."
            )
        time.sleep(0.1)


def _wait_until_ready(local: Local, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not answers(local.port):
        if server.poll() is not None or time.monotonic() > deadline:
            raise TaskError(f"The local AWS did not start; its log: {local.logs / 'server.log'}")
        time.sleep(0.1)


def stop(local: Local) -> bool:
    """Stop the server and remove its state; logs stay. Return whether a server was running.

    Raises:
        TaskError: The server cannot be stopped, or the folder is not ours.
    """
    server = server_process.find_server(local.data)
    if server is not None:
        _end_process(server.pid)
        if server_process.find_server(local.data) is not None:
            raise TaskError(f"The local AWS (process {server.pid}) cannot be stopped: it does not end.")
    local_folder.remove_state(local.directory)
    return server is not None


def _end_process(process: int) -> None:
    """End the server with all its function processes; kill them if they do not end in time."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process, sign)
        except ProcessLookupError:
            return
        except PermissionError as error:
            raise TaskError(f"The local AWS (process {process}) belongs to another user, who can stop it.") from error
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
