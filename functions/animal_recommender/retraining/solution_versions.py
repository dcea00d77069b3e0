"""Solution versions of Amazon Personalize: their names, and finding them again."""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

_NAME_LIMIT = 63
_HASH_LENGTH = 8


def version_name(execution_name: str) -> str:
    """Answer the name of the version that an execution trains: its own, made to fit Personalize's rule.

    Names are 1-63 of letters, digits, - and _, and begin with a letter or digit; an execution may have 80
    characters of nearly any kind. Where something is lost, a hash of the whole keeps two executions apart.
    """
    legal = re.sub(r"[^a-zA-Z0-9_-]", "-", execution_name)
    if legal == execution_name and len(legal) <= _NAME_LIMIT and legal[0].isalnum():
        return legal
    digest = hashlib.sha256(execution_name.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{('run-' + legal)[: _NAME_LIMIT - _HASH_LENGTH - 1]}-{digest}"


def list_versions(personalize: Any, solution_arn: str) -> list[dict[str, Any]]:
    """Answer the summaries of all versions of a solution, newest first (ListSolutionVersions promises no order)."""
    pages = personalize.get_paginator("list_solution_versions").paginate(solutionArn=solution_arn)
    versions = [version for page in pages for version in page["solutionVersions"]]
    return sorted(versions, key=lambda version: version["creationDateTime"], reverse=True)


def describe_version(personalize: Any, version_arn: str) -> dict[str, Any]:
    """Answer the whole description of one version, `name` and `trainingHours` included."""
    return personalize.describe_solution_version(solutionVersionArn=version_arn)["solutionVersion"]


def find_named(personalize: Any, candidates: Iterable[dict[str, Any]], name: str) -> str | None:
    """Answer the ARN of the candidate with this name, or None. Summaries carry no name, so each is described."""
    arns = (candidate["solutionVersionArn"] for candidate in candidates)
    return next((arn for arn in arns if describe_version(personalize, arn).get("name") == name), None)


def created_since(versions: Iterable[dict[str, Any]], moment: datetime) -> list[dict[str, Any]]:
    """Answer the versions whose creation began at `moment` or later."""
    return [version for version in versions if version["creationDateTime"] >= moment]
