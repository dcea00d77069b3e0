"""Errors of denied calls, as boto3 reads them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.iam.access_denied import AccessDeniedError, access_denied_response
from local_aws.iam.actors import Actor
from local_aws.iam.api_calls import read_call
from local_aws.iam.permission import Permission
from local_aws.testing.capturing_client import CapturingClient

ACCOUNT, REGION = "123456789012", "us-east-1"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
PERSONALIZE = f"arn:aws:personalize:{REGION}:{ACCOUNT}"
METRIC = {"MetricDataQueries": [], "StartTime": 0, "EndTime": 1}
MESSAGE = {"QueueUrl": f"http://127.0.0.1:1/{ACCOUNT}/q", "MessageBody": "m"}
PROMOTED = {"campaignArn": "c", "filterArn": "f", "promotions": [{"name": "p", "filterArn": "g"}]}
PUBLISH = {"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:t", "Message": "m & m"}
UPDATE = {"campaignArn": f"{PERSONALIZE}:campaign/c", "solutionVersionArn": f"{PERSONALIZE}:solution/s/1"}


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code"),
    [
        ("s3", "get_object", {"Bucket": "b", "Key": "k"}, "AccessDenied"),
        ("sns", "publish", PUBLISH, "AuthorizationError"),
        ("sqs", "send_message", MESSAGE, "AccessDenied"),
        ("dynamodb", "query", {"TableName": "t"}, "AccessDeniedException"),
        ("lambda", "invoke", {"FunctionName": "f"}, "AccessDeniedException"),
        ("cloudwatch", "get_metric_data", METRIC, "AccessDeniedException"),
        ("personalize", "update_campaign", UPDATE, "AccessDeniedException"),
        ("personalize-runtime", "get_recommendations", PROMOTED, "AccessDeniedException"),
    ],
)
def test_a_refusal_reads_as_on_aws(service: str, operation: str, parameters: dict[str, Any], code: str) -> None:
    role = Actor(ACCOUNT, "lambda.amazonaws.com", FUNCTION, f"arn:aws:iam::{ACCOUNT}:role/p/r", "f")

    def answer(environ: dict[str, Any], signing_name: str) -> Any:
        call = read_call(environ, signing_name, ACCOUNT, REGION)
        return access_denied_response(
            call, AccessDeniedError(role, Permission("x:Do", "arn:x & y"), "because no identity-based policy allows it")
        )

    with pytest.raises(ClientError) as raised:
        getattr(CapturingClient(service, answer).client, operation)(**parameters)
    error = raised.value.response["Error"]
    assert error["Code"] == code
    assert error["Message"] == (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/r/f is not authorized to perform: x:Do on resource: arn:x & y"
        " because no identity-based policy allows it"
    )
