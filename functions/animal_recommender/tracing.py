"""X-Ray subsegments around calls to other services.

Lambda traces each invocation itself when its tracing is active, and runs the X-Ray daemon. A subsegment is one UDP
datagram to the daemon. Powertools' Tracer would need the X-Ray SDK, which AWS ends on 2027-02-25
(https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon-eos.html), and which adds 40 ms and a compiled package
(wrapt) to each cold start. Powertools plans to build its Tracer on OpenTelemetry
(aws-powertools/powertools-lambda-python issue 7382): then this should be decided again.
"""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

_HEADER = b'{"format": "json", "version": 1}\n'


@contextmanager
def record_subsegment(name: str) -> Iterator[None]:
    """Record the block as a subsegment of the invocation, if it is sampled. An error marks the subsegment as faulty."""
    trace = dict(part.partition("=")[::2] for part in os.environ.get("_X_AMZN_TRACE_ID", "").split(";"))
    daemon = os.environ.get("AWS_XRAY_DAEMON_ADDRESS", "")
    if trace.get("Sampled") != "1" or not daemon:
        yield
        return
    started, fault = time.time(), True
    try:
        yield
        fault = False
    finally:
        _send(daemon, {"name": name, "start_time": started, "end_time": time.time(), "fault": fault}, trace)


def _send(daemon: str, segment: dict[str, object], trace: dict[str, str]) -> None:
    ids = {"trace_id": trace.get("Root"), "parent_id": trace.get("Parent"), "id": os.urandom(8).hex()}
    document = {**segment, **ids, "type": "subsegment", "namespace": "aws"}
    host, _, port = daemon.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(_HEADER + json.dumps(document).encode(), (host, int(port)))
