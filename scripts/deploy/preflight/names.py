"""Names: bucket names are the world's, the others the account's; what is left of an older deployment is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from scripts.deploy.preflight.findings import FAIL, OK, WARN, Finding, Target

_BUCKETS = ("seed", "raw-events", "packages", "access-logs")  # modules/storage
_ANOTHER_NAME = "choose another environment name"
_SEVERAL = 5


def buckets(target: Target) -> Iterator[Finding]:
    """Bucket names."""
    for noun in _BUCKETS:
        yield _bucket(target, f"Bucket {noun}", f"{target.prefix}-{noun}-{target.identity['Account']}")


def _bucket(target: Target, check: str, name: str) -> Finding:
    client = target.client("s3")
    try:
        client.head_bucket(Bucket=name)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "404":
            return Finding(check, OK, f"{name} is free")
        if code == "403":
            return Finding(
                check, FAIL, "another account has it, or you may not see it", "choose another environment name"
            )
        raise
    if _tags(client, name).get("Environment") == target.variables["environment"]:
        return Finding(check, OK, f"{name} is this environment's already")
    return Finding(check, FAIL, f"{name} is there, and not made by this system", f"delete it, or {_ANOTHER_NAME}")


def _tags(client: Any, bucket: str) -> dict[str, str]:
    try:
        return {tag["Key"]: tag["Value"] for tag in client.get_bucket_tagging(Bucket=bucket)["TagSet"]}
    except ClientError:
        return {}


def leftovers(target: Target) -> Iterator[Finding]:
    """Names in use."""
    environment = target.variables["environment"]
    parameters = target.client("ssm").get_parameters_by_path(Path=f"/animal-recommender/{environment}", MaxResults=1)
    if parameters["Parameters"]:
        yield Finding("Names in use", OK, f"{environment} is deployed here already; this apply updates it")
        return
    found = [*_log_groups(target), *_roles(target), *_dataset_groups(target)]
    if found:
        shown = ", ".join(found[:_SEVERAL]) + (f" and {len(found) - _SEVERAL} more" if len(found) > _SEVERAL else "")
        remedy = "fine if an interrupted apply made them (the state knows them); else delete them, or the apply fails"
        yield Finding("Names in use", WARN, shown, remedy)
    else:
        yield Finding("Names in use", OK, f"nothing is called {target.prefix}-…")


def _log_groups(target: Target) -> Iterator[str]:
    pages = target.client("logs").get_paginator("describe_log_groups")
    for page in pages.paginate(logGroupNamePrefix=f"/aws/lambda/{target.prefix}-"):
        yield from (f"log group {group['logGroupName']}" for group in page["logGroups"])


def _roles(target: Target) -> Iterator[str]:
    for page in target.client("iam").get_paginator("list_roles").paginate():
        names = (role["RoleName"] for role in page["Roles"])
        yield from (f"role {name}" for name in names if name.startswith(f"{target.prefix}-"))


def _dataset_groups(target: Target) -> Iterator[str]:
    for page in target.client("personalize").get_paginator("list_dataset_groups").paginate():
        names = (group["name"] for group in page["datasetGroups"])
        yield from (f"dataset group {name}" for name in names if name.startswith(target.prefix))
