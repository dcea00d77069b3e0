"""The server as a process: starts fast, tells clearly, stops clean."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local_aws.testing.server import LocalAws, start_server

SLEEPER = "import time\ndef handler(event, context): time.sleep(event or 0)\n"


def function_processes(server: int) -> list[int]:
    found = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
    pairs = [line.split() for line in found.splitlines()[1:]]
    return [int(pid) for pid, parent in pairs if int(parent) == server]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "zombie" not in Path(f"/proc/{pid}/status").read_text() if Path("/proc").exists() else True


def test_health_tells_versions_services_and_uptime(aws: LocalAws) -> None:
    health = aws.administer("health")
    assert health["status"] == "ready"
    assert health["version"]["moto"]
    assert health["services"]["personalize"] == "local"
    assert health["uptimeSeconds"] > 0


def test_given_a_port_in_use_then_it_says_so(aws: LocalAws, tmp_path: Path) -> None:
    port = aws.endpoint.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "local_aws", "serve", "--port", port, "--data-dir", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert run.returncode == 1
    assert f"{port} is in use" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(("kind", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGKILL, -9)])
def test_given_running_functions_when_the_server_ends_then_no_process_is_left(
    kind: signal.Signals, code: int, tmp_path: Path, eventually: Callable[..., object]
) -> None:
    server = start_server(tmp_path)
    aws = LocalAws(server.endpoint)
    name = aws.create_function(SLEEPER, Timeout=100)
    aws.invoke(name, 0)
    aws.invoke(name, 60, InvocationType="Event")
    aws.invoke(name, 60, InvocationType="Event")
    eventually(lambda: sum(p["state"] == "busy" for p in aws.administer("functions")["processes"]) == 2)
    children = function_processes(server.process.pid)
    assert len(children) >= 2
    assert server.stop(kind) == code
    eventually(lambda: not any(alive(pid) for pid in children), 5)


def test_an_action_that_nobody_has_is_refused_at_once(aws: LocalAws) -> None:
    began = time.monotonic()
    with pytest.raises(ClientError) as refused:
        aws.client("athena").get_session(SessionId="x")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert time.monotonic() - began < 5


def test_unknown_administration_names_what_there_is(aws: LocalAws) -> None:
    with pytest.raises(OSError, match="404"):
        aws.administer("nothing")
