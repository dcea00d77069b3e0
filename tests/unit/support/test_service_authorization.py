"""What the checker of policies finds, and that every action in Terraform exists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from scripts.common.environments import ROOT
from tests.support.service_authorization import expand, find_problems, fits

PERSONALIZE = "arn:aws:personalize:us-east-1:123456789012"
BUCKET = "arn:aws:s3:::bucket"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
_ACTION = re.compile(r'"(?P<action>(?!aws:)[a-z0-9-]+:[A-Z][A-Za-z]*\*?)"')
TERRAFORM = [path for folder in ("modules", "terraform", "examples") for path in sorted((ROOT / folder).rglob("*.tf"))]


def allow(*actions: str, resource: str | list[str], **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Sid": "S", "Effect": "Allow", "Action": list(actions), "Resource": resource, **more}]}


@pytest.mark.parametrize(
    "document",
    [
        allow("s3:GetObject", resource=f"{BUCKET}/*"),
        allow("s3:GetObject", "s3:ListBucket", resource=[BUCKET, f"{BUCKET}/*"]),
        allow(
            "personalize:StopSolutionVersionCreation",
            resource=[f"{PERSONALIZE}:solution/s", f"{PERSONALIZE}:solution/s/*"],
        ),
        allow("personalize:GetRecommendations", resource=[f"{PERSONALIZE}:campaign/c", f"{PERSONALIZE}:filter/f"]),
        allow("personalize:PutEvents", resource="*"),
        allow(
            "kms:Decrypt",
            resource=KEY,
            Condition={"StringEquals": {"kms:EncryptionContext:aws:lambda:FunctionArn": "a"}},
        ),
        allow("sqs:Send*", resource="arn:aws:sqs:us-east-1:123456789012:queue"),
    ],
)
def test_given_a_correct_policy_then_nothing_is_found(document: dict[str, Any]) -> None:
    assert find_problems(document) == []


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (allow("s3:ReadObject", resource=f"{BUCKET}/*"), "s3:ReadObject is no action"),
        (allow("s4:GetObject", resource=f"{BUCKET}/*"), "s4:GetObject is no action"),
        (allow("s3:ListBucket", resource=f"{BUCKET}/*"), "s3:ListBucket has only the resource types"),
        (allow("s3:GetObject", resource=[f"{BUCKET}/*", BUCKET]), f"{BUCKET} is no resource of these actions"),
        (allow("xray:PutTraceSegments", resource=KEY), "has no resource type, so the resource must be *"),
        (allow("kms:Decrypt", resource="*"), "kms:Decrypt is allowed on all resources"),
        (
            allow("personalize:UpdateCampaign", resource=f"{PERSONALIZE}:filter/f"),
            "has only the resource types campaign",
        ),
        (allow("kms:Decrypt", resource=KEY, Condition={"Bool": {"s3:prefix": "a"}}), "has no condition key s3:prefix"),
    ],
)
def test_given_a_wrong_policy_then_the_mistake_is_named(document: dict[str, Any], problem: str) -> None:
    assert problem in " ".join(find_problems(document))


def test_given_the_policy_of_a_resource_then_all_resources_mean_the_resource_itself() -> None:
    assert find_problems(allow("kms:Decrypt", resource="*"), of_resource=True) == []


def test_given_wildcards_in_an_arn_then_they_fit_only_what_they_can_match() -> None:
    assert fits("arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f:*", "log-stream", "logs")
    assert not fits("arn:aws:logs:us-east-1:123456789012:metric:f:*", "log-stream", "logs")
    assert not fits(f"{BUCKET}/*", "bucket", "s3")


@pytest.mark.parametrize("path", TERRAFORM, ids=lambda path: str(path.relative_to(ROOT)))
def test_given_the_actions_in_a_terraform_file_then_each_exists(path: Path) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "variable" not in line]  # condition keys
    named = {match["action"] for match in _ACTION.finditer("\n".join(lines))}
    assert [action for action in sorted(named) if not expand(action)] == []
