"""Check that IAM allows these credentials what an apply does: the actions in the policies of deployers.

The end-to-end tests apply with exactly these policies, so the actions are those that the tests saw a deployer use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from scripts.common.environments import ROOT
from scripts.common.findings import Finding, State
from scripts.deploy.preflight.checks import Target

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient

POLICIES = [ROOT / "modules" / "deployer_policies" / f"{name}.tf" for name in ("plan", "apply")]
_ACTION = re.compile(r'"([a-z0-9-]+):([A-Z][A-Za-z]*)"')
_KINDS = ("campaign", "dataset", "dataset-import-job", "event-tracker", "filter", "schema", "solution")
# Names of resources as a policy may limit an action to them; an action must be allowed on one of its service's.
_ANY = "*"
_RESOURCES: Mapping[str, Sequence[str]] = {
    "apigateway": ("arn:{p}:apigateway:{r}::/apis",),
    "athena": ("{athena}:workgroup/{name}",),
    "budgets": ("arn:{p}:budgets::{a}:budget/{name}-personalize",),
    "cloudfront": (
        "arn:{p}:cloudfront::{a}:distribution/E0",
        "arn:{p}:cloudfront::{a}:origin-access-control/E0",
        "arn:{p}:cloudfront::{a}:response-headers-policy/00000000",
    ),
    "cloudwatch": ("{cloudwatch}:alarm:{name}-errors", "arn:{p}:cloudwatch::{a}:dashboard/{name}"),
    "dynamodb": ("{dynamodb}:table/{name}-history",),
    "events": ("{events}:rule/{name}-retraining",),
    "firehose": ("{firehose}:deliverystream/{name}-raw-events",),
    "glue": ("{glue}:database/{database}", "{glue}:table/{database}/events", "{glue}:catalog"),
    "iam": ("arn:{p}:iam::{a}:role/{name}-recommend",),
    "kinesis": ("{kinesis}:stream/{name}-events",),
    "kms": ("{kms}:key/00000000-0000-0000-0000-000000000000", "{kms}:alias/{name}"),
    "lambda": ("{lambda}:function:{name}-recommend", "{lambda}:event-source-mapping:00000000"),
    "logs": ("{logs}:log-group:/aws/lambda/{name}-recommend",),
    "personalize": ("{personalize}:dataset-group/{name}", *(f"{{personalize}}:{kind}/{{name}}-a" for kind in _KINDS)),
    "s3": ("arn:{p}:s3:::{name}-packages-{a}", "arn:{p}:s3:::{name}-packages-{a}/recommend.zip"),
    "scheduler": ("{scheduler}:schedule/default/{name}-retraining",),
    "sns": ("{sns}:{name}-notifications",),
    "sqs": ("{sqs}:{name}-put-events-dead-letters",),
    "ssm": ("{ssm}:parameter/animal-recommender/{environment}/stream-name",),
    "states": ("{states}:stateMachine:{name}-retraining",),
}


def required_actions() -> dict[str, list[str]]:
    """Return the actions of an apply by service, without those that only a comment names."""
    lines = [line for path in POLICIES for line in path.read_text(encoding="utf-8").splitlines()]
    found = {match for line in lines if "# " not in line[:12] for match in _ACTION.findall(line)}
    services = sorted({service for service, _ in found})
    return {service: sorted(f"{service}:{name}" for one, name in found if one == service) for service in services}


def check_permissions(target: Target) -> Iterator[Finding]:
    """Find actions of an apply that IAM's simulator denies; the simulator ignores service control policies."""
    iam, principal = target.aws.client("iam"), _principal(target)
    required = required_actions()
    denied = sorted(
        action for service, actions in required.items() for action in _denied(iam, principal, target, service, actions)
    )
    if denied:
        remedy = "use the role of examples/deployers, or let these credentials do it"
        yield Finding("Permissions", State.NOTE, f"not allowed: {', '.join(denied)}", remedy)
    else:
        yield Finding("Permissions", State.OK, f"{sum(map(len, required.values()))} actions of an apply are allowed")


def _denied(iam: IAMClient, principal: str, target: Target, service: str, actions: Iterable[str]) -> set[str]:
    """Return those actions of a service that are allowed neither on all resources nor on any of this system's."""
    denied = set(actions)
    for resource in (_ANY, *_resources(target, service)):
        if denied:
            denied -= _allowed(iam, principal, resource, sorted(denied))
    return denied


def _allowed(iam: IAMClient, principal: str, resource: str, actions: Sequence[str]) -> set[str]:
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=principal,
        ActionNames=actions,
        ResourceArns=[resource],
        # One of those that roles are passed to.
        ContextEntries=[
            {
                "ContextKeyName": "iam:PassedToService",
                "ContextKeyType": "string",
                "ContextKeyValues": ["lambda.amazonaws.com"],
            }
        ],
    )
    results = pages.build_full_result()["EvaluationResults"]
    return {one["EvalActionName"] for one in results if one["EvalDecision"] == "allowed"}


def _resources(target: Target, service: str) -> Iterator[str]:
    account, partition = target.identity["Account"], target.identity["Arn"].split(":")[1]
    names = {
        "p": partition,
        "r": target.region,
        "a": account,
        "name": target.prefix,
        "database": target.prefix.replace("-", "_"),
        "environment": target.variables["environment"],
        service: f"arn:{partition}:{service}:{target.region}:{account}",
    }
    yield from (template.format(**names) for template in _RESOURCES.get(service, ()))


def _principal(target: Target) -> str:
    """Return the ARN of who has the credentials; of a role with its path, which the ARN of a session lacks."""
    arn = target.identity["Arn"]
    if ":assumed-role/" not in arn:
        return arn
    return target.aws.client("iam").get_role(RoleName=arn.split("/")[1])["Role"]["Arn"]
