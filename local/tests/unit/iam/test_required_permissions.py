"""The permissions that calls need, for requests as boto3 sends them."""

from typing import Any

import pytest

from local_aws.iam.api_calls import UnknownOperationError, read_call
from local_aws.iam.required_permissions import required_permissions
from local_aws.iam.resource_finders import ActionOnResource
from local_aws.testing.capturing_client import CapturingClient

ACCOUNT, REGION = "123456789012", "us-east-1"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
PERSONALIZE = f"arn:aws:personalize:{REGION}:{ACCOUNT}"


class SeenError(Exception):
    """Carries what a call needs out of the client."""


def needed(service: str, operation: str, parameters: dict[str, Any]) -> list[ActionOnResource]:
    def answer(environ: dict[str, Any], signing_name: str) -> None:
        call = read_call(environ, signing_name, ACCOUNT, REGION)
        assert call.operation.lower() == operation.replace("_", "")
        raise SeenError(required_permissions(call))

    with pytest.raises(SeenError) as seen:
        getattr(CapturingClient(service, answer).client, operation)(**parameters)
    return seen.value.args[0]


LINES = {"logGroupName": "/g", "logStreamName": "s", "logEvents": [{"timestamp": 0, "message": "m"}]}
METRIC = {"MetricDataQueries": [], "StartTime": 0, "EndTime": 1}
RECORDS = {"ShardIterator": "i", "StreamARN": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/s"}
WRITES = {"RequestItems": {"t": [{"PutRequest": {"Item": {"pk": {"S": "a"}}}}]}}
SEGMENTS = {"TraceSegmentDocuments": ["{}"]}
DELETE = {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}, {"Key": "l"}]}}
EVENTS = {"trackingId": "t", "sessionId": "s", "eventList": [{"eventType": "e", "sentAt": 0}]}
MESSAGE = {"QueueUrl": f"http://127.0.0.1:1/{ACCOUNT}/q", "MessageBody": "m"}
PROMOTED = {"campaignArn": "c", "filterArn": "f", "promotions": [{"name": "p", "filterArn": "g"}]}
PUBLISH = {"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:t", "Message": "m & m"}
LIST = {"stateMachineArn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:m"}
VERSION = {"solutionVersionArn": f"{PERSONALIZE}:solution/s/1"}
UPDATE = {"campaignArn": f"{PERSONALIZE}:campaign/c", "solutionVersionArn": f"{PERSONALIZE}:solution/s/1"}


DATASET = {
    "name": "d",
    "schemaArn": f"{PERSONALIZE}:schema/s",
    "datasetGroupArn": f"{PERSONALIZE}:dataset-group/g",
    "datasetType": "ITEMS",
}
EITHER_FORM = ("solution/s/1", "solution/s")


