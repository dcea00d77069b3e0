"""Check that names are free: those of buckets in the world, others in the account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from scripts.common.findings import Finding, State
from scripts.deploy.preflight.checks import Target

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_BUCKETS = ("seed", "raw-events", "packages", "pets", "access-logs")  # modules/storage
_ANOTHER_NAME = "choose another environment name"
_SEVERAL = 5


def check_buckets(target: Target) -> Iterator[Finding]:
    """Find out for each bucket name whether it is free."""
    for noun in _BUCKETS:
        yield _check_bucket(target, f"Bucket {noun}", f"{target.prefix}-{noun}-{target.identity['Account']}")


def _check_bucket(target: Target, check: str, name: str) -> Finding:
    client = target.aws.client("s3")
    try:
        client.head_bucket(Bucket=name)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "404":
            return Finding(check, State.OK, f"{name} is free")
        if code == "403":
            return Finding(check, State.FAILED, "another account has it, or you may not see it", _ANOTHER_NAME)
        raise
    if _get_tags(client, name).get("Environment") == target.variables["environment"]:
        return Finding(check, State.OK, f"{name} is this environment's already")
    return Finding(
        check, State.FAILED, f"{name} exists, and was not made by this system", f"delete it, or {_ANOTHER_NAME}"
    )


def _get_tags(client: S3Client, bucket: str) -> dict[str, str]:
    try:
        return {tag["Key"]: tag["Value"] for tag in client.get_bucket_tagging(Bucket=bucket)["TagSet"]}
    except ClientError:
        return {}


def check_leftovers(target: Target) -> Iterator[Finding]:
    """Find log groups, roles and dataset groups that an older deployment left."""
    environment = target.variables["environment"]
    parameters = target.aws.client("ssm").get_parameters_by_path(
        Path=f"/animal-recommender/{environment}", MaxResults=1
    )
    if parameters["Parameters"]:
        yield Finding("Names in use", State.OK, f"{environment} is deployed here already; this apply updates it")
        return
    found = [*_list_log_groups(target), *_list_roles(target), *_list_dataset_groups(target)]
    if found:
        shown = ", ".join(found[:_SEVERAL]) + (f" and {len(found) - _SEVERAL} more" if len(found) > _SEVERAL else "")
        remedy = "fine if an interrupted apply made them (the state knows them); else delete them, or the apply fails"
        yield Finding("Names in use", State.NOTE, shown, remedy)
    else:
        yield Finding("Names in use", State.OK, f"nothing is called {target.prefix}-…")


def _list_log_groups(target: Target) -> Iterator[str]:
    pages = target.aws.client("logs").get_paginator("describe_log_groups")
    for page in pages.paginate(logGroupNamePrefix=f"/aws/lambda/{target.prefix}-"):
        yield from (f"log group {group['logGroupName']}" for group in page["logGroups"])


def _list_roles(target: Target) -> Iterator[str]:
    for page in target.aws.client("iam").get_paginator("list_roles").paginate():
        names = (role["RoleName"] for role in page["Roles"])
        yield from (f"role {name}" for name in names if name.startswith(f"{target.prefix}-"))


def _list_dataset_groups(target: Target) -> Iterator[str]:
    for page in target.aws.client("personalize").get_paginator("list_dataset_groups").paginate():
        names = (group["name"] for group in page["datasetGroups"])
        yield from (f"dataset group {name}" for name in names if name.startswith(target.prefix))
