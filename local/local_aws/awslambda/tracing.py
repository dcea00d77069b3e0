"""Active tracing: the sampling of invocations, and an X-Ray daemon for each function, which acts with its role.

Source: Lambda developer guide, "Visualize Lambda function invocations using AWS X-Ray"; X-Ray developer guide, "Sending
segment documents to the X-Ray daemon".
"""

import json
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.awslambda.execution_role import lambda_actor
from local_aws.awslambda.model import Function, Invocation, Outcome
from local_aws.iam.credentials import client

_SHARE = 0.05
_TELEMETRY_SECONDS = 60.0
_HEADER = b'{"format": "json", "version": 1}\n'
_MAXIMUM_BYTES = 65536


class Sampler:
    """Samples the first invocation of a function in each second, and one in twenty of the others."""

    def __init__(self, clock: Callable[[], float] = time.time, chance: Callable[[], float] = random.random) -> None:
        self._clock = clock
        self._chance = chance
        self._seconds: dict[str, int] = {}

    def sample(self, function_arn: str) -> bool:
        """Decide whether an invocation that begins now is traced."""
        second = int(self._clock())
        is_first = self._seconds.get(function_arn) != second
        self._seconds[function_arn] = second
        return is_first or self._chance() < _SHARE


class XRayDaemon:
    """Receives segments by UDP and sends them to X-Ray; a segment that cannot be sent is lost."""

    def __init__(self, xray: Callable[[], Any]) -> None:
        """Listen on a free port.

        Args:
            xray: returns a client with the function's role.
        """
        self._xray = xray
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._closing = False
        self._telemetry_at = -_TELEMETRY_SECONDS
        threading.Thread(target=self._receive, daemon=True, name="xray-daemon").start()

    @property
    def address(self) -> str:
        """Host and port, for the environment of the function."""
        host, port = self._socket.getsockname()
        return f"{host}:{port}"

    def send(self, segment: dict[str, Any]) -> None:
        """Send one of Lambda's own segments."""
        self._socket.sendto(_HEADER + json.dumps(segment).encode(), self._socket.getsockname())

    def close(self) -> None:
        """Stop."""
        self._closing = True
        self._socket.sendto(b"", self._socket.getsockname())

    def _receive(self) -> None:
        with self._socket:
            while not self._closing:
                waiting = [self._socket.recv(_MAXIMUM_BYTES), *self._receive_waiting()]
                documents = [text.partition(b"\n")[2].decode("utf-8", "replace") for text in waiting if text]
                if documents:
                    self._put(documents)

    def _receive_waiting(self) -> Iterator[bytes]:
        try:
            while True:
                yield self._socket.recv(_MAXIMUM_BYTES, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return

    def _put(self, documents: list[str]) -> None:
        try:
            self._xray().put_trace_segments(TraceSegmentDocuments=documents)
            if time.monotonic() - self._telemetry_at >= _TELEMETRY_SECONDS:
                counts = {"SegmentsReceivedCount": len(documents), "SegmentsSentCount": len(documents)}
                self._xray().put_telemetry_records(TelemetryRecords=[{"Timestamp": time.time(), **counts}])
                self._telemetry_at = time.monotonic()
        except (ClientError, BotoCoreError):
            return


class Tracing:
    """The tracing of all functions."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._sampler = Sampler()
        self._lock = threading.Lock()
        self._daemons: dict[tuple[str, str], XRayDaemon] = {}

    def address(self, function: Function) -> str:
        """Return the address to which the function's process sends its segments."""
        return self._daemon(function).address

    def sample(self, function: Function, invocation: Invocation) -> Invocation:
        """Return the invocation, marked as sampled if it is to be traced."""
        if not function.is_traced or not self._sampler.sample(function.arn):
            return invocation
        return replace(invocation, trace_id=invocation.trace_id.replace("Sampled=0", "Sampled=1"))

    def record(self, function: Function, invocation: Invocation, outcome: Outcome, began: float) -> None:
        """Send the segment of the function itself for a sampled invocation; `began` in epoch seconds."""
        trace = dict(part.partition("=")[::2] for part in invocation.trace_id.split(";"))
        if trace["Sampled"] == "1":
            segment = {"name": function.name, "id": trace["Parent"], "trace_id": trace["Root"], "start_time": began}
            place = {"origin": "AWS::Lambda::Function", "aws": {"function_arn": function.arn}}
            self._daemon(function).send({**segment, "end_time": time.time(), "fault": bool(outcome.error), **place})

    def close(self) -> None:
        """Stop every daemon."""
        with self._lock:
            for daemon in self._daemons.values():
                daemon.close()

    def _daemon(self, function: Function) -> XRayDaemon:
        key = (function.arn, function.role)
        with self._lock:
            if key not in self._daemons:
                actor, region = lambda_actor(function), function.region
                self._daemons[key] = XRayDaemon(lambda: client("xray", region, self._endpoint, actor))
            return self._daemons[key]
