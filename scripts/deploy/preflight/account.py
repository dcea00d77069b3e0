"""Check the credentials, and whether their account and region can hold the system."""

from __future__ import annotations

import os
from collections.abc import Iterator

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from scripts.deploy.preflight.findings import FAIL, OK, WARN, Finding, Target

# One action of each service that an apply needs to make or change something.
_ACTIONS = (
    "athena:CreateWorkGroup",
    "cloudformation:CreateResource",
    "cloudwatch:PutMetricAlarm",
    "dynamodb:CreateTable",
    "firehose:CreateDeliveryStream",
    "glue:CreateDatabase",
    "iam:CreateRole",
    "iam:PassRole",
    "iam:PutRolePolicy",
    "kinesis:CreateStream",
    "kms:CreateKey",
    "lambda:CreateFunction",
    "logs:CreateLogGroup",
    "personalize:CreateCampaign",
    "personalize:CreateDatasetGroup",
    "personalize:CreateSolutionVersion",
    "s3:CreateBucket",
    "scheduler:CreateSchedule",
    "sns:CreateTopic",
    "sqs:CreateQueue",
    "ssm:PutParameter",
    "states:CreateStateMachine",
)


def check_credentials(target: Target) -> Iterator[Finding]:
    """Find out whose credentials these are."""
    try:
        identity = target.identity
    except (ClientError, BotoCoreError) as error:
        remedy = "`aws sts get-caller-identity` must answer: log in, or set AWS_PROFILE"
        yield Finding("Credentials", FAIL, str(error), remedy)
        return
    yield Finding("Credentials", OK, identity["Arn"])
    if identity["Arn"].endswith(":root"):
        yield Finding("Credentials", WARN, "they are the account's root user's", "use a role")


def check_account(target: Target) -> Iterator[Finding]:
    """Find out whether the tfvars allow this account."""
    found, allowed = target.identity["Account"], target.variables["allowed_account_ids"]
    if allowed is None:
        remedy = f'set allowed_account_ids = ["{found}"], so that other credentials cannot deploy by mistake'
        yield Finding("Account", WARN, f"{found}; the tfvars allow any account", remedy)
    elif found in allowed:
        yield Finding("Account", OK, found)
    else:
        remedy = "log in to that account, or correct allowed_account_ids"
        yield Finding("Account", FAIL, f"{found}; the tfvars allow {', '.join(allowed)}", remedy)


def check_region(target: Target) -> Iterator[Finding]:
    """Find out whether the region has Personalize, and whether the shell uses the same region."""
    offered = boto3.Session().get_available_regions("personalize")
    if target.region not in offered:
        yield Finding(
            "Region", FAIL, f"{target.region} has no Amazon Personalize", f"choose one of {', '.join(offered)}"
        )
        return
    shell = os.environ.get("AWS_REGION") or boto3.Session().region_name
    if shell not in (None, target.region):
        remedy = (
            f"for the aws command: export AWS_REGION={target.region} AWS_DEFAULT_REGION={target.region} "
            "(all make tasks go by the tfvars)"
        )
        yield Finding("Region", WARN, f"{target.region}; your shell says {shell}", remedy)
    target.aws.client("personalize").list_dataset_groups(maxResults=1)
    yield Finding("Region", OK, f"{target.region}; Amazon Personalize answers")


def check_permissions(target: Target) -> Iterator[Finding]:
    """Find actions of an apply that IAM's simulator denies; the simulator ignores service control policies."""
    arn = target.identity["Arn"]
    if ":assumed-role/" in arn:
        arn = _get_role_arn(target, arn.split("/")[1])
    pages = target.aws.client("iam").get_paginator("simulate_principal_policy")
    results = pages.paginate(PolicySourceArn=arn, ActionNames=list(_ACTIONS)).build_full_result()["EvaluationResults"]
    denied = sorted(one["EvalActionName"] for one in results if one["EvalDecision"] != "allowed")
    if denied:
        remedy = "unless a policy allows it for this system's names only, let these credentials do it"
        yield Finding("Permissions", WARN, f"not allowed on all resources: {', '.join(denied)}", remedy)
    else:
        yield Finding("Permissions", OK, f"{len(_ACTIONS)} actions of an apply are allowed")


def _get_role_arn(target: Target, name: str) -> str:
    """Return a role's ARN with its path, which the ARN of a session lacks."""
    return target.aws.client("iam").get_role(RoleName=name)["Role"]["Arn"]
