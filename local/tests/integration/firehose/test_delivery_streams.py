"""Firehose writes the records of a stream to S3 as its configuration says."""

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest

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


def test_records_that_apps_put_are_buffered_and_written_together(aws: LocalAws, eventually: Eventually) -> None:
    # given
    s3, firehose, role = aws.client("s3"), aws.client("firehose"), aws.create_role()
    bucket, name = unique_name("bucket"), unique_name("firehose")
    s3.create_bucket(Bucket=bucket)
    firehose.create_delivery_stream(
        DeliveryStreamName=name,
        DeliveryStreamType="DirectPut",
        ExtendedS3DestinationConfiguration={
            "RoleARN": role,
            "BucketARN": f"arn:aws:s3:::{bucket}",
            "Prefix": "exposures/year=!{timestamp:yyyy}/",
            "ErrorOutputPrefix": "errors/",
            "CompressionFormat": "GZIP",
            "BufferingHints": {"IntervalInSeconds": 1, "SizeInMBs": 5},
        },
    )

    # when
    single = firehose.put_record(DeliveryStreamName=name, Record={"Data": b"1\n"})
    batch = firehose.put_record_batch(DeliveryStreamName=name, Records=[{"Data": b"2\n"}, {"Data": b"3\n"}])

    # then
    def objects() -> list[str]:
        return [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]

    eventually(objects)
    (key,) = objects()
    assert key.startswith("exposures/year=2")
    assert gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) == b"1\n2\n3\n"
    ids = [single["RecordId"], *(one["RecordId"] for one in batch["RequestResponses"])]
    assert (len(set(ids)), batch["FailedPutCount"]) == (3, 0)


@pytest.mark.parametrize(
    ("records", "message"),
    [([b"x"] * 501, "500 records"), ([b"x" * 1_024_001], "1024000 bytes"), ([b"x" * 1_000_000] * 5, "4194304 bytes")],
)
def test_puts_beyond_the_limits_are_refused(records: list[bytes], message: str, aws: LocalAws) -> None:
    # given
    firehose, name = aws.client("firehose"), unique_name("firehose")
    destination = {"RoleARN": aws.create_role(), "BucketARN": "arn:aws:s3:::any"}
    firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=destination)

    # when, then
    with pytest.raises(firehose.exceptions.InvalidArgumentException, match=message):
        firehose.put_record_batch(DeliveryStreamName=name, Records=[{"Data": one} for one in records])


def test_a_stream_that_reads_kinesis_takes_no_puts(aws: LocalAws) -> None:
    # given
    firehose, name, role = aws.client("firehose"), unique_name("firehose"), aws.create_role()
    firehose.create_delivery_stream(
        DeliveryStreamName=name,
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={"KinesisStreamARN": aws.create_stream(1)[1], "RoleARN": role},
        ExtendedS3DestinationConfiguration={"RoleARN": role, "BucketARN": "arn:aws:s3:::any"},
    )

    # when, then
    with pytest.raises(firehose.exceptions.InvalidArgumentException, match="not permitted on KinesisStreamAsSource"):
        firehose.put_record(DeliveryStreamName=name, Record={"Data": b"x"})
