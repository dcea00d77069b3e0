"""CloudWatch: composite alarms."""

from moto.cloudwatch.responses import CloudWatchResponse


def apply() -> None:
    """Answer PutCompositeAlarm.

    Cause: moto/cloudwatch/responses.py, put_metric_alarm takes AlarmRule already, but nothing is named
    put_composite_alarm.
    """
    CloudWatchResponse.put_composite_alarm = CloudWatchResponse.put_metric_alarm  # type: ignore[attr-defined]
