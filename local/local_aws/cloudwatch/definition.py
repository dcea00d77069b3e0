"""The definition of CloudWatch: moto keeps metrics and alarms, the alarms are evaluated here."""

from local_aws.cloudwatch.alarm_monitor import AlarmMonitor
from local_aws.events.targets import TargetInvoker
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Start evaluating alarms."""
    return RunningService(parts=(AlarmMonitor(context.require(TargetInvoker)),))


SERVICE = Service(
    "cloudwatch", start, corrections=("local_aws.cloudwatch.moto_corrections", "local_aws.cloudwatch.retention")
)
