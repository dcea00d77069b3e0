"""X-Ray: how many traces are kept."""

from typing import Any

from moto.xray.models import SegmentCollection, XRayBackend

from local_aws.moto_patches.patching import correction, wrap_method
from local_aws.retention import limits


@correction
def bound_traces() -> None:
    """Keep the newest traces, see `retention.Limits`; X-Ray keeps them 30 days.

    Cause: moto/xray/models.py keeps all.
    """

    @wrap_method(SegmentCollection, "put_segment")
    def put_segment(original: Any, self: SegmentCollection, segment: Any) -> None:
        original(self, segment)
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
