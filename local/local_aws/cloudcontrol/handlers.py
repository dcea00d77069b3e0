"""What Cloud Control does with a resource: calls of the Personalize API, and waiting for what they start.

A handler that takes time is a generator: it yields whenever there is something to wait for.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local_aws.cloudcontrol.properties import to_properties, to_request
from local_aws.cloudcontrol.resource_types import ResourceType
from local_aws.personalize import PersonalizeApp
from local_aws.personalize.errors import ResourceNotFoundError, ServiceError
from local_aws.personalize.kinds import ATTRIBUTION, CAMPAIGN, DATASET, FILTER, IMPORT_JOB, SCHEMA, TRACKER, Kind

Waiting = Iterator[None]
_UNTAGGED = (SCHEMA, ATTRIBUTION)
_FAILED = ("CREATE FAILED", "FAILED")


class NotStabilizedError(Exception):
    """The resource did not become what was wanted; the text is its failureReason."""


class Handlers:
    """Create, read, update, delete and list for every type, in one region."""

    def __init__(self, personalize: PersonalizeApp, region: str | None) -> None:
        self._personalize = personalize
        self._region = region

    def create(self, type_: ResourceType, desired: Mapping[str, Any], created: Callable[[str], None]) -> Waiting:
        """Create and wait until ACTIVE; `created` learns the identifier as soon as there is one."""
        answer = self._call(f"Create{type_.kind.noun}", to_request(f"Create{type_.kind.noun}", desired))
        arn = answer[type_.kind.arn_member]
        created(arn)
        yield from self._until_active(type_.kind, arn)
        if type_.kind is DATASET and "DatasetImportJob" in desired:
            yield from self._import(arn, desired["DatasetImportJob"])

    def update(self, type_: ResourceType, arn: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Waiting:
        """Make the resource, which is `old`, be `new`, and wait until it is."""
        if type_.kind in (TRACKER, FILTER, CAMPAIGN):
            self._update_tags(arn, old.get("Tags", []), new.get("Tags", []))
        changed = {name: value for name, value in new.items() if value != old.get(name) and name != "Tags"}
        if type_.kind is DATASET and "DatasetImportJob" in changed:
            yield from self._import(arn, new["DatasetImportJob"])
        elif changed and type_.kind in (CAMPAIGN, ATTRIBUTION):
            operation = f"Update{type_.kind.noun}"
            self._call(operation, to_request(operation, changed) | {type_.kind.arn_member: arn})
            yield from self._until_active(type_.kind, arn)

    def delete(self, type_: ResourceType, arn: str) -> Waiting:
        """Delete and wait until it is gone."""
        self._call(f"Delete{type_.kind.noun}", {type_.kind.arn_member: arn})
        try:
            while True:
                self._describe(type_.kind, arn)
                yield
        except ResourceNotFoundError:
            return

    def read(self, type_: ResourceType, arn: str) -> dict[str, Any]:
        """The resource's properties. Raises ResourceNotFoundError."""
        members = self._describe(type_.kind, arn)
        if type_.kind not in _UNTAGGED:
            tags = self._call("ListTagsForResource", {"resourceArn": arn})["tags"]
            members["tags"] = {tag["tagKey"]: tag["tagValue"] for tag in tags}
        if type_.kind is ATTRIBUTION:
            members["metrics"] = self._call("ListMetricAttributionMetrics", {"metricAttributionArn": arn})["metrics"]
        if type_.kind is DATASET:
            members |= self._latest_import(arn)
        return to_properties(type_.schema, members)

    def identifiers(self, type_: ResourceType) -> list[str]:
        """Identifiers of all resources of the type."""
        operation, arns, token = f"List{type_.kind.noun}s", [], None
        while True:
            answer = self._call(operation, {"nextToken": token} if token else {})
            summaries = next(held for name, held in answer.items() if name != "nextToken")
            arns += [summary[type_.kind.arn_member] for summary in summaries]
            if not (token := answer.get("nextToken")):
                return arns

    def _import(self, dataset_arn: str, job: Mapping[str, Any]) -> Waiting:
        request = to_request("CreateDatasetImportJob", job) | {"datasetArn": dataset_arn}
        arn = self._call("CreateDatasetImportJob", request)["datasetImportJobArn"]
        yield from self._until_active(IMPORT_JOB, arn)

    def _latest_import(self, dataset_arn: str) -> dict[str, Any]:
        jobs = self._call("ListDatasetImportJobs", {"datasetArn": dataset_arn})["datasetImportJobs"]
        if not jobs:
            return {}
        return {"datasetImportJob": self._describe(IMPORT_JOB, jobs[-1]["datasetImportJobArn"])}

    def _until_active(self, kind: Kind, arn: str) -> Waiting:
        while not kind.instant:
            resource = self._describe(kind, arn)
            state = next(
                (resource[name] for name in resource if name.startswith("latest") and name.endswith("Update")), resource
            )
            if state["status"] == "ACTIVE":
                return
            if state["status"] in _FAILED:
                raise NotStabilizedError(f"{kind.noun} {arn}: {state.get('failureReason', state['status'])}")
            yield

    def _update_tags(self, arn: str, old: list[dict[str, str]], new: list[dict[str, str]]) -> None:
        removed = {tag["Key"] for tag in old} - {tag["Key"] for tag in new}
        if removed:
            self._call("UntagResource", {"resourceArn": arn, "tagKeys": sorted(removed)})
        if new:
            tags = [{"tagKey": tag["Key"], "tagValue": tag["Value"]} for tag in new]
            self._call("TagResource", {"resourceArn": arn, "tags": tags})

    def _describe(self, kind: Kind, arn: str) -> dict[str, Any]:
        return self._call(f"Describe{kind.noun}", {kind.arn_member: arn})[kind.member]

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        return self._personalize.call(operation, request, self._region)


ERROR_CODES: Mapping[str, str] = {
    "InvalidInputException": "InvalidRequest",
    "ResourceNotFoundException": "NotFound",
    "ResourceAlreadyExistsException": "AlreadyExists",
    "ResourceInUseException": "ResourceConflict",
    "LimitExceededException": "ServiceLimitExceeded",
    "TooManyTagsException": "ServiceLimitExceeded",
    "ThrottlingException": "Throttling",
    "InternalFailure": "ServiceInternalError",
}
"""Handler error codes by the Personalize error behind them; any other is a GeneralServiceException."""


def error_code(error: Exception) -> str:
    """The handler error code for what went wrong."""
    if isinstance(error, NotStabilizedError):
        return "NotStabilized"
    return ERROR_CODES.get(
        getattr(error, "code", ""), "GeneralServiceException" if isinstance(error, ServiceError) else "InternalFailure"
    )
