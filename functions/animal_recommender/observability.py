"""Structured logs and EMF metrics by Powertools, the same for every function. Neither may ever hold user data.

Level, service name and namespace come from POWERTOOLS_LOG_LEVEL, POWERTOOLS_SERVICE_NAME and
POWERTOOLS_METRICS_NAMESPACE; the service name is a dimension of every metric.
"""

import os
import warnings
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

Handler = Callable[[Any, Any], Any]

logger = Logger(utc=True, use_rfc3339=True)

# A run that counts nothing is in order, and the warning would be the only unstructured line in the log.
warnings.filterwarnings("ignore", message="No application metrics to publish")


class Metrics(EphemeralMetrics):
    """Metrics with `dimensions` beside `service`; `flush_metrics()` writes them, and the dimensions stay."""

    def __init__(self, **dimensions: str) -> None:
        namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "AnimalRecommender")
        super().__init__(namespace=namespace, default_dimensions=dimensions)


metrics = Metrics()


def observed(handler: Handler) -> Handler:
    """Put the request id on each log line of a Lambda handler, and write its metrics at the end, also if it raises."""
    return logger.inject_lambda_context(metrics.log_metrics(handler))


def count(name: str, value: float = 1) -> None:
    """Add to a counter, e.g. `EventsAccepted`; 0 is recorded too, so that an alarm sees a live function."""
    metrics.add_metric(name, MetricUnit.Count, value)


def milliseconds(name: str, value: float) -> None:
    """Record one duration in milliseconds."""
    metrics.add_metric(name, MetricUnit.Milliseconds, value)
