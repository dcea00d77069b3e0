"""A delivery stream sends records to a function, and delivers what it returns."""

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from local_aws.settings import ACCOUNT_ID, REGION
from local_aws.testing.kpl import aggregate
from local_aws.testing.server import LocalAws, unique_name

Eventually = Callable[..., Any]
# Each record's text says what becomes of it.
CODE = """
import base64, json, os

def handler(event, context):
    texts = [base64.b64decode(record["data"]).decode() for record in event["records"]]
    if "raise" in texts:
        raise ValueError("no good")
    if "malformed" in texts:
        return {"records": "none"}
    returned = []
    for text, record in zip(texts, event["records"]):
        kind = text.split()[0]
        new = base64.b64encode((json.dumps([text, len(event["records"])]) + "\\n").encode()).decode()
        if kind in ("Ok", "Dropped", "ProcessingFailed", "wrong"):
            returned.append({"recordId": record["recordId"], "result": kind, "data": new})
        if kind == "twice":
            returned += [{"recordId": record["recordId"], "result": "Ok", "data": new}] * 2
        if kind == "dataless":
            returned.append({"recordId": record["recordId"], "result": "Ok"})
    return {"records": returned}
"""


class DeliveryStream:
    """A delivery stream with a function."""

    def __init__(self, aws: LocalAws, role: str, *, retries: int = 0, buffer_seconds: int = 1) -> None:
        self.aws, self.bucket, self.log_group = aws, unique_name("bucket"), unique_name("log")
        self.name, self.function = unique_name("firehose"), aws.create_function(CODE)
        self.stream, arn = aws.create_stream()
        aws.client("s3").create_bucket(Bucket=self.bucket)
        aws.client("logs").create_log_group(logGroupName=self.log_group)
        aws.client("logs").create_log_stream(logGroupName=self.log_group, logStreamName="errors")
        self.arn = f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{self.function}:live"
        parameters = {
            "LambdaArn": self.arn,
            "NumberOfRetries": str(retries),
            "BufferSizeInMBs": "0.2",
            "BufferIntervalInSeconds": str(buffer_seconds),
        }
        aws.client("firehose").create_delivery_stream(
            DeliveryStreamName=self.name,
            DeliveryStreamType="KinesisStreamAsSource",
            KinesisStreamSourceConfiguration={"KinesisStreamARN": arn, "RoleARN": role},
            ExtendedS3DestinationConfiguration={
                "RoleARN": role,
                "BucketARN": f"arn:aws:s3:::{self.bucket}",
                "Prefix": "events/!{timestamp:yyyy}/",
                "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/!{timestamp:yyyy}/",
                "CompressionFormat": "GZIP",
                "BufferingHints": {"IntervalInSeconds": 0, "SizeInMBs": 1},
                "CloudWatchLoggingOptions": {
                    "Enabled": True, "LogGroupName": self.log_group, "LogStreamName": "errors",
                },
                "ProcessingConfiguration": {"Enabled": True, "Processors": [processor(**parameters)]},
            },
        )  # fmt: skip

    def _bodies(self, prefix: str) -> list[bytes]:
        s3 = self.aws.client("s3")
        found = s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])
        return [s3.get_object(Bucket=self.bucket, Key=one["Key"])["Body"].read() for one in found]

    def delivered(self) -> list[str]:
        """The texts of the records that were delivered."""
        bodies = map(gzip.decompress, self._bodies("events/"))
        return [json.loads(line)[0] for body in bodies for line in body.splitlines()]

    def batches(self) -> list[int]:
        """For each record that was delivered, how many records came with it."""
        return [json.loads(line)[1] for body in self._bodies("events/") for line in gzip.decompress(body).splitlines()]

    def failures(self) -> dict[str, dict[str, Any]]:
        """What was written about records that failed, by their text."""
        lines = [json.loads(line) for body in self._bodies("errors/processing-failed/") for line in body.splitlines()]
        return {base64.b64decode(line["rawData"]).decode(): line for line in lines}


def processor(kind: str = "Lambda", **parameters: str) -> dict[str, Any]:
    return {
        "Type": kind,
        "Parameters": [{"ParameterName": name, "ParameterValue": value} for name, value in parameters.items()],
    }


@pytest.fixture
def made(aws: LocalAws) -> DeliveryStream:
    actions = ("kinesis:*", "logs:*", "s3:*", "lambda:InvokeFunction", "lambda:GetFunctionConfiguration")
    return DeliveryStream(aws, aws.create_role(*actions))


def codes(made: DeliveryStream) -> dict[str, str]:
    return {text: line["errorCode"] for text, line in made.failures().items()}


