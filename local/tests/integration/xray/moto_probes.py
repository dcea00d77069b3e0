"""Probes of the corrections of X-Ray."""

import json
import time

from local_aws.testing.moto_probes import ACCOUNT, REGION, client, probe


@probe("xray.bound_traces")
def traces_are_bounded() -> None:
    now = time.time()
    names = [f"1-{int(now):08x}-{number:024x}" for number in range(201)]
    segments = [{"name": "f", "id": "a" * 16, "trace_id": one, "start_time": now, "end_time": now} for one in names]
    xray = client("xray")
    xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(segment) for segment in segments])
    found = xray.batch_get_traces(TraceIds=[names[0], names[1], names[-1]])
    assert found["UnprocessedTraceIds"] == [names[0]]


@probe("xray.forget_telemetry")
def telemetry_is_not_kept() -> None:
    from moto.xray.models import xray_backends

    client("xray").put_telemetry_records(TelemetryRecords=[{"Timestamp": time.time(), "SegmentsReceivedCount": 1}])
    assert not xray_backends[ACCOUNT][REGION]._telemetry_records
