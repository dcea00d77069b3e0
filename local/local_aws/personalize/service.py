"""The state of the service in one account and region, and the few moves that every resource family makes on it."""

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

Work = Callable[[Resource], dict[str, Any] | None]
"""Background work for a resource; returns members to add to it. Raises JobFailedError."""

UseKey = Callable[[str, str, str, tuple[str, ...]], None]
"""Uses a key: its ARN, the role's, the dataset group's, actions as `kms:Decrypt`. Raises a ClientError."""


class Service:
    """Resources, data and models of one account and region. Hold `lock` to change resources."""

    def __init__(
        self,
        account_id: str,
        region: str,
        settings: PersonalizeSettings,
        s3: Callable[[str, str], Any],
        use_key: UseKey,
        faults: Faults,
    ) -> None:
        self.account_id = account_id
        self.region = region
        self.settings = settings
        self._s3 = s3
        self._use_key = use_key
        self.faults = faults
        self.lock = threading.RLock()
        self.store = ResourceStore(settings.clock)
        self.heavy = settings.workers(settings.heavy_workers)
        self.light = settings.workers(1)
        self.models = ModelStore(settings.model_dir)
        self.trackers: dict[str, Resource] = {}
        self.deployments: dict[str, Any] = {}
        self._data: dict[str, DatasetGroupData] = {}

    def now(self) -> float:
        """Epoch seconds by the service's clock."""
        return self.settings.clock()

    def arn(self, resource_type: ResourceType, name: str) -> str:
        """The ARN of a resource of this account and region."""
        return f"arn:aws:personalize:{self.region}:{self.account_id}:{resource_type.path}/{name}"

    def data(self, group_arn: str) -> DatasetGroupData:
        """The data of a dataset group."""
        return self._data.get(group_arn) or self._data.setdefault(group_arn, DatasetGroupData())

    def forget_data(self, group_arn: str) -> None:
        """Drop the data of a deleted dataset group."""
        self._data.pop(group_arn, None)

    def dataset(self, group_arn: str, dataset_type: str) -> Resource | None:
        """The group's dataset of that type (Interactions, Items, Users), if it has one."""
        return next(iter(self.store.all(DATASET, datasetGroupArn=group_arn, datasetType=dataset_type)), None)

    def schema_of(self, group_arn: str, dataset_type: str) -> Schema | None:
        """The schema of the group's dataset of that type, if it has one."""
        dataset = self.dataset(group_arn, dataset_type)
        return parse_schema(self.store.get(dataset["schemaArn"], SCHEMA)["schema"]) if dataset else None

    def create(
        self,
        resource_type: ResourceType,
        request: dict[str, Any],
        *,
        identity: str | None = None,
        work: Work | None = None,
        done: Callable[[Resource], None] | None = None,
        **more: Any,
    ) -> Resource:
        """Add a resource whose members are the request's and `more`.

        `identity`: the last part of its ARN, where that is not its name. With `work` it becomes ACTIVE when the work,
        done in the background, is (and `done` follows); without, by the clock alone.
        Raises ResourceAlreadyExistsError, TooManyTagsError.
        """
        members = {name: value for name, value in request.items() if name != "tags"} | more
        statuses = resource_type.statuses[: 2 if work else 3]
        resource = Resource(
            resource_type=resource_type,
            arn=self.arn(resource_type, identity or request[resource_type.name_member]),
            fields=members,
            timeline=StatusTimeline.over(self.now(), self._step(resource_type), *statuses),
            tags=self.merged_tags({}, request.get("tags", [])),
        )
        self.store.add(resource)
        if work:
            # A campaign must not wait until trainings, which may take minutes, leave a thread free.
            workers = self.light if resource_type is CAMPAIGN else self.heavy
            workers.submit(lambda: self._carry_out(resource, work, done), self.settings.step_seconds)
        return resource

    def merged_tags(self, held: dict[str, str], added: list[dict[str, str]]) -> dict[str, str]:
        """Tags by key after adding some. Raises TooManyTagsError."""
        tags = held | {tag["tagKey"]: tag["tagValue"] for tag in added}
        if len(tags) > self.settings.quotas.tags_per_resource:
            raise TooManyTagsError(f"A resource can have at most {self.settings.quotas.tags_per_resource} tags.")
        return tags

    def delete(self, resource: Resource) -> None:
        """Begin the deletion of a resource. Raises ResourceInUseError while it is in a passing status."""
        self.require_settled(resource)
        now = self.now()
        resource.timeline = resource.timeline.then(
            now, self._step(resource.resource_type), DELETE_PENDING, DELETE_IN_PROGRESS, DELETED
        )

    def status(self, resource: Resource) -> str:
        """The resource's status now."""
        return resource.timeline.status(self.now())

    def require_active(self, resource: Resource) -> Resource:
        """The resource, if it is ACTIVE; raises InvalidInputError if not."""
        if (status := self.status(resource)) != ACTIVE:
            raise InvalidInputError(f"{resource.resource_type.noun} {resource.arn} is not ACTIVE but {status}.")
        return resource

    def require_settled(self, resource: Resource) -> None:
        """Raise ResourceInUseError while the resource is in a passing status."""
        if not resource.settled(self.now()):
            raise ResourceInUseError(
                f"{resource.resource_type.noun} {resource.arn} is in status {self.status(resource)}."
            )

    def s3_for(self, job: Resource) -> Any:
        """Return an S3 client that acts as a job's role; raises JobFailedError if there is no such role to take."""
        try:
            return self._s3(job["roleArn"], job.arn)
        except ClientError:
            raise JobFailedError(f"The role {job['roleArn']} does not exist or cannot be assumed.") from None

    def use_key(self, group_arn: str, *actions: str) -> None:
        """Raise JobFailedError if key and role of a dataset group do not allow these actions of KMS."""
        group = self.store.get(group_arn, DATASET_GROUP)
        if not group.get("roleArn"):
            return
        try:
            self._use_key(group["kmsKeyArn"], group["roleArn"], group.arn, actions)
        except ClientError as refused:
            raise JobFailedError(refused.response["Error"]["Message"]) from None

    def wait_idle(self, timeout: float) -> bool:
        """Wait until all background work is done; False if `timeout` seconds came first."""
        return self.heavy.wait_idle(timeout) and self.light.wait_idle(timeout)

    def close(self) -> None:
        """Stop all background work."""
        self.heavy.close()
        self.light.close()

    def _step(self, resource_type: ResourceType) -> float:
        return 0.0 if resource_type.instant else self.settings.step_seconds

    def _carry_out(self, resource: Resource, work: Work, done: Callable[[Resource], None] | None) -> None:
        waiting, under_way, finished, failed = resource.resource_type.statuses
        if self.status(resource) not in (waiting, under_way):
            return
        try:
            members, reason = work(resource) or {}, None
        except JobFailedError as failure:
            members, reason = {}, str(failure)
        except Exception as unexpected:
            members, reason = {}, f"Internal error: {type(unexpected).__name__}: {unexpected}"
        with self.lock:
            if self.status(resource) in (waiting, under_way):
                resource.fields.update(members)
                resource.failure_reason = reason
                resource.timeline = resource.timeline.then(self.now(), 0, failed if reason else finished)
                if done and not reason:
                    done(resource)


def short_id() -> str:
    """Eight hexadecimal digits, as the service uses to tell versions and trackers apart."""
    return secrets.token_hex(4)