def test_given_every_result_then_each_record_goes_where_the_function_says(
    aws: LocalAws, made: DeliveryStream, eventually: Eventually
) -> None:
    expected = {
        "ProcessingFailed": "Lambda.ProcessingFailedStatus",
        "twice": "Lambda.DuplicatedRecordId",
        "missing": "Lambda.MissingRecordId",
        "wrong": "Lambda.InvalidReturnFormat",
        "dataless": "Lambda.InvalidReturnFormat",
    }

    aws.put_records(made.stream, "Ok 1", "Dropped", *expected, "Ok 2")

    eventually(lambda: codes(made) == expected and sorted(made.delivered()) == ["Ok 1", "Ok 2"])
    line = made.failures()["ProcessingFailed"]
    assert set(line) == {
        "attemptsMade", "arrivalTimestamp", "errorCode", "errorMessage", "attemptEndingTimestamp", "rawData",
        "lambdaArn",
    }  # fmt: skip
    assert line["attemptsMade"] == 1
    assert line["lambdaArn"] == made.arn
    assert line["attemptEndingTimestamp"] >= line["arrivalTimestamp"] > 1e12
    logged = eventually(lambda: aws.log_lines(made.log_group))
    assert {json.loads(line)["errorCode"] for line in logged} == set(expected.values()) - {
        "Lambda.ProcessingFailedStatus"
    }


@pytest.mark.parametrize(
    ("kind", "code", "attempts"),
    [("raise", "Lambda.FunctionError", 2), ("malformed", "Lambda.JsonProcessingException", 1)],
)
def test_given_a_failed_invocation_then_it_is_repeated_and_then_all_records_fail_with_their_bytes(
    aws: LocalAws, eventually: Eventually, kind: str, code: str, attempts: int
) -> None:
    made = DeliveryStream(aws, aws.create_role("*"), retries=1)

    aws.put_records(made.stream, "Ok 1", kind)

    eventually(lambda: codes(made) == {"Ok 1": code, kind: code})
    assert {line["attemptsMade"] for line in made.failures().values()} == {attempts}
    aws.put_records(made.stream, "Ok 2")
    eventually(lambda: made.delivered() == ["Ok 2"])


@pytest.mark.parametrize("missing", ["lambda:InvokeFunction", "lambda:GetFunctionConfiguration"])
def test_given_a_role_that_may_not_invoke_the_function_then_the_records_fail(
    aws: LocalAws, eventually: Eventually, missing: str
) -> None:
    allowed = {"lambda:InvokeFunction", "lambda:GetFunctionConfiguration"} - {missing}
    made = DeliveryStream(aws, aws.create_role("kinesis:*", "logs:*", "s3:*", *allowed))

    aws.put_records(made.stream, "Ok 1")

    eventually(lambda: codes(made) == {"Ok 1": "Lambda.InvokeAccessDenied"})


def test_given_more_than_a_buffer_holds_then_the_function_gets_several_batches(
    aws: LocalAws, eventually: Eventually
) -> None:
    made = DeliveryStream(aws, aws.create_role("*"), buffer_seconds=2)
    texts = [f"Ok {number} {'x' * 50_000}" for number in range(8)]  # 0.2 MB hold four of them

    records = [{"Data": text.encode(), "PartitionKey": "a"} for text in texts]
    aws.client("kinesis").put_records(StreamName=made.stream, Records=records)

    eventually(lambda: sorted(made.delivered()) == sorted(texts))
    assert sorted(made.batches()) == [4] * 8


def test_given_a_kpl_aggregate_then_the_function_gets_its_user_records(
    aws: LocalAws, made: DeliveryStream, eventually: Eventually
) -> None:
    data = aggregate(b"Ok 1", b"Ok 2")

    aws.client("kinesis").put_record(StreamName=made.stream, PartitionKey="a", Data=data)

    eventually(lambda: sorted(made.delivered()) == ["Ok 1", "Ok 2"])


def test_given_processors_that_aws_refuses_when_updated_then_refused(aws: LocalAws, made: DeliveryStream) -> None:
    firehose = aws.client("firehose")
    given = {"Enabled": True, "Processors": [processor(LambdaArn=made.arn), processor(LambdaArn=made.arn)]}

    with pytest.raises(firehose.exceptions.InvalidArgumentException, match="Only one processor"):
        firehose.update_destination(
            DeliveryStreamName=made.name,
            CurrentDeliveryStreamVersionId="1",
            DestinationId="destinationId-000000000001",
            ExtendedS3DestinationUpdate={"ProcessingConfiguration": given},
        )
