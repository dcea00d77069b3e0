"""The definition of Firehose: moto keeps the configuration, the records are delivered here."""

from local_aws.firehose.delivery_streams import DeliveryStreamPollers
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Start polling the sources of delivery streams."""
    return RunningService(parts=(DeliveryStreamPollers(context.delivery, context.authorizer),))


SERVICE = Service("firehose", start, corrections=("local_aws.firehose.moto_corrections",))
