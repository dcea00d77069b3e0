"""Structured logs and EMF metrics, the same for every function. Neither may ever hold user data.

The variables are those of Powertools for AWS Lambda: POWERTOOLS_LOG_LEVEL, POWERTOOLS_SERVICE_NAME, which is also the
metrics' one dimension, and POWERTOOLS_METRICS_NAMESPACE. Powertools itself is not used: Lambda compiles a package's
source at each cold start, and its logger and metrics took 49 ms beside botocore's 150 (python3.11, one quiet core).
"""

import json
import logging
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

Handler = Callable[[Any, Any], Any]

_STANDARD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

_request: dict[str, Any] = {"cold_start": True}


class JsonFormatter(logging.Formatter):
    """Writes a record as one JSON object: the request's id, the message, and what the caller gave as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """Answer the line."""
        line = {
            "level": record.levelname,
            "message": record.getMessage(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "service": _service(),
            **_request,
            **{name: value for name, value in vars(record).items() if name not in _STANDARD_FIELDS},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def _make_logger() -> logging.Logger:
    made = logging.getLogger("animal_recommender")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    made.handlers = [handler]
    made.setLevel(os.environ.get("POWERTOOLS_LOG_LEVEL", "INFO").upper())
    made.propagate = False  # Lambda's own handler would print each line a second time
    return made


logger = _make_logger()


class Metrics:
    """Collects values and writes them in CloudWatch's embedded metric format, which makes metrics of a log line.

    `dimensions` stand beside `service`, the one dimension that all metrics have.
    """

    def __init__(self, **dimensions: str) -> None:
        self._dimensions = dimensions
        self._values: dict[tuple[str, str], list[float]] = {}

    def add(self, name: str, unit: str, value: float) -> None:
        """Record a value; `unit` is one of CloudWatch's, e.g. Count, Milliseconds or None."""
        self._values.setdefault((name, unit), []).append(value)

    @property
    def values(self) -> dict[str, list[float]]:
        """What is recorded and not written yet, by name."""
        return {name: found for (name, _), found in self._values.items()}

    def clear(self) -> None:
        """Forget what is not written yet."""
        self._values.clear()

    def write(self) -> None:
        """Print one line with all that was recorded, and forget it; nothing if there is nothing."""
        if not self._values:
            return
        dimensions = {"service": _service(), **self._dimensions}
        directive = {
            "Namespace": os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "AnimalRecommender"),
            "Dimensions": [list(dimensions)],
            "Metrics": [{"Name": name, "Unit": unit} for name, unit in self._values],
        }
        metadata = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
        print(json.dumps({"_aws": metadata, **dimensions, **self.values}))
        self.clear()


metrics = Metrics()


def observed(handler: Handler) -> Handler:
    """Put the request id on each log line of a Lambda handler, and write its metrics at the end, also if it raises."""

    @wraps(handler)
    def wrapper(event: Any, context: Any) -> Any:
        _request["function_request_id"] = context.aws_request_id
        _request["xray_trace_id"] = os.environ.get("_X_AMZN_TRACE_ID", "").partition(";")[0].removeprefix("Root=")
        try:
            return handler(event, context)
        finally:
            metrics.write()
            _request["cold_start"] = False

    return wrapper


def count(name: str, value: float = 1) -> None:
    """Add to a counter, e.g. `EventsAccepted`; 0 is recorded too, so that an alarm sees a live function."""
    metrics.add(name, "Count", value)


def milliseconds(name: str, value: float) -> None:
    """Record one duration in milliseconds."""
    metrics.add(name, "Milliseconds", value)


def _service() -> str:
    return os.environ.get("POWERTOOLS_SERVICE_NAME", "animal-recommender")
