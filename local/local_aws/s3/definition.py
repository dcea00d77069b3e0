"""The definition of S3: moto answers it, with corrections; its notifications are delivered from here."""

from local_aws.events.targets import TargetInvoker
from local_aws.s3 import documents, notifications
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Deliver notifications through the invoker of targets, check their destinations, and show JSON objects."""
    notifications.deliver_notifications_through(context.require(TargetInvoker))
    notifications.check_destinations_with(context.authorizer)
    return RunningService(administration={"documents": documents.answer})


SERVICE = Service(
    "s3",
    start,
    corrections=(
        "local_aws.s3.access_logs",
        "local_aws.s3.event_messages",
        "local_aws.s3.moto_corrections",
        "local_aws.s3.object_lists",
    ),
)
