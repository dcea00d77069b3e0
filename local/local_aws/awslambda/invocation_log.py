"""The log and the metrics of invocations: platform lines, the function's log group, its metrics."""

import json
import logging
import math
import queue
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.logs.models import LogStream, logs_backends

from local_aws.awslambda.execution_environment import InvocationReport
from local_aws.awslambda.execution_role import lambda_actor
from local_aws.awslambda.model import Function, Invocation, Outcome
from local_aws.cloudwatch.metrics import put_metrics, record_embedded_metrics
from local_aws.iam.access_denied import AccessDeniedError
from local_aws.iam.authorization import Authorizer
from local_aws.iam.permission import Permission

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LogEntry:
    """The lines of one invocation; `duration` in milliseconds."""

    function: Function
    stream: str
    lines: list[str]
    duration: float
    failed: bool


class InvocationLog:
    """Writes entries to moto's CloudWatch in a separate thread, so that no caller waits."""

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer
        self._entries: queue.SimpleQueue[LogEntry | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_entries, daemon=True, name="lambda-log")
        self._thread.start()

    def add(self, entry: LogEntry) -> None:
        """Queue an entry."""
        self._entries.put(entry)

    def close(self) -> None:
        """Write the remaining entries and stop."""
        self._entries.put(None)
        self._thread.join(timeout=5)

    def _write_entries(self) -> None:
        while entry := self._entries.get():
            try:
                self._write(entry)
            except Exception:
                _log.exception("log of %s", entry.function.name)

    def _write(self, entry: LogEntry) -> None:
        function = entry.function
        if self._may_write(function, entry.stream):
            _write_log(function, entry.stream, entry.lines)
            for line in entry.lines:
                record_embedded_metrics(line, function.account_id, function.region)
        put_metrics(function.account_id, function.region, "AWS/Lambda", _metrics(entry))

    def _may_write(self, function: Function, stream: str) -> bool:
        """Whether the function's role may write: as on AWS, a log that it may not write is lost without an error."""
        group = f"arn:aws:logs:{function.region}:{function.account_id}:log-group:{function.logging.group}"
        permissions = [Permission("logs:PutLogEvents", f"{group}:log-stream:{stream}")]
        known = logs_backends[function.account_id][function.region].groups.get(function.logging.group)
        if known is None or stream not in known.streams:
            permissions.insert(0, Permission("logs:CreateLogStream", f"{group}:log-stream:{stream}"))
        if known is None:
            permissions.insert(0, Permission("logs:CreateLogGroup", group))
        try:
            self._authorizer.require_with_keys(lambda_actor(function), function.region, *permissions)
        except AccessDeniedError:
            return False
        return True


def record_throttle(function: Function) -> None:
    """Count an invocation that was throttled."""
    metric = {"MetricName": "Throttles", "Value": 1, "Unit": "Count", "Dimensions": _dimensions(function)}
    put_metrics(function.account_id, function.region, "AWS/Lambda", [metric])


def platform_lines(
    function: Function, invocation: Invocation, outcome: Outcome, report: InvocationReport
) -> tuple[list[str], list[str]]:
    """Return the lines that Lambda writes before and after the function's own.

    Text: START, END, REPORT. JSON: platform.start and platform.report, at system log level INFO or finer.
    """
    if function.logging.format == "JSON":
        return _json_lines(function, invocation, outcome, report)
    rounded = math.ceil(report.duration + (report.init or 0))
    figures = [
        f"Duration: {report.duration:.2f} ms",
        f"Billed Duration: {rounded} ms",
        f"Memory Size: {function.memory} MB",
        f"Max Memory Used: {report.max_memory} MB" if report.max_memory else "",
        f"Init Duration: {report.init:.2f} ms" if report.init else "",
    ]
    failure = []
    if outcome.error_type == "Sandbox.Timedout":
        reason = json.loads(outcome.payload)["errorMessage"].split("Error: ")[-1]
        failure = [f"{_now()} {invocation.request_id} {reason}"]
    elif outcome.error_type == "Runtime.ExitError":
        failure = [json.loads(outcome.payload)["errorMessage"], "Runtime.ExitError"]
    report_line = "\t".join([f"REPORT RequestId: {invocation.request_id}", *filter(None, figures)])
    start = f"START RequestId: {invocation.request_id} Version: {function.version}"
    return [start], [*failure, f"END RequestId: {invocation.request_id}", report_line]


def _json_lines(
    function: Function, invocation: Invocation, outcome: Outcome, report: InvocationReport
) -> tuple[list[str], list[str]]:
    if function.logging.system_level == "WARN" and not outcome.error:
        return [], []
    metrics: dict[str, float] = {"durationMs": round(report.duration, 3), "memorySizeMB": function.memory}
    metrics["billedDurationMs"] = math.ceil(report.duration + (report.init or 0))
    if report.max_memory:
        metrics["maxMemoryUsedMB"] = report.max_memory
    if report.init:
        metrics["initDurationMs"] = round(report.init, 3)
    status = {None: "success", "Sandbox.Timedout": "timeout"}.get(outcome.error_type, "failure")
    record: dict[str, Any] = {"requestId": invocation.request_id, "status": status, "metrics": metrics}
    if outcome.error_type:
        record["errorType"] = outcome.error_type
    start = {"requestId": invocation.request_id, "version": function.version}
    return [_platform("start", start)], [_platform("report", record)]


def _platform(kind: str, record: dict[str, Any]) -> str:
    return json.dumps({"time": _now(), "type": f"platform.{kind}", "record": record})


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _write_log(function: Function, stream_name: str, lines: Iterable[str]) -> None:
    backend = logs_backends[function.account_id][function.region]
    backend.ensure_log_group(function.logging.group)
    group = backend.groups.get(function.logging.group)
    if group is None:
        return
    if stream_name not in group.streams:
        group.create_log_stream(stream_name)
    stream: LogStream = group.streams[stream_name]
    now = int(time.time() * 1000)
    stream.put_log_events([{"timestamp": now, "message": line} for line in lines if line])


def _metrics(entry: LogEntry) -> list[dict[str, Any]]:
    dimensions = _dimensions(entry.function)
    return [
        {"MetricName": "Invocations", "Value": 1, "Unit": "Count", "Dimensions": dimensions},
        {"MetricName": "Errors", "Value": int(entry.failed), "Unit": "Count", "Dimensions": dimensions},
        {"MetricName": "Duration", "Value": entry.duration, "Unit": "Milliseconds", "Dimensions": dimensions},
    ]


def _dimensions(function: Function) -> list[dict[str, str]]:
    return [{"Name": "FunctionName", "Value": function.name}]
