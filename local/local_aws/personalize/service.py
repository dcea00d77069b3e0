"""The state of the service in one account and region, and the functions that all operations share."""

import logging
import secrets
import threading
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from local_aws.faults import Faults
from local_aws.personalize.avro_schema import Schema, parse_schema
from local_aws.personalize.data import DatasetGroupData
from local_aws.personalize.errors import InvalidInputError, JobFailedError, ResourceInUseError, TooManyTagsError
from local_aws.personalize.model_store import ModelStore
from local_aws.personalize.resource_store import Resource, ResourceStore
from local_aws.personalize.resource_types import CAMPAIGN, DATASET, DATASET_GROUP, SCHEMA, ResourceType
from local_aws.personalize.settings import PersonalizeSettings
from local_aws.personalize.statuses import ACTIVE, DELETE_IN_PROGRESS, DELETE_PENDING, DELETED, StatusTimeline

_log = logging.getLogger(__name__)

Work = Callable[[Resource], dict[str, Any] | None]
"""Background work for a resource. It returns members to add to the resource, or raises JobFailedError."""

UseKey = Callable[[str, str, str, tuple[str, ...]], None]
"""Uses a KMS key: ARNs of the key, the role and the dataset group; actions like `kms:Decrypt`. Raises ClientError."""

SendMetrics = Callable[[str, str, list[dict[str, Any]]], None]
"""Sends metrics of the namespace AWS/Personalize to CloudWatch as a role for a resource (ARNs): the MetricData."""


