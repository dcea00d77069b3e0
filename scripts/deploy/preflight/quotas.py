"""Check the account's quotas: what is in use, what this environment adds, and what the quota allows.

Quotas of Personalize and their codes: https://docs.aws.amazon.com/personalize/latest/dg/limits.html and the Service
Quotas console. If the credentials may not read the applied quota, AWS's default is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from botocore.exceptions import ClientError

from scripts.common.findings import Finding, State
from scripts.deploy.preflight.checks import Target

_OTHER_ROLES = 4  # Firehose, state machine, scheduler, Personalize
_SHARDS = 4  # a new on-demand stream
_CONSUMERS = 2  # functions that read the stream
_UNRESERVED = 100  # executions that Lambda keeps for functions that reserve none
_CAMPAIGN_TPS = 500  # GetRecommendations and GetPersonalizedRanking a second and campaign
_NEARLY = 0.8


@dataclass(frozen=True)
class Quota:
    """A quota of the account, with what is in use and what this environment adds."""

    name: str
    used: int
    adds: int
    limit: int
    assumed: bool = False  # the limit is AWS's default, since the applied one may not be read

    def finding(self) -> Finding:
        """Return whether the environment fits, and whether the quota is then nearly used up."""
        total = self.used + self.adds
        detail = (
            f"{self.used} in use, {self.adds} to come, limit {self.limit}{' (the default)' if self.assumed else ''}"
        )
        remedy = "request more in the console: Service Quotas"
        if total > self.limit:
            return Finding(self.name, State.FAILED, detail, remedy)
        return Finding(self.name, State.NOTE if total > _NEARLY * self.limit > 10 else State.OK, detail, remedy)


def check_personalize(target: Target) -> Iterator[Finding]:
    """Compare what the environment adds with the quotas of Personalize."""
    client, models, filters = target.aws.client("personalize"), target.variables["models"], target.variables["filters"]
    groups = client.get_paginator("list_dataset_groups").paginate().build_full_result()["datasetGroups"]
    schemas = client.get_paginator("list_schemas").paginate().build_full_result()["schemas"]
    ours = any(group["name"] == target.prefix for group in groups)
    mine = any(schema["name"].startswith(f"{target.prefix}-") for schema in schemas)
    compared = any((model.get("gate") or {}).get("compare_with_popularity") for model in models.values())
    wanted = [
        ("Personalize dataset groups", len(groups), 0 if ours else 1, "L-14011066", 5),
        ("Personalize schemas", len(schemas), 0 if mine else 2, "L-037D5A71", 500),
        ("Personalize solutions of a group", 0, len(models) + compared, "L-D9DD83B7", 10),
        ("Personalize campaigns of a group", 0, len(models), "L-052ECD67", 5),
        ("Personalize filters of a group", 0, len(filters), "L-B9CFBC8B", 10),
    ]
    for name, used, adds, code, default in wanted:
        applied = _get_applied(target, code)
        yield Quota(name, used, adds, applied or default, applied is None).finding()
    for name, model in models.items():
        if model["minimum_provisioned_tps"] > _CAMPAIGN_TPS:
            detail = f"{model['minimum_provisioned_tps']} wanted, a campaign takes {_CAMPAIGN_TPS}"
            yield Finding(f"TPS of {name}", State.FAILED, detail, "lower minimum_provisioned_tps")


def _get_applied(target: Target, code: str) -> int | None:
    """Return the quota that applies to the account; None if the credentials may not read it."""
    try:
        quota = target.aws.client("service-quotas").get_service_quota(ServiceCode="personalize", QuotaCode=code)
    except ClientError:
        return None
    return int(quota["Quota"]["Value"])


def check_streams(target: Target) -> Iterator[Finding]:
    """Compare the stream with the quota of on-demand streams."""
    client = target.aws.client("kinesis")
    limits = client.describe_limits()
    exists = _exists(lambda: client.describe_stream_summary(StreamName=f"{target.prefix}-events"))
    used, limit = limits["OnDemandStreamCount"], limits["OnDemandStreamCountLimit"]
    yield Quota("Kinesis on-demand streams", used, 0 if exists else 1, limit).finding()


def check_roles(target: Target) -> Iterator[Finding]:
    """Compare the roles with the quota of IAM."""
    client = target.aws.client("iam")
    summary = client.get_account_summary()["SummaryMap"]
    pages = client.get_paginator("list_roles").paginate()
    ours = sum(role["RoleName"].startswith(f"{target.prefix}-") for page in pages for role in page["Roles"])
    adds = max(len(target.functions) + _OTHER_ROLES - ours, 0)
    yield Quota("IAM roles", summary["Roles"], adds, summary["RolesQuota"]).finding()


def check_concurrency(target: Target) -> Iterator[Finding]:
    """Find out whether reserved executions fit, and whether enough are left for the stream."""
    limits = target.aws.client("lambda").get_account_settings()["AccountLimit"]
    total, free = limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]
    reserved = sum(max(it.get("reserved_concurrency") or 0, 0) for it in target.functions.values())
    if free - reserved < _UNRESERVED and reserved:
        detail = f"{reserved} to be reserved, {free} not reserved yet, and Lambda keeps {_UNRESERVED}"
        yield Finding("Lambda concurrency", State.FAILED, detail, "reserve less, or request more in Service Quotas")
        return
    mapping = target.variables["stream_mapping"]
    streams_need = _SHARDS * _CONSUMERS * (mapping["parallelization_factor"] or 1)
    detail = f"{total} in the account, {free} not reserved; the stream takes up to {streams_need} at first"
    if free < 2 * streams_need:
        remedy = "request more in Service Quotas (new accounts begin with 10); recommendations would be throttled"
        yield Finding("Lambda concurrency", State.NOTE, detail, remedy)
    else:
        yield Finding("Lambda concurrency", State.OK, detail)


def _exists(describe: Callable[[], object]) -> bool:
    """Return whether a resource exists, from the error of its Describe operation."""
    try:
        describe()
    except ClientError as error:
        if "NotFound" in error.response["Error"]["Code"]:
            return False
        raise
    return True
