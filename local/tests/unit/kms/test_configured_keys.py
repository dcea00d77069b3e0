"""The rights on a key that configuring it takes."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from local_aws.iam.api_calls import Call
from local_aws.kms.configured_keys import configured_key_permissions

ACCOUNT, REGION = "123456789012", "us-east-1"


@pytest.fixture
def key() -> Iterator[str]:
    """A customer managed key."""
    with mock_aws():
        yield boto3.client("kms", region_name=REGION).create_key()["KeyMetadata"]["Arn"]


def test_given_a_key_for_a_function_then_lambda_asks_for_a_grant_and_both_directions(key: str) -> None:
    call = Call("lambda", "CreateFunction", ACCOUNT, REGION, {"FunctionName": "f", "KMSKeyArn": key})
    found = list(configured_key_permissions(call))
    assert [one.action for one in found] == ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt"]
    assert {one.resource for one in found} == {key}
    assert {one.context["kms:viaservice"] for one in found} == {"lambda.us-east-1.amazonaws.com"}


def test_given_a_nested_key_then_it_is_found(key: str) -> None:
    given = {"name": "m", "encryptionConfiguration": {"kmsKeyId": key, "type": "CUSTOMER_MANAGED_KMS_KEY"}}
    found = list(configured_key_permissions(Call("stepfunctions", "CreateStateMachine", ACCOUNT, REGION, given)))
    assert [one.action for one in found] == ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]


@pytest.mark.parametrize("given", [{}, {"KMSKeyArn": ""}, {"KMSKeyArn": "alias/aws/lambda"}])
def test_given_no_key_of_the_customer_then_nothing_is_needed(given: dict[str, str]) -> None:
    assert list(configured_key_permissions(Call("lambda", "CreateFunction", ACCOUNT, REGION, given))) == []
