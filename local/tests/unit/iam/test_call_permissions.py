"""All permissions of a call: for its resources, the roles that it passes, and the keys that it configures."""

from typing import Any

import pytest

from local_aws.iam.actors import Actor
from local_aws.iam.api_calls import Call
from local_aws.iam.call_permissions import call_permissions
from local_aws.iam.permission import Permission

ACCOUNT, REGION = "123456789012", "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
DEPLOYER = Actor(ACCOUNT, role_arn=f"arn:aws:iam::{ACCOUNT}:role/deployer", session="s")


def needed(service: str, operation: str, actor: Actor = DEPLOYER, **parameters: Any) -> list[Permission]:
    return list(call_permissions(Call(service, operation, ACCOUNT, REGION, parameters), actor))


def passed(permissions: list[Permission]) -> list[tuple[str, str]]:
    return [(one.resource, one.context["iam:passedtoservice"]) for one in permissions if one.action == "iam:PassRole"]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "principal"),
    [
        ("lambda", "CreateFunction", {"FunctionName": "f", "Role": ROLE}, "lambda"),
        ("lambda", "UpdateFunctionConfiguration", {"FunctionName": "f", "Role": ROLE}, "lambda"),
        ("stepfunctions", "CreateStateMachine", {"name": "m", "roleArn": ROLE}, "states"),
        ("scheduler", "CreateSchedule", {"Name": "s", "Target": {"RoleArn": ROLE}}, "scheduler"),
        (
            "firehose",
            "CreateDeliveryStream",
            {"DeliveryStreamName": "d", "KinesisStreamSourceConfiguration": {"RoleARN": ROLE}},
            "firehose",
        ),
        ("personalize", "CreateDatasetGroup", {"name": "g", "roleArn": ROLE}, "personalize"),
        ("events", "PutTargets", {"Rule": "r", "Targets": [{"Id": "t", "RoleArn": ROLE}]}, "events"),
    ],
)
def test_given_a_role_in_a_call_then_it_must_be_allowed_to_be_passed_to_the_service(
    service: str, operation: str, parameters: dict[str, Any], principal: str
) -> None:
    assert passed(needed(service, operation, **parameters)) == [(ROLE, f"{principal}.amazonaws.com")]


def test_given_a_call_without_a_role_then_none_is_passed() -> None:
    assert passed(needed("lambda", "UpdateFunctionConfiguration", FunctionName="f", Timeout=3)) == []
    assert passed(needed("personalize", "DescribeDatasetGroup", datasetGroupArn="arn:aws:personalize:::x")) == []


def test_given_the_administrator_then_every_role_may_be_passed() -> None:
    assert passed(needed("lambda", "CreateFunction", Actor(ACCOUNT), FunctionName="f", Role=ROLE)) == []


def test_given_tags_then_creating_needs_the_right_to_tag() -> None:
    made = needed("kms", "CreateKey", Tags=[{"TagKey": "a", "TagValue": "b"}])
    assert [one.action for one in made] == ["kms:CreateKey", "kms:TagResource"]
    assert [one.action for one in needed("kms", "CreateKey", Tags=[])] == ["kms:CreateKey"]
