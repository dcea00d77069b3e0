"""The whole system, once for all end-to-end tests: packages, local AWS, Terraform, in a folder and port of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from scripts import environments, local_system
from scripts.environments import ROOT, Local


@dataclass(frozen=True)
class System:
    """The running system as an operator sees it: its names, and clients that reach it."""

    local: Local
    outputs: dict

    def client(self, service: str) -> Any:
        return boto3.client(service)

    def cli(self, *arguments: str) -> Any:
        """Run the real AWS CLI; return its JSON answer."""
        command = [str(ROOT / ".venv" / "bin" / "aws"), *arguments, "--output", "json"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def invoke(self, function: str, payload: Any) -> tuple[Any, str | None]:
        """Invoke a function by its deployed name. Returns its answer and, if it failed, how."""
        answer = self.client("lambda").invoke(
            FunctionName=self.outputs["function_names"][function], Payload=json.dumps(payload).encode()
        )
        return json.load(answer["Payload"]), answer.get("FunctionError")

    def tracked(self) -> dict:
        """The streamed events that the local Personalize holds, by user and by session."""
        return self._local(f"personalize/events?trackingId={self.outputs['tracking_id']}")

    def faults(self, document: dict) -> None:
        """Make the local Personalize fail on demand."""
        self._local("faults", json.dumps(document).encode())

    def _local(self, path: str, data: bytes | None = None) -> dict:
        with urllib.request.urlopen(f"{self.local.endpoint}/_local/{path}", data) as answer:
            return json.load(answer)


def eventually(condition: Callable[[], Any], seconds: float = 60, every: float = 0.25) -> Any:
    """What ``condition`` answers once that is true; fails the test if it never is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(every)
    pytest.fail(f"Did not come true within {seconds} s: {condition.__doc__ or condition}")


@pytest.fixture(scope="session")
def wait_for() -> Callable[..., Any]:
    return eventually


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    before = dict(os.environ)
    os.environ |= {"LOCAL_AWS_DIR": str(tmp_path_factory.mktemp("system")), "LOCAL_AWS_PORT": str(port)}
    local = environments.local()
    os.environ |= local.variables()
    try:
        yield System(local, local_system.up(local))
    finally:
        local_system.stop(local)
        os.environ.clear()
        os.environ.update(before)
