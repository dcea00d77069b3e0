"""The running system as the load tests see it: names, clients, the local AWS's own API, and memory."""

from __future__ import annotations

import json
import os
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

    def memory(self) -> tuple[float, float, int]:
        """Return the resident MB of the server and of all function processes together, and the number of processes."""
        server = _resident(int((self.local.directory / "server.pid").read_text()))
        functions = [_resident(process["pid"]) for process in self.processes()]
        return server, sum(functions), len(functions)


def _resident(process: int) -> float:
    """Return the resident MB; 0 if the process has ended or the system has no /proc."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    lines = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(lines[0].split()[1]) / 1024 if lines else 0.0


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
