"""Solution versions of Amazon Personalize: their names, and how to find them again."""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import SolutionVersionSummaryTypeDef, SolutionVersionTypeDef

_NAME_LIMIT = 63
_HASH_LENGTH = 8


def version_name(execution_name: str) -> str:
    """Return the name of the version that an execution trains. It is the execution's name, if Personalize allows it.

    Version names have 1-63 letters, digits, - and _, and begin with a letter or digit. An execution's name may have 80
    characters of nearly any kind. Where the name has to be changed, it gets a hash of the whole name, so that two
    executions never have the same version name.
    """
    valid = re.sub(r"[^a-zA-Z0-9_-]", "-", execution_name)
    if valid == execution_name and len(valid) <= _NAME_LIMIT and valid[0].isalnum():
        return valid
    digest = hashlib.sha256(execution_name.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{('run-' + valid)[: _NAME_LIMIT - _HASH_LENGTH - 1]}-{digest}"


def list_versions(personalize: "PersonalizeClient", solution_arn: str) -> "list[SolutionVersionSummaryTypeDef]":
    """Return the summaries of all versions of a solution, newest first. ListSolutionVersions guarantees no order."""
    pages = personalize.get_paginator("list_solution_versions").paginate(solutionArn=solution_arn)
    versions = [version for page in pages for version in page["solutionVersions"]]
    return sorted(versions, key=lambda version: version["creationDateTime"], reverse=True)


def describe_version(personalize: "PersonalizeClient", version_arn: str) -> "SolutionVersionTypeDef":
    """Return the full description of one version, with `name` and `trainingHours`, which summaries do not have."""
    return personalize.describe_solution_version(solutionVersionArn=version_arn)["solutionVersion"]


def find_named(
    personalize: "PersonalizeClient", candidates: "Iterable[SolutionVersionSummaryTypeDef]", name: str
) -> str | None:
    """Return the ARN of the candidate with this name, or None. Summaries have no name, so each one is described."""
    arns = (candidate["solutionVersionArn"] for candidate in candidates)
    return next((arn for arn in arns if describe_version(personalize, arn).get("name") == name), None)


def created_since(
    versions: "Iterable[SolutionVersionSummaryTypeDef]", moment: datetime
) -> "list[SolutionVersionSummaryTypeDef]":
    """Return the versions whose creation began at `moment` or later."""
    return [version for version in versions if version["creationDateTime"] >= moment]
