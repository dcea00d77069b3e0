"""The definition of Firehose: moto keeps the configuration, the records are delivered from here."""

from local_aws.firehose.delivery_streams import FirehosePollers
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Start polling the sources of delivery streams."""
    return RunningService(parts=(FirehosePollers(context.delivery, context.guard),))


SERVICE = Service("firehose", start)