class Service:
    """Resources, data and models of one account and region. Hold `lock` to change resources."""

    def __init__(
        self,
        account_id: str,
        region: str,
        settings: PersonalizeSettings,
        s3: Callable[[str, str], Any],
        use_key: UseKey,
        send_metrics: SendMetrics,
        faults: Faults,
    ) -> None:
        self.account_id = account_id
        self.region = region
        self.settings = settings
        self._s3 = s3
        self._use_key = use_key
        self.send_metrics = send_metrics
        self.faults = faults
        self.lock = threading.RLock()
        self.store = ResourceStore(settings.clock)
        self.job_workers = settings.workers(settings.job_workers)
        self.light_workers = settings.workers(1)
        self.models = ModelStore(settings.model_dir)
        self.trackers: dict[str, Resource] = {}
        self.deployments: dict[str, Any] = {}
        self._data: dict[str, DatasetGroupData] = {}

    def now(self) -> float:
        """Return the time of the service's clock in epoch seconds."""
        return self.settings.clock()

    def arn(self, resource_type: ResourceType, name: str) -> str:
        """Return the ARN of a resource of this account and region."""
        return f"arn:aws:personalize:{self.region}:{self.account_id}:{resource_type.path}/{name}"

    def data(self, group_arn: str) -> DatasetGroupData:
        """Return the data of a dataset group."""
        return self._data.get(group_arn) or self._data.setdefault(group_arn, DatasetGroupData())

    def delete_data(self, group_arn: str) -> None:
        """Delete the data of a deleted dataset group."""
        self._data.pop(group_arn, None)

    def dataset(self, group_arn: str, dataset_type: str) -> Resource | None:
        """Return the group's dataset of a type (Interactions, Items, Users), or None."""
        found = self.store.all(DATASET, datasetGroupArn=group_arn, datasetType=dataset_type.upper())
        return next(iter(found), None)

    def schema_of(self, group_arn: str, dataset_type: str) -> Schema | None:
        """Return the schema of the group's dataset of a type, or None."""
        dataset = self.dataset(group_arn, dataset_type)
        return parse_schema(self.store.get(dataset["schemaArn"], SCHEMA)["schema"]) if dataset else None

    def create(
        self,
        resource_type: ResourceType,
        request: dict[str, Any],
        *,
        identity: str | None = None,
        work: Work | None = None,
        on_success: Callable[[Resource], None] | None = None,
        **more: Any,
    ) -> Resource:
        """Add a resource whose members are those of the request and `more`.

        Without `work` the clock alone makes it ACTIVE. With `work` it becomes ACTIVE when the work, which runs in the
        background, succeeds. Then `on_success` is called with the resource. `identity` is the last part of the ARN, by
        default the name.

        Raises:
            ResourceAlreadyExistsError: A resource with that ARN exists.
            TooManyTagsError: The request has too many tags.
        """
        members = {name: value for name, value in request.items() if name != "tags"} | more
        statuses = resource_type.statuses[: 2 if work else 3]
        step_seconds = 0.0 if resource_type.created_at_once else self._step_seconds(resource_type)
        resource = Resource(
            resource_type=resource_type,
            arn=self.arn(resource_type, identity or request[resource_type.name_member]),
            fields=members,
            timeline=StatusTimeline.starting_at(self.now(), step_seconds, *statuses),
            tags=self.merge_tags({}, request.get("tags", [])),
        )
        self.store.add(resource)
        if work:
            # A campaign must not wait for a free thread while trainings run, which may take minutes.
            workers = self.light_workers if resource_type is CAMPAIGN else self.job_workers
            workers.submit(lambda: self._run_work(resource, work, on_success), self.settings.step_seconds)
        return resource

    def merge_tags(self, tags: dict[str, str], added: list[dict[str, str]]) -> dict[str, str]:
        """Return `tags` and the added ones by key.

        Raises:
            TooManyTagsError: They are more than a resource can have.
        """
        merged = tags | {tag["tagKey"]: tag["tagValue"] for tag in added}
        if len(merged) > self.settings.quotas.tags_per_resource:
            raise TooManyTagsError(f"A resource can have at most {self.settings.quotas.tags_per_resource} tags.")
        return merged

    def delete(self, resource: Resource) -> None:
        """Start the deletion of a resource.

        Raises:
            ResourceInUseError: The resource is in a transitional status.
        """
        self.require_stable(resource)
        steps = (DELETE_PENDING, DELETE_IN_PROGRESS, DELETED)
        step_seconds = self._step_seconds(resource.resource_type)
        resource.timeline = resource.timeline.then(self.now(), step_seconds, *steps)

    def status(self, resource: Resource) -> str:
        """Return the present status of a resource."""
        return resource.timeline.status_at(self.now())

    def require_active(self, resource: Resource) -> Resource:
        """Return the resource if it is ACTIVE.

        Raises:
            InvalidInputError: It is not ACTIVE.
        """
        if (status := self.status(resource)) != ACTIVE:
            raise InvalidInputError(f"{resource.resource_type.noun} {resource.arn} is not ACTIVE but {status}.")
        return resource

    def require_stable(self, resource: Resource) -> None:
        """Check that a resource is not in a transitional status.

        Raises:
            ResourceInUseError: It is in a transitional status.
        """
        if not resource.is_stable(self.now()):
            noun, status = resource.resource_type.noun, self.status(resource)
            raise ResourceInUseError(f"{noun} {resource.arn} is in status {status}.")

    def s3_for(self, job: Resource) -> Any:
        """Return an S3 client that acts as the role of a job.

        Raises:
            JobFailedError: The role does not exist or cannot be assumed.
        """
        return self.s3_as(job["roleArn"], job.arn)

    def s3_as(self, role_arn: str, source_arn: str) -> Any:
        """Return an S3 client that acts as a role on behalf of a resource.

        Raises:
            JobFailedError: The role does not exist or cannot be assumed.
        """
        try:
            return self._s3(role_arn, source_arn)
        except ClientError:
            raise JobFailedError(f"The role {role_arn} does not exist or cannot be assumed.") from None

    def use_key(self, group_arn: str, *actions: str) -> None:
        """Use the KMS key of a dataset group, if it has one.

        Raises:
            JobFailedError: The key or the role of the group do not allow these actions.
        """
        group = self.store.get(group_arn, DATASET_GROUP)
        if group.get("roleArn"):
            self._require_key(group["kmsKeyArn"], group["roleArn"], group.arn, *actions)

    def use_keys_of(self, job: Resource, *, source: str | None = None, destination: str | None = None) -> None:
        """Use the KMS keys (ARNs) of the input and the output of a job, if it has any.

        Raises:
            JobFailedError: A key or the role of the job do not allow it.
        """
        if source:
            self._require_key(source, job["roleArn"], job.arn, "kms:Decrypt")
        if destination:
            self._require_key(destination, job["roleArn"], job.arn, "kms:GenerateDataKey")

    def _require_key(self, key_arn: str, role_arn: str, source_arn: str, *actions: str) -> None:
        try:
            self._use_key(key_arn, role_arn, source_arn, actions)
        except ClientError as error:
            message = error.response["Error"]["Message"]
            raise JobFailedError(f"Insufficient privileges for the KMS key: {message}") from None

    def wait_idle(self, timeout: float) -> bool:
        """Wait until all background work is done. Return False if it is not done after `timeout` seconds."""
        return self.job_workers.wait_idle(timeout) and self.light_workers.wait_idle(timeout)

    def close(self) -> None:
        """Stop all background work."""
        self.job_workers.close()
        self.light_workers.close()

    def _step_seconds(self, resource_type: ResourceType) -> float:
        return 0.0 if resource_type.instant else self.settings.step_seconds

    def _run_work(self, resource: Resource, work: Work, on_success: Callable[[Resource], None] | None) -> None:
        pending, in_progress, succeeded, failed = resource.resource_type.statuses
        if self.status(resource) not in (pending, in_progress):
            return
        members, reason = _execute(resource, work)
        if reason:
            _log.error("%s: %s: %s", resource.arn, failed, reason)
        with self.lock:
            if self.status(resource) in (pending, in_progress):
                resource.fields.update(members)
                resource.failure_reason = reason
                resource.timeline = resource.timeline.then(self.now(), 0, failed if reason else succeeded)
                if on_success and not reason:
                    on_success(resource)


def _execute(resource: Resource, work: Work) -> tuple[dict[str, Any], str | None]:
    """Do the work. Return the members that it adds, and the reason if it failed."""
    try:
        return work(resource) or {}, None
    except JobFailedError as error:
        return {}, str(error)
    except Exception as error:
        return {}, f"Internal error: {type(error).__name__}: {error}"


def short_id() -> str:
    """Return eight hexadecimal digits, as in the ARNs of solution versions and event trackers."""
    return secrets.token_hex(4)
