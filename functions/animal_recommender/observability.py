"""Structured logs and EMF metrics, the same for every function. Neither may ever hold user data.

Level, service name and namespace come from POWERTOOLS_LOG_LEVEL, POWERTOOLS_SERVICE_NAME and
POWERTOOLS_METRICS_NAMESPACE; the service name is the metrics' one dimension.
"""

import os
import warnings
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit

logger = Logger()
metrics = Metrics(namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "AnimalRecommender"))

# A run that counts nothing is in order, and the warning would be the only unstructured line in the log.
warnings.filterwarnings("ignore", message="No application metrics to publish")

Handler = Callable[[Any, Any], Any]


def observed(handler: Handler) -> Handler:
    """Put the request id on each log line of a Lambda handler, and write its metrics at the end, also if it raises."""
    return logger.inject_lambda_context(metrics.log_metrics(handler))


def count(name: str, value: float = 1) -> None:
    """Add to a counter, e.g. `EventsAccepted`; 0 is recorded too, so that an alarm sees a live function."""
    metrics.add_metric(name, MetricUnit.Count, value)


def milliseconds(name: str, value: float) -> None:
    """Record one duration in milliseconds."""
    metrics.add_metric(name, MetricUnit.Milliseconds, value)
