"""The resource handlers of Cloud Control: they call the Personalize API and wait for what the calls start.

A handler that takes time is a generator. It yields whenever it has to wait.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from local_aws.cloudcontrol.properties import to_properties, to_request
from local_aws.cloudcontrol.registry_types import RegistryType
from local_aws.personalize import PersonalizeApp
from local_aws.personalize.errors import ResourceNotFoundError, ServiceError
from local_aws.personalize.resource_types import (
    CAMPAIGN,
    DATASET,
    DATASET_IMPORT_JOB,
    EVENT_TRACKER,
    FILTER,
    METRIC_ATTRIBUTION,
    SCHEMA,
    ResourceType,
)

Steps = Iterator[None]
Authorize = Callable[[str, dict[str, Any]], None]
"""Checks that the caller of Cloud Control may call an operation of Personalize: its name and request.

Handlers act with the credentials of the caller:
https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html. Raises ClientError.
"""
_UNTAGGED = (SCHEMA, METRIC_ATTRIBUTION)
_FAILED = ("CREATE FAILED", "FAILED")


class NotStabilizedError(Exception):
    """The resource did not reach the desired state. The text is its failureReason."""


class Handlers:
    """Create, read, update, delete and list for every registry type, in one region."""

    def __init__(self, personalize: PersonalizeApp, region: str | None, authorize: Authorize) -> None:
        self._personalize = personalize
        self._region = region
        self._authorize = authorize

    def create(
        self, registry_type: RegistryType, desired: Mapping[str, Any], on_created: Callable[[str], None]
    ) -> Steps:
        """Create a resource and wait until it is ACTIVE.

        `on_created` gets the identifier as soon as there is one.
        """
        resource_type = registry_type.resource_type
        operation = f"Create{resource_type.noun}"
        arn = self._call(operation, to_request(operation, desired))[resource_type.arn_member]
        on_created(arn)
        yield from self._wait_until_active(resource_type, arn)
        if resource_type is DATASET and "DatasetImportJob" in desired:
            yield from self._import(arn, desired["DatasetImportJob"])

    def update(self, registry_type: RegistryType, arn: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Steps:
        """Change a resource from the properties `old` to `new`, and wait until it is ACTIVE."""
        resource_type = registry_type.resource_type
        if resource_type in (EVENT_TRACKER, FILTER, CAMPAIGN):
            self._update_tags(arn, old.get("Tags", []), new.get("Tags", []))
        changed = {name: value for name, value in new.items() if value != old.get(name) and name != "Tags"}
        if resource_type is DATASET and "DatasetImportJob" in changed:
            yield from self._import(arn, new["DatasetImportJob"])
        elif changed and resource_type in (CAMPAIGN, METRIC_ATTRIBUTION):
            operation = f"Update{resource_type.noun}"
            self._call(operation, to_request(operation, changed) | {resource_type.arn_member: arn})
            yield from self._wait_until_active(resource_type, arn)

    def delete(self, registry_type: RegistryType, arn: str) -> Steps:
        """Delete a resource and wait until it no longer exists."""
        resource_type = registry_type.resource_type
        self._call(f"Delete{resource_type.noun}", {resource_type.arn_member: arn})
        try:
            while True:
                self._describe(resource_type, arn)
                yield
        except ResourceNotFoundError:
            return

    def read(self, registry_type: RegistryType, arn: str) -> dict[str, Any]:
        """Return the properties of a resource.

        Raises:
            ResourceNotFoundError: There is no such resource.
        """
        resource_type = registry_type.resource_type
        members = self._describe(resource_type, arn)
        if resource_type not in _UNTAGGED:
            tags = self._call("ListTagsForResource", {"resourceArn": arn})["tags"]
            members["tags"] = {tag["tagKey"]: tag["tagValue"] for tag in tags}
        if resource_type is METRIC_ATTRIBUTION:
            members["metrics"] = self._call("ListMetricAttributionMetrics", {"metricAttributionArn": arn})["metrics"]
        if resource_type is DATASET:
            members |= self._latest_import(arn)
        return to_properties(registry_type.schema, members)

    def list_identifiers(self, registry_type: RegistryType) -> list[str]:
        """Return the identifiers of all resources of the type."""
        resource_type, arns, token = registry_type.resource_type, [], None
        while True:
            response = self._call(f"List{resource_type.noun}s", {"nextToken": token} if token else {})
            summaries = next(value for name, value in response.items() if name != "nextToken")
            arns += [summary[resource_type.arn_member] for summary in summaries]
            if not (token := response.get("nextToken")):
                return arns

    def _import(self, dataset_arn: str, job: Mapping[str, Any]) -> Steps:
        request = to_request("CreateDatasetImportJob", job) | {"datasetArn": dataset_arn}
        arn = self._call("CreateDatasetImportJob", request)["datasetImportJobArn"]
        yield from self._wait_until_active(DATASET_IMPORT_JOB, arn)

    def _latest_import(self, dataset_arn: str) -> dict[str, Any]:
        jobs = self._call("ListDatasetImportJobs", {"datasetArn": dataset_arn})["datasetImportJobs"]
        if not jobs:
            return {}
        return {"datasetImportJob": self._describe(DATASET_IMPORT_JOB, jobs[-1]["datasetImportJobArn"])}

    def _wait_until_active(self, resource_type: ResourceType, arn: str) -> Steps:
        while not resource_type.instant:
            resource = self._describe(resource_type, arn)
            updates = (resource[name] for name in resource if name.startswith("latest") and name.endswith("Update"))
            state = next(updates, resource)
            if state["status"] == "ACTIVE":
                return
            if state["status"] in _FAILED:
                raise NotStabilizedError(f"{resource_type.noun} {arn}: {state.get('failureReason', state['status'])}")
            yield

    def _update_tags(self, arn: str, old: list[dict[str, str]], new: list[dict[str, str]]) -> None:
        removed = {tag["Key"] for tag in old} - {tag["Key"] for tag in new}
        if removed:
            self._call("UntagResource", {"resourceArn": arn, "tagKeys": sorted(removed)})
        if new:
            tags = [{"tagKey": tag["Key"], "tagValue": tag["Value"]} for tag in new]
            self._call("TagResource", {"resourceArn": arn, "tags": tags})

    def _describe(self, resource_type: ResourceType, arn: str) -> dict[str, Any]:
        response = self._call(f"Describe{resource_type.noun}", {resource_type.arn_member: arn})
        members: dict[str, Any] = response[resource_type.member]
        return members

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        try:
            self._authorize(operation, request)
        except ClientError as denied:
            raise ServiceError(denied.response["Error"]["Message"], code="AccessDeniedException") from None
        return self._personalize.call(operation, request, self._region)


ERROR_CODES: Mapping[str, str] = {
    "AccessDeniedException": "AccessDenied",
    "InvalidInputException": "InvalidRequest",
    "ResourceNotFoundException": "NotFound",
    "ResourceAlreadyExistsException": "AlreadyExists",
    "ResourceInUseException": "ResourceConflict",
    "LimitExceededException": "ServiceLimitExceeded",
    "TooManyTagsException": "ServiceLimitExceeded",
    "ThrottlingException": "Throttling",
    "InternalFailure": "ServiceInternalError",
}
"""Handler error codes by the error code of Personalize. Any other error is a GeneralServiceException."""


def error_code(error: Exception) -> str:
    """Return the handler error code for an exception."""
    if isinstance(error, NotStabilizedError):
        return "NotStabilized"
    return ERROR_CODES.get(
        getattr(error, "code", ""), "GeneralServiceException" if isinstance(error, ServiceError) else "InternalFailure"
    )
