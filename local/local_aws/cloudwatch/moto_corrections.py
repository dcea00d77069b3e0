"""CloudWatch: composite alarms, the state of a new alarm and of one that is changed."""

from typing import Any

from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse

from local_aws.moto_patches.patching import around


def apply() -> None:
    """See the corrections below."""
    _make_composite_alarms()
    _keep_states()


def _make_composite_alarms() -> None:
    """Answer PutCompositeAlarm.

    Cause: moto/cloudwatch/responses.py, put_metric_alarm takes AlarmRule already, but nothing is named
    put_composite_alarm.
    """
    CloudWatchResponse.put_composite_alarm = CloudWatchResponse.put_metric_alarm  # type: ignore[attr-defined]


def _keep_states() -> None:
    """Begin with INSUFFICIENT_DATA, and change an alarm without changing its state.

    Cause: moto/cloudwatch/models.py, every alarm that is put is a new one, and OK.
    """

    @around(CloudWatchBackend, "put_metric_alarm")
    def put_metric_alarm(original: Any, self: CloudWatchBackend, name: str, *args: Any, **kw: Any) -> Alarm:
        before = self.alarms.get(name)
        alarm = original(self, name, *args, **kw)
        alarm.state_value = before.state_value if before else "INSUFFICIENT_DATA"
        if before:
            kept = ("state_reason", "state_reason_data", "state_updated_timestamp", "history")
            alarm.__dict__.update({name: getattr(before, name) for name in kept})
        return alarm
