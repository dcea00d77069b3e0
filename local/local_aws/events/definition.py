"""The definition of EventBridge: moto keeps the rules, their targets are called from here."""

from local_aws.events import rules
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Deliver to the targets of rules; provides the targets to Scheduler and CloudWatch."""
    targets = rules.connect(context.delivery, context.guard)
    context.provide(targets)
    return RunningService(parts=(targets,))


SERVICE = Service("events", start, corrections=("local_aws.events.moto_corrections",))
