"""All alarms, the ones that are on first."""

from datetime import UTC
from typing import Any

from moto.cloudwatch.models import Alarm, cloudwatch_backends

_ORDER = {"ALARM": 0, "INSUFFICIENT_DATA": 1, "OK": 2}


def list_alarms() -> list[dict[str, Any]]:
    """Return every alarm: ARN, name, description, state, its reason and since when (ISO 8601), metric and threshold."""
    backends = [backend for account in list(cloudwatch_backends.values()) for backend in list(account.values())]
    alarms = [alarm for backend in backends for alarm in list(backend.alarms.values())]
    return [_describe(alarm) for alarm in sorted(alarms, key=lambda one: (_ORDER.get(one.state_value, 3), one.name))]


def _describe(alarm: Alarm) -> dict[str, Any]:
    return {
        "arn": alarm.alarm_arn,
        "name": alarm.name,
        "description": alarm.description or "",
        "state": alarm.state_value,
        "reason": alarm.state_reason,
        "since": alarm.state_updated_timestamp.replace(tzinfo=UTC).isoformat(),
        "metric": f"{alarm.namespace} {alarm.metric_name}" if alarm.metric_name else "arithmetic with metrics",
        "condition": f"{alarm.comparison_operator} {alarm.threshold}",
        "actions": bool(alarm.actions_enabled),
    }
