"""X-Ray: how many traces are kept."""

from typing import Any

from moto.xray.models import SegmentCollection, XRayBackend

from local_aws.moto_patches.patching import correction, wrap_method
from local_aws.retention import limits

# What moto parses and never reads; a segment is returned as the text that it was.
_UNUSED = ("service", "user", "http", "aws", "metadata", "annotations", "subsegments")


@correction
def bound_traces() -> None:
    """Keep the newest traces, see `retention.Limits`; X-Ray keeps them 30 days.

    Cause: moto/xray/models.py keeps all, each segment as text and parsed. A trace of a stream consumer has some 50.
    """

    @wrap_method(SegmentCollection, "put_segment")
    def put_segment(original: Any, self: SegmentCollection, segment: Any) -> None:
        original(self, segment)
        for name in _UNUSED:
            setattr(segment, name, None)
        for trace_id in list(self._traces)[: -limits().traces] if len(self._traces) > limits().traces else ():
            self._traces.pop(trace_id, None)


@correction
def forget_telemetry() -> None:
    """Keep no telemetry of X-Ray daemons.

    Cause: moto/xray/models.py keeps all; no operation returns it.
    """

    @wrap_method(XRayBackend, "add_telemetry_records")
    def add_telemetry_records(original: Any, self: XRayBackend, source: Any) -> None:
        original(self, source)
        self._telemetry_records.clear()
