"""Structured logs and EMF metrics by Powertools, the same for every function. They must never contain user data.

Level, service name and namespace come from POWERTOOLS_LOG_LEVEL, POWERTOOLS_SERVICE_NAME and
POWERTOOLS_METRICS_NAMESPACE. The service name is a dimension of every metric.
"""

import os
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

EventT = TypeVar("EventT")
ResultT = TypeVar("ResultT")
Handler = Callable[[EventT, "LambdaContext"], ResultT]

logger = Logger(utc=True, use_rfc3339=True)

# An invocation without metrics is normal, and the warning would be the only unstructured line in the log.
warnings.filterwarnings("ignore", message="No application metrics to publish")


class Metrics(EphemeralMetrics):
    """Metrics with `dimensions` besides `service`. `flush_metrics()` writes them and keeps the dimensions."""

    def __init__(self, **dimensions: str) -> None:
        namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "AnimalRecommender")
        super().__init__(namespace=namespace, default_dimensions=dimensions)


metrics = Metrics()


def instrument(handler: Handler[EventT, ResultT]) -> Handler[EventT, ResultT]:
    """Add the request id to each log line of a Lambda handler, and write its metrics at the end, even if it raises."""
    instrumented: Handler[EventT, ResultT] = logger.inject_lambda_context(metrics.log_metrics(handler))
    return instrumented


def add_count_metric(name: str, value: float = 1) -> None:
    """Add to a counter, e.g. `EventsAccepted`. A 0 is recorded too: it shows an alarm that the function is alive."""
    metrics.add_metric(name, MetricUnit.Count, value)


def add_duration_metric(name: str, milliseconds: float) -> None:
    """Record one duration."""
    metrics.add_metric(name, MetricUnit.Milliseconds, milliseconds)


def add_age_metric(name: str, seconds: float) -> None:
    """Record how old something is."""
    metrics.add_metric(name, MetricUnit.Seconds, seconds)
