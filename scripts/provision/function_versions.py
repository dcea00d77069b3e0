"""Delete the versions of a function that nobody needs any more (`prune`).

With SnapStart, Lambda bills a cached snapshot for every published version, and Terraform publishes one at each change
and deletes none. Kept are the versions that an alias names, and of the others the newest, to go back to by hand
(https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html#snapstart-pricing).

Environment: FUNCTION_NAME.
"""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from scripts.common.personalize import NOT_FOUND, RETRYING, code
from scripts.provision import inputs
from scripts.provision.command import run_action

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

_KEPT = 1  # versions without an alias
_LATEST = "$LATEST"  # the unpublished code, which has no snapshot
# An alias has been pointed to the version since the aliases were listed.
_GONE_OR_NEEDED = (NOT_FOUND, "ResourceConflictException")


def prune(client: "LambdaClient", function: str) -> None:
    """Delete the versions that no alias names, except the newest of them."""
    needed = _versions_of_aliases(client, function)
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=function)
    versions = {one["Version"] for page in pages for one in page["Versions"]} - needed - {_LATEST}
    for version in sorted(versions, key=int)[:-_KEPT]:
        _delete(client, function, version)


def _versions_of_aliases(client: "LambdaClient", function: str) -> set[str]:
    """Return the versions that an alias names, those that get a share of its calls included."""
    pages = client.get_paginator("list_aliases").paginate(FunctionName=function)
    aliases = [alias for page in pages for alias in page["Aliases"]]
    shares = (alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}) for alias in aliases)
    return {alias["FunctionVersion"] for alias in aliases}.union(*shares)


def _delete(client: "LambdaClient", function: str, version: str) -> None:
    try:
        client.delete_function(FunctionName=function, Qualifier=version)
    except ClientError as refusal:
        if code(refusal) not in _GONE_OR_NEEDED:
            raise
    else:
        print(f"{function}: version {version} deleted", flush=True)


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The environment."""

    function_name: str


def _run_prune() -> None:
    prune(boto3.client("lambda", config=RETRYING), inputs.read(Inputs).function_name)


if __name__ == "__main__":
    sys.exit(run_action("function_versions", __doc__, {"prune": _run_prune}))
