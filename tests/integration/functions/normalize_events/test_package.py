"""The built zip as the data transformation of a delivery stream."""

import base64
import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from local_aws.settings import ACCOUNT_ID, REGION
from local_aws.testing.kpl import aggregate
from local_aws.testing.server import LocalAws, eventually, run_server
from scripts.common.environments import ROOT
from scripts.generate.package import main as package
from tests.unit.functions.streams import event

NAME, BUCKET = "normalize-events", "raw"
LINE = json.dumps(event(), separators=(",", ":")).encode()
PRETTY = json.dumps(event(), indent=2).encode()
REFUSED = [b"no event", gzip.compress(PRETTY)[:-4], PRETTY.decode().encode("utf-16")]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with run_server(tmp_path_factory.mktemp("aws")) as aws:
        yield aws


@pytest.fixture(scope="module")
def stream(aws: LocalAws) -> str:
    """A stream whose records go through the function to a bucket."""
    assert package([NAME.replace("-", "_")]) == 0
    zipped = (ROOT / "build" / "normalize_events.zip").read_bytes()
    role = aws.create_role("kinesis:*", "lambda:InvokeFunction", "lambda:GetFunctionConfiguration", "logs:*", "s3:*")
    aws.client("lambda").create_function(
        FunctionName=NAME,
        Role=role,
        Handler="normalize_events.handler.handler",
        Runtime="python3.13",
        Code={"ZipFile": zipped},
        Environment={"Variables": {"PETS_TABLE": "pets", "AGE_LIMITS": "[1, 3, 7, 10]"}},
    )
    aws.client("s3").create_bucket(Bucket=BUCKET)
    name, arn = aws.create_stream()
    parameters = {
        "LambdaArn": f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{NAME}",
        "BufferSizeInMBs": "0.2",
        "BufferIntervalInSeconds": "0",
    }
    given = [{"ParameterName": key, "ParameterValue": value} for key, value in parameters.items()]
    aws.client("firehose").create_delivery_stream(
        DeliveryStreamName="raw-events",
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={"KinesisStreamARN": arn, "RoleARN": role},
        ExtendedS3DestinationConfiguration={
            "RoleARN": role,
            "BucketARN": f"arn:aws:s3:::{BUCKET}",
            "Prefix": "events/!{timestamp:yyyy}/",
            "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
            "BufferingHints": {"IntervalInSeconds": 0, "SizeInMBs": 1},
            "ProcessingConfiguration": {"Enabled": True, "Processors": [{"Type": "Lambda", "Parameters": given}]},
        },
    )
    return name


def lines(aws: LocalAws, prefix: str) -> list[bytes]:
    s3: Any = aws.client("s3")
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]
    bodies = [s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys]
    return [line for body in bodies for line in body.split(b"\n") if line]


def test_given_records_of_all_forms_when_delivered_then_events_are_lines_and_others_keep_their_bytes(
    aws: LocalAws, stream: str
) -> None:
    forms = [PRETTY, gzip.compress(PRETTY * 2), aggregate(PRETTY, gzip.compress(PRETTY)), b"[%s,%s]" % (PRETTY, PRETTY)]

    records = [{"Data": data, "PartitionKey": "p"} for data in [*forms, *REFUSED]]
    aws.client("kinesis").put_records(StreamName=stream, Records=records)

    eventually(lambda: len(lines(aws, "errors/")) == len(REFUSED))
    eventually(lambda: lines(aws, "events/") == [LINE] * 7)
    refused = [base64.b64decode(json.loads(line)["rawData"]) for line in lines(aws, "errors/processing-failed/")]
    assert sorted(refused) == sorted(REFUSED)
