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


@probe("firehose.buffer_direct_puts")
def writes_direct_puts_under_the_prefix() -> None:
    firehose, s3 = client("firehose"), client("s3")
    s3.create_bucket(Bucket="direct")
    hints = {"IntervalInSeconds": 0, "SizeInMBs": 1}
    destination = {"RoleARN": create_role(), "BucketARN": "arn:aws:s3:::direct", "BufferingHints": hints}
    firehose.create_delivery_stream(
        DeliveryStreamName="f", ExtendedS3DestinationConfiguration={**destination, "Prefix": "!{timestamp:yyyy}/in/"}
    )
    firehose.put_record(DeliveryStreamName="f", Record={"Data": b"x"})
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket="direct").get("Contents", [])]
    assert not any(key.startswith("!") for key in keys), "the prefix was not evaluated"
