"""The running system as the load tests see it: names, clients, the local AWS's own API, and memory."""

from __future__ import annotations

import json
import os
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from scripts.common import environments, terraform
from scripts.common.environments import Local
from scripts.demo import local_server, local_system
from tests.load.memory import Memory, measure

CONSUMERS = ("put_events", "record_history")


@dataclass(frozen=True)
class Target:
    """One deployed local system; `outputs` are Terraform's."""

    local: Local
    outputs: dict[str, Any]

    def client(self, service: str, *, attempts: int = 5, connections: int = 64) -> Any:
        """Return a client; with `attempts` 1 botocore never retries a request."""
        retries = {"mode": "standard", "total_max_attempts": attempts}
        return boto3.client(service, config=Config(retries=retries, read_timeout=120, max_pool_connections=connections))

    def local_api(self, path: str, method: str = "GET", document: Any = None) -> Any:
        """Return the answer of `/_local/<path>`."""
        data = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(f"{self.local.endpoint}/_local/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def lanes(self) -> list[dict[str, Any]]:
        """Return the progress of each lane (shard and parallelization) of the two consumers' event source mappings."""
        return self.local_api("streams")["lanes"]

    def processes(self) -> list[dict[str, Any]]:
        """Return every function process: function, pid, and state (busy or idle)."""
        return self.local_api("functions")["processes"]

    def tracked(self) -> dict[str, Any]:
        """Return the events in the tracker."""
        return self.local_api(f"personalize/events?trackingId={self.outputs['tracking_id']}")

    def function(self, key: str) -> str:
        """Return a function's deployed name."""
        return self.outputs["function_names"][key]

    def total(self, namespace: str, metric: str, dimension: str, function: str, since: float) -> float:
        """Return the sum of a function's metric since `since` (epoch seconds)."""
        answer = self.client("cloudwatch").get_metric_statistics(
            Namespace=namespace,
            MetricName=metric,
            Dimensions=[{"Name": dimension, "Value": function}],
            StartTime=datetime.fromtimestamp(since, UTC) - timedelta(minutes=1),
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=86_400,
            Statistics=["Sum"],
        )
        return sum(point["Sum"] for point in answer["Datapoints"])

    def memory(self) -> Memory:
        """Return the memory of the server and of all function processes."""
        server = int((self.local.directory / "server.pid").read_text())
        return measure(server, [process["pid"] for process in self.processes()])


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def system_location(temporary: str) -> tuple[Path, int]:
    """Return folder and port of the system that the environment names, else of a new one."""
    directory, port = os.environ.get("LOCAL_AWS_DIR"), os.environ.get("LOCAL_AWS_PORT")
    return (Path(directory), int(port)) if directory and port else (Path(temporary), free_port())


@contextmanager
def system(directory: Path, port: int) -> Iterator[Target]:
    """Use the system at a folder and port: start and stop it, unless it was running before."""
    os.environ |= {"LOCAL_AWS_DIR": str(directory), "LOCAL_AWS_PORT": str(port)}
    local = environments.local()
    os.environ |= local.variables()
    ran = local_server.is_up(local)
    try:
        yield Target(
            local, terraform.read_outputs(environments.variables("local")) if ran else local_system.start(local)
        )
    finally:
        if not ran:
            local_server.stop(local)
