"""Active tracing sends segments to X-Ray."""

import json
from collections.abc import Callable

from local_aws.testing.server import LocalAws


def test_given_active_tracing_then_the_function_and_its_own_segments_are_traced(
    aws: LocalAws, eventually: Callable[..., object]
) -> None:
    code = """
import json, os, socket
def handler(event, context):
    trace = dict(part.split("=") for part in os.environ["_X_AMZN_TRACE_ID"].split(";"))
    segment = {"name": "inside", "id": "0123456789abcdef", "trace_id": trace["Root"], "parent_id": trace["Parent"],
               "type": "subsegment", "start_time": 1, "end_time": 2}
    host, port = os.environ["AWS_XRAY_DAEMON_ADDRESS"].split(":")
    datagram = b'{"format": "json", "version": 1}\\n' + json.dumps(segment).encode()
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(datagram, (host, int(port)))
    return trace
"""
    name = aws.create_function(code, TracingConfig={"Mode": "Active"}, Role=aws.create_role("xray:*"))
    trace, _ = aws.invoke(name)
    assert trace["Sampled"] == "1"

    def names() -> set[str]:
        (found,) = aws.client("xray").batch_get_traces(TraceIds=[trace["Root"]])["Traces"] or [{"Segments": []}]
        return {json.loads(one["Document"])["name"] for one in found["Segments"]}

    assert eventually(lambda: names() == {name, "inside"})
    untraced = aws.create_function(code)
    assert aws.invoke(untraced)[0]["Sampled"] == "0"
