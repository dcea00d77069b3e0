"""Firehose writes the records of a stream to S3 as its configuration says."""

import gzip
import re
from collections.abc import Callable
from typing import Any

from local_aws.testing.server import LocalAws, unique_name

Eventually = Callable[..., Any]


def test_firehose_writes_the_objects_that_its_configuration_says(aws: LocalAws, eventually: Eventually) -> None:
    s3, (stream, arn), role = aws.client("s3"), aws.create_stream(2), aws.create_role()
    bucket, name = unique_name("bucket"), unique_name("firehose")
    s3.create_bucket(Bucket=bucket)
    delimiter = {"ParameterName": "Delimiter", "ParameterValue": "\\n"}
    aws.client("firehose").create_delivery_stream(
        DeliveryStreamName=name,
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={"KinesisStreamARN": arn, "RoleARN": role},
        ExtendedS3DestinationConfiguration={
            "RoleARN": role,
            "BucketARN": f"arn:aws:s3:::{bucket}",
            "Prefix": "events/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/",
            "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
            "CompressionFormat": "GZIP",
            "FileExtension": ".json.gz",
            "BufferingHints": {"IntervalInSeconds": 1, "SizeInMBs": 5},
            "ProcessingConfiguration": {
                "Enabled": True,
                "Processors": [{"Type": "AppendDelimiterToRecord", "Parameters": [delimiter]}],
            },
        },
    )
    texts = [f'{{"n": {number}}}' for number in range(50)]
    aws.put_records(stream, *texts)

    def lines() -> list[str]:
        keys = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
        bodies = [gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).decode() for key in keys]
        return [line for body in bodies for line in body.splitlines()]

    eventually(lambda: sorted(lines()) == sorted(texts))
    name_form = rf"events/year=\d{{4}}/month=\d\d/day=\d\d/hour=\d\d/{name}-1-[\d-]{{19}}-[0-9a-f-]{{36}}\.json\.gz"
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert [key for key in keys if not re.fullmatch(name_form, key)] == []
