"""How long Firehose takes to write an event to the raw store."""

from __future__ import annotations

from scripts.operate.deployment import Deployment

_WRITE_SECONDS = 5.0  # from a full buffer to the object


def delivery_seconds(deployment: Deployment) -> float:
    """Return how long Firehose may take from the stream to S3, with its two buffers."""
    name = deployment.name("firehose-name")
    described = deployment.aws.client("firehose").describe_delivery_stream(DeliveryStreamName=name)
    s3 = described["DeliveryStreamDescription"]["Destinations"][0]["ExtendedS3DestinationDescription"]
    processors = s3.get("ProcessingConfiguration", {}).get("Processors", [])
    parameters = {
        one["ParameterName"]: one["ParameterValue"] for each in processors for one in each.get("Parameters", [])
    }
    buffers = s3["BufferingHints"]["IntervalInSeconds"] + float(parameters.get("BufferIntervalInSeconds", 0))
    return buffers + _WRITE_SECONDS
