"""Probes of the corrections of Firehose."""

import contextlib

from local_aws.testing.moto_probes import client, create_role, probe


@probe("firehose.check_processors")
def refuses_a_processor_without_a_function() -> None:
    firehose = client("firehose")
    processors = {"Enabled": True, "Processors": [{"Type": "Lambda", "Parameters": []}]}
    destination = {"RoleARN": create_role(), "BucketARN": "arn:aws:s3:::b", "ProcessingConfiguration": processors}
    with contextlib.suppress(firehose.exceptions.InvalidArgumentException):
        firehose.create_delivery_stream(DeliveryStreamName="f", ExtendedS3DestinationConfiguration=destination)
        raise AssertionError("the processor was accepted")
