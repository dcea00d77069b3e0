"""X-Ray subsegments around calls to other services.

Lambda itself traces each invocation when its tracing is active, and runs the X-Ray daemon. A subsegment is one UDP
datagram to it. Powertools' Tracer would need the X-Ray SDK, which AWS ends on 2027-02-25
(https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon-eos.html), and which costs each cold start another 40 ms
and a compiled package (wrapt). Powertools means to put its Tracer on OpenTelemetry
(aws-powertools/powertools-lambda-python issue 7382): look again then.
"""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

_HEADER = b'{"format": "json", "version": 1}\n'


@contextmanager
def traced(name: str) -> Iterator[None]:
    """Record a call as a subsegment of the invocation, if this invocation is sampled; an error marks it as fault."""
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
    place = {"trace_id": trace.get("Root"), "parent_id": trace.get("Parent"), "id": os.urandom(8).hex()}
    document = {**segment, **place, "type": "subsegment", "namespace": "aws"}
    host, _, port = daemon.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(_HEADER + json.dumps(document).encode(), (host, int(port)))
