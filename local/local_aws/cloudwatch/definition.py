"""The definition of CloudWatch: moto keeps metrics and alarms, the alarms are evaluated here."""

from local_aws.cloudwatch.alarm_list import list_alarms
from local_aws.cloudwatch.alarm_monitor import AlarmMonitor
from local_aws.events.targets import TargetInvoker
from local_aws.http.responses import json_response
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Start evaluating alarms, and answer `/_local/alarms`."""
    return RunningService(
        administration={"alarms": lambda request: json_response({"alarms": list_alarms()})},
        parts=(AlarmMonitor(context.require(TargetInvoker)),),
    )


SERVICE = Service(
    "cloudwatch", start, corrections=("local_aws.cloudwatch.moto_corrections", "local_aws.cloudwatch.retention")
)
