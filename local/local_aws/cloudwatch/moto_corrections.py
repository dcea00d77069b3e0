"""CloudWatch: composite alarms, and the state of a new alarm and of a changed one."""

from typing import Any

from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse

from local_aws.moto_patches.patching import correction, wrap_method


@correction
def put_composite_alarms() -> None:
    """Answer PutCompositeAlarm.

    Cause: moto/cloudwatch/responses.py, put_metric_alarm takes AlarmRule already, but nothing is named
    put_composite_alarm.
    """
    CloudWatchResponse.put_composite_alarm = CloudWatchResponse.put_metric_alarm  # type: ignore[attr-defined]


@correction
def keep_states() -> None:
    """Begin with the state INSUFFICIENT_DATA, and keep the state of an alarm that is changed.

    Cause: moto/cloudwatch/models.py, put_metric_alarm makes a new alarm each time, with the state OK.
    """

    @wrap_method(CloudWatchBackend, "put_metric_alarm")
    def put_metric_alarm(original: Any, self: CloudWatchBackend, name: str, *args: Any, **kw: Any) -> Any:
        before = self.alarms.get(name)
        alarm = original(self, name, *args, **kw)
        alarm.state_value = before.state_value if before else "INSUFFICIENT_DATA"
        if before:
            kept = ("state_reason", "state_reason_data", "state_updated_timestamp", "history")
            alarm.__dict__.update({name: getattr(before, name) for name in kept})
        return alarm
