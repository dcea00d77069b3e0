"""Check the credentials, and whether their account and region can hold the system."""

from __future__ import annotations

import os
from collections.abc import Iterator

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from scripts.common.findings import Finding, State
from scripts.deploy.preflight.checks import Target


def check_credentials(target: Target) -> Iterator[Finding]:
    """Find out whose credentials these are."""
    try:
        identity = target.identity
    except (ClientError, BotoCoreError) as error:
        remedy = "`aws sts get-caller-identity` must answer: log in, or set AWS_PROFILE"
        yield Finding("Credentials", State.FAILED, str(error), remedy)
        return
    yield Finding("Credentials", State.OK, identity["Arn"])
    if identity["Arn"].endswith(":root"):
        yield Finding("Credentials", State.NOTE, "they are the account's root user's", "use a role")


def check_account(target: Target) -> Iterator[Finding]:
    """Find out whether the tfvars allow this account."""
    found, allowed = target.identity["Account"], target.variables["allowed_account_ids"]
    if allowed is None:
        remedy = f'set allowed_account_ids = ["{found}"], so that other credentials cannot deploy by mistake'
        yield Finding("Account", State.NOTE, f"{found}; the tfvars allow any account", remedy)
    elif found in allowed:
        yield Finding("Account", State.OK, found)
    else:
        remedy = "log in to that account, or correct allowed_account_ids"
        yield Finding("Account", State.FAILED, f"{found}; the tfvars allow {', '.join(allowed)}", remedy)


def check_region(target: Target) -> Iterator[Finding]:
    """Find out whether the region has Personalize, and whether the shell uses the same region."""
    offered = boto3.Session().get_available_regions("personalize")
    if target.region not in offered:
        yield Finding(
            "Region", State.FAILED, f"{target.region} has no Amazon Personalize", f"choose one of {', '.join(offered)}"
        )
        return
    shell = os.environ.get("AWS_REGION") or boto3.Session().region_name
    if shell not in (None, target.region):
        remedy = (
            f"for the aws command: export AWS_REGION={target.region} AWS_DEFAULT_REGION={target.region} "
            "(all make tasks go by the tfvars)"
        )
        yield Finding("Region", State.NOTE, f"{target.region}; your shell says {shell}", remedy)
    target.aws.client("personalize").list_dataset_groups(maxResults=1)
    yield Finding("Region", State.OK, f"{target.region}; Amazon Personalize answers")
