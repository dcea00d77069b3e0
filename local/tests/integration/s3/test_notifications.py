"""Event notifications: S3 tells a function, a queue or a topic about an object, if they let it."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.settings import ACCOUNT_ID, REGION
from local_aws.testing.roles import policy, statement
from local_aws.testing.server import LocalAws, eventually, run_server, unique_name

FORWARD = """
import json, os, time, boto3

def handler(event, context):
    time.sleep(float(os.environ.get("SECONDS", "0")))
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(event))
    if os.environ.get("FAILS"):
        raise ValueError("no good")
"""


def create_bucket(aws: LocalAws) -> str:
    name = unique_name("bucket")
    aws.client("s3").create_bucket(Bucket=name)
    aws.client("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def create_forwarder(aws: LocalAws, **variables: str) -> tuple[str, str]:
    """Create a function that sends its events to a queue; return its ARN with the alias, and the queue's URL."""
    url, _ = aws.create_queue()
    name = aws.create_function(FORWARD, Environment={"Variables": {"QUEUE": url, **variables}})
    return aws.client("lambda").get_alias(FunctionName=name, Name="live")["AliasArn"], url


def admit(aws: LocalAws, function_arn: str, bucket: str) -> None:
    """Let a bucket invoke a function."""
    aws.client("lambda").add_permission(
        FunctionName=function_arn.split(":")[6],
        Qualifier="live",
        StatementId="S3",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn=f"arn:aws:s3:::{bucket}",
        SourceAccount=ACCOUNT_ID,
    )


def notify(aws: LocalAws, bucket: str, function_arn: str) -> None:
    """Notify the function of new objects under feeds/."""
    rules = [{"Name": "prefix", "Value": "feeds/"}]
    target = {"LambdaFunctionArn": function_arn, "Events": ["s3:ObjectCreated:*"]}
    aws.client("s3").put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "LambdaFunctionConfigurations": [{**target, "Filter": {"Key": {"FilterRules": rules}}}]
        },
    )


def bodies(aws: LocalAws, url: str) -> list[dict[str, Any]]:
    return [message["Body"] for message in aws.receive_messages(url)]


def test_given_a_new_object_then_the_function_gets_its_key_version_and_sequencer(aws: LocalAws) -> None:
    arn, url = create_forwarder(aws)
    bucket = create_bucket(aws)
    admit(aws, arn, bucket)
    notify(aws, bucket, arn)
    aws.client("s3").put_object(Bucket=bucket, Key="elsewhere/x", Body=b"")
    first, second = (
        aws.client("s3").put_object(Bucket=bucket, Key="feeds/a b+c.csv", Body=body)["VersionId"]
        for body in (b"1", b"22")
    )
    events: list[dict[str, Any]] = []
    eventually(lambda: events.extend(bodies(aws, url)) or len(events) == 2)
    records = [record for event in events for record in event["Records"]]
    objects = sorted((record["s3"]["object"] for record in records), key=lambda one: one["sequencer"])
    assert [(one["key"], one["size"], one["versionId"]) for one in objects] == [
        ("feeds/a+b%2Bc.csv", 1, first),
        ("feeds/a+b%2Bc.csv", 2, second),
    ]
    assert {(record["eventSource"], record["eventName"]) for record in records} == {("aws:s3", "ObjectCreated:Put")}


def test_given_a_slow_function_then_the_upload_does_not_wait_for_it(aws: LocalAws) -> None:
    arn, url = create_forwarder(aws, SECONDS="3")
    bucket = create_bucket(aws)
    admit(aws, arn, bucket)
    notify(aws, bucket, arn)
    began = time.monotonic()
    aws.client("s3").put_object(Bucket=bucket, Key="feeds/x", Body=b"")
    assert time.monotonic() - began < 2
    assert eventually(lambda: bodies(aws, url))


def test_given_a_failing_function_then_it_is_tried_three_times(aws: LocalAws) -> None:
    arn, url = create_forwarder(aws, FAILS="yes")
    bucket = create_bucket(aws)
    admit(aws, arn, bucket)
    notify(aws, bucket, arn)
    aws.client("s3").put_object(Bucket=bucket, Key="feeds/x", Body=b"")
    events: list[dict[str, Any]] = []
    eventually(lambda: events.extend(bodies(aws, url)) or len(events) >= 3)
    time.sleep(0.5)
    assert len(events + bodies(aws, url)) == 3


@pytest.mark.parametrize("admitted", [None, "another-bucket"])
def test_given_a_function_that_does_not_let_the_bucket_in_then_it_is_no_destination(
    aws: LocalAws, admitted: str | None
) -> None:
    arn, _ = create_forwarder(aws)
    if admitted:
        admit(aws, arn, admitted)
    with pytest.raises(ClientError, match="Unable to validate the following destination") as refused:
        notify(aws, create_bucket(aws), arn)
    assert refused.value.response["Error"]["Code"] == "InvalidArgument"


def test_given_a_permission_that_was_removed_then_the_function_is_not_invoked(aws: LocalAws) -> None:
    arn, url = create_forwarder(aws)
    bucket = create_bucket(aws)
    admit(aws, arn, bucket)
    notify(aws, bucket, arn)
    aws.client("lambda").remove_permission(FunctionName=arn.split(":")[6], Qualifier="live", StatementId="S3")
    aws.client("s3").put_object(Bucket=bucket, Key="feeds/x", Body=b"")
    time.sleep(1)
    assert bodies(aws, url) == []


def test_given_a_queue_then_it_gets_the_test_event_and_the_notification(aws: LocalAws) -> None:
    url, arn = aws.create_queue()
    bucket = create_bucket(aws)
    allowed = policy(statement("sqs:SendMessage", Principal={"Service": "s3.amazonaws.com"}, Resource=arn))
    aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": allowed})
    target = {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}
    aws.client("s3").put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [target]}
    )
    (test_event,) = eventually(lambda: bodies(aws, url))
    aws.client("s3").put_object(Bucket=bucket, Key="x", Body=b"")
    (event,) = eventually(lambda: bodies(aws, url))
    assert test_event["Event"] == "s3:TestEvent"
    assert event["Records"][0]["s3"]["bucket"]["arn"] == f"arn:aws:s3:::{bucket}"


def test_given_an_unknown_function_then_only_a_request_that_skips_the_check_is_accepted(aws: LocalAws) -> None:
    target = {
        "LambdaFunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:nobody",
        "Events": ["s3:ObjectCreated:*"],
    }
    given = {"Bucket": create_bucket(aws), "NotificationConfiguration": {"LambdaFunctionConfigurations": [target]}}
    with pytest.raises(ClientError, match="Unable to validate"):
        aws.client("s3").put_bucket_notification_configuration(**given)
    aws.client("s3").put_bucket_notification_configuration(**given, SkipDestinationValidation=True)


def test_given_notifications_that_repeat_then_the_function_gets_each_twice(
    tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    with run_server(tmp_path, LOCAL_S3_REPEATED_NOTIFICATIONS="1") as aws:
        arn, url = create_forwarder(aws)
        bucket = create_bucket(aws)
        admit(aws, arn, bucket)
        notify(aws, bucket, arn)
        aws.client("s3").put_object(Bucket=bucket, Key="feeds/x", Body=b"")
        events: list[dict[str, Any]] = []
        eventually(lambda: events.extend(bodies(aws, url)) or len(events) == 2)
        sequencers = {record["s3"]["object"]["sequencer"] for event in events for record in event["Records"]}
    assert len(sequencers) == 1
    assert json.dumps(events[0]) == json.dumps(events[1])
