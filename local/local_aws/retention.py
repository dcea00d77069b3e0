"""How much of its history the server keeps in memory. AWS keeps it for days or weeks, on more than one machine."""

import os
from dataclasses import dataclass, fields, replace
from functools import cache

_PREFIX = "LOCAL_KEEP_"
MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Each limit is also an environment variable, such as LOCAL_KEEP_SHARD_RECORDS.

    Attributes:
        shard_records: records of a shard that every consumer in this server has read.
        shard_mib: size of these records.
        log_events: newest events of a log group.
        log_mib: size of these events.
        metric_values: newest single values of a metric, for percentiles.
        executions: newest finished executions of a state machine.
        queries: newest query executions of Athena.
        traces: newest traces of X-Ray.
        access_logs: newest access logs of S3 in a target bucket and prefix.
        expired_minutes: how long items of DynamoDB may stay after their time to live; AWS takes some days.
    """

    shard_records: int = 2_000
    shard_mib: int = 4
    log_events: int = 10_000
    log_mib: int = 4
    metric_values: int = 5_000
    executions: int = 1_000
    queries: int = 1_000
    traces: int = 200
    access_logs: int = 1_000
    expired_minutes: int = 60


@cache
def limits() -> Limits:
    """Return the limits, with those that the environment sets."""
    named = {field.name: os.environ.get(_PREFIX + field.name.upper()) for field in fields(Limits)}
    return replace(Limits(), **{name: int(text) for name, text in named.items() if text})
