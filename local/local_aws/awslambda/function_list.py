"""All functions with what they did in the last hour."""

import time
from typing import Any

from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.cloudwatch.models import cloudwatch_backends

from local_aws.awslambda.moto_adapter import log_group
from local_aws.cloudwatch.datapoints import MINUTE, Metric, metric_data

_COUNTED = ("Invocations", "Errors", "Throttles")
_MINUTES = 60


def list_functions() -> list[dict[str, Any]]:
    """Return every function: name, description, log group, and the sums of its metrics over the last hour."""
    backends = [backend for account in list(lambda_backends.values()) for backend in list(account.values())]
    latest = [group["latest"] for backend in backends for group in list(backend._lambdas._functions.values())]
    return [_describe(function) for function in sorted(latest, key=lambda one: one.function_name)]


def _describe(function: LambdaFunction) -> dict[str, Any]:
    return {
        "name": function.function_name,
        "description": function.description or "",
        "logGroup": log_group(function),
        **{name.lower(): _sum(function, name) for name in _COUNTED},
    }


def _sum(function: LambdaFunction, name: str) -> int:
    data = metric_data(cloudwatch_backends[function.account_id][function.region])
    metric = Metric("AWS/Lambda", name, frozenset({("FunctionName", function.function_name)}))
    now = int(time.time() // MINUTE)
    return int(data.statistic("Sum", metric, now - _MINUTES, now + 1) or 0)
