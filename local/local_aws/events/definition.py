"""The definition of EventBridge: moto keeps the rules, their targets are invoked from here."""

from local_aws.events import rules
from local_aws.events.targets import TargetInvoker
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Invoke the targets of rules; provides the invoker to Scheduler and CloudWatch."""
    targets = TargetInvoker(context.delivery, context.authorizer)
    rules.invoke_targets_through(targets)
    context.provide(targets)
    return RunningService(parts=(targets,))


SERVICE = Service("events", start, corrections=("local_aws.events.moto_corrections",))