def personalize(action: str, *resources: str) -> list[ActionOnResource]:
    return [(f"personalize:{action}", f"{PERSONALIZE}:{resource}") for resource in resources]


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    [
        ("s3", "get_object", {"Bucket": "b", "Key": "a b/c"}, [("s3:GetObject", "arn:aws:s3:::b/a b/c")]),
        ("s3", "head_object", {"Bucket": "b", "Key": "k"}, [("s3:GetObject", "arn:aws:s3:::b/k")]),
        ("s3", "put_object", {"Bucket": "b", "Key": "k", "Body": b"x"}, [("s3:PutObject", "arn:aws:s3:::b/k")]),
        ("s3", "list_objects_v2", {"Bucket": "b", "Prefix": "p"}, [("s3:ListBucket", "arn:aws:s3:::b")]),
        (
            "s3",
            "put_bucket_notification_configuration",
            {"Bucket": "b", "NotificationConfiguration": {}},
            [("s3:PutBucketNotification", "arn:aws:s3:::b")],
        ),
        ("s3", "get_bucket_location", {"Bucket": "b"}, [("s3:GetBucketLocation", "arn:aws:s3:::b")]),
        (
            "s3",
            "create_multipart_upload",
            {"Bucket": "b", "Key": "k"},
            [("s3:PutObject", "arn:aws:s3:::b/k")],
        ),
        (
            "s3",
            "copy_object",
            {"Bucket": "b", "Key": "k", "CopySource": "c/l"},
            [("s3:PutObject", "arn:aws:s3:::b/k"), ("s3:GetObject", "arn:aws:s3:::c/l")],
        ),
        (
            "s3",
            "delete_objects",
            DELETE,
            [("s3:DeleteObject", "arn:aws:s3:::b/k"), ("s3:DeleteObject", "arn:aws:s3:::b/l")],
        ),
        ("s3", "list_buckets", {}, [("s3:ListAllMyBuckets", "*")]),
        ("kinesis", "put_record", {"StreamName": "s", "Data": b"", "PartitionKey": "p"}, "kinesis:PutRecord stream/s"),
        ("kinesis", "get_records", RECORDS, "kinesis:GetRecords stream/s"),
        ("dynamodb", "query", {"TableName": "t", "IndexName": "idx"}, "dynamodb:Query table/t/index/idx"),
        ("dynamodb", "batch_write_item", WRITES, "dynamodb:BatchWriteItem table/t"),
        ("sqs", "send_message", MESSAGE, "sqs:SendMessage q"),
        ("sns", "publish", PUBLISH, "sns:Publish t"),
        ("ssm", "get_parameter", {"Name": "/a/b"}, "ssm:GetParameter parameter/a/b"),
        ("kms", "decrypt", {"CiphertextBlob": b"x", "KeyId": "k"}, "kms:Decrypt key/k"),
        ("lambda", "invoke", {"FunctionName": "f", "Qualifier": "live"}, "lambda:InvokeFunction function:f:live"),
        ("lambda", "invoke", {"FunctionName": f"{FUNCTION}:live"}, "lambda:InvokeFunction function:f:live"),
        (
            "lambda",
            "invoke",
            {"FunctionName": "f", "Payload": b'{"FunctionName": "g"}'},
            "lambda:InvokeFunction function:f",
        ),
        ("lambda", "invoke", {"FunctionName": "f", "Payload": b"{no JSON"}, "lambda:InvokeFunction function:f"),
        ("stepfunctions", "list_executions", LIST, "states:ListExecutions stateMachine:m"),
        ("logs", "put_log_events", LINES, "logs:PutLogEvents log-group:/g:log-stream:s"),
        ("events", "put_rule", {"Name": "r", "EventBusName": "b", "State": "ENABLED"}, "events:PutRule rule/b/r"),
        ("cloudwatch", "get_metric_data", METRIC, [("cloudwatch:GetMetricData", "*")]),
        (
            "cloudwatch",
            "describe_alarms",
            {"AlarmNames": ["a"]},
            [("cloudwatch:DescribeAlarms", arn("cloudwatch", "alarm:a"))],
        ),
        (
            "cloudwatch",
            "describe_alarms",
            {"AlarmNamePrefix": "a"},
            [("cloudwatch:DescribeAlarms", arn("cloudwatch", "alarm:*"))],
        ),
        ("xray", "put_trace_segments", SEGMENTS, [("xray:PutTraceSegments", "*")]),
        ("personalize", "list_solution_versions", {}, [("personalize:ListSolutionVersions", "*")]),
        ("personalize", "describe_solution_version", VERSION, personalize("DescribeSolutionVersion", *EITHER_FORM)),
        ("personalize", "get_solution_metrics", VERSION, personalize("GetSolutionMetrics", *EITHER_FORM)),
        (
            "personalize",
            "stop_solution_version_creation",
            VERSION,
            personalize("StopSolutionVersionCreation", *EITHER_FORM),
        ),
        (
            "personalize",
            "create_solution_version",
            {"solutionArn": f"{PERSONALIZE}:solution/s"},
            personalize("CreateSolutionVersion", "solution/s/00000000", "solution/s"),
        ),
        ("personalize", "update_campaign", UPDATE, personalize("UpdateCampaign", "campaign/c", *EITHER_FORM)),
        (
            "personalize",
            "create_campaign",
            {"name": "c", **VERSION},
            personalize("CreateCampaign", "campaign/c", *EITHER_FORM),
        ),
        (
            "personalize",
            "create_dataset",
            DATASET,
            personalize("CreateDataset", "dataset/g/ITEMS", "schema/s", "dataset-group/g"),
        ),
        (
            "personalize",
            "create_event_tracker",
            {"name": "t", "datasetGroupArn": f"{PERSONALIZE}:dataset-group/g"},
            personalize("CreateEventTracker", "event-tracker/00000000", "dataset-group/g"),
        ),
        (
            "personalize-events",
            "put_items",
            {"datasetArn": f"{PERSONALIZE}:dataset/g/ITEMS", "items": [{"itemId": "i"}]},
            personalize("PutItems", "dataset/g/ITEMS"),
        ),
        ("personalize-events", "put_events", EVENTS, [("personalize:PutEvents", "*")]),
        (
            "personalize-runtime",
            "get_recommendations",
            PROMOTED,
            [("personalize:GetRecommendations", name) for name in ("c", "f", "g")],
        ),
        ("sts", "get_caller_identity", {}, []),
    ],
)
def test_a_call_needs_what_its_service_documents(
    service: str, operation: str, parameters: dict[str, Any], expected: list[ActionOnResource] | str
) -> None:
    if isinstance(expected, str):
        action, resource = expected.split(" ")
        expected = [(action, arn(action.split(":")[0], resource))]
    assert needed(service, operation, parameters) == expected


def test_a_call_whose_resource_cannot_be_told_is_named() -> None:
    with pytest.raises(UnknownOperationError, match="kinesis GetRecords"):
        needed("kinesis", "get_records", {"ShardIterator": "i"})
    with pytest.raises(UnknownOperationError, match="ecs DescribeClusters"):
        needed("ecs", "describe_clusters", {"clusters": ["c"]})
