"""Every resource of one account and region, by ARN; thread safe, with pagination in one place."""

import base64
import binascii
import itertools
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_aws.personalize.errors import InvalidNextTokenError, ResourceAlreadyExistsError, ResourceNotFoundError
from local_aws.personalize.resource_types import ResourceType
from local_aws.personalize.statuses import ACTIVE, DELETED, STABLE, StatusTimeline
from local_aws.personalize.strict_json import parse_json


@dataclass
class Update:
    """The latest change made to a resource; it has a status of its own (latestCampaignUpdate and its like)."""

    fields: dict[str, Any]
    timeline: StatusTimeline
    failure_reason: str | None = None
    becomes: dict[str, Any] = field(default_factory=dict)
    """Members that the resource takes on when the update is ACTIVE."""

    def describe(self, now: float) -> dict[str, Any]:
        """Its members, with status and times as they are at `now`."""
        return self.fields | _state(self.timeline, self.failure_reason, now)


@dataclass
class Resource:
    """One resource: `fields` are members of its Describe answer (and a few of our own, that no answer shows)."""

    resource_type: ResourceType
    arn: str
    fields: dict[str, Any]
    timeline: StatusTimeline
    tags: dict[str, str] = field(default_factory=dict)
    failure_reason: str | None = None
    updates: dict[str, Update] = field(default_factory=dict)
    serial: int = 0

    def __getitem__(self, member: str) -> Any:
        return self.fields[member]

    def get(self, member: str, default: Any = None) -> Any:
        """The member's value, or `default`."""
        return self.fields.get(member, default)

    def describe(self, now: float) -> dict[str, Any]:
        """All members as they are at `now`."""
        updates = {name: update.describe(now) for name, update in self.updates.items()}
        nested = {n: value.describe(now) for n, value in self.fields.items() if isinstance(value, Resource)}
        identity = {self.resource_type.arn_member: self.arn}
        return self.fields | nested | identity | _state(self.timeline, self.failure_reason, now) | updates

    def take_on_updates(self, now: float) -> None:
        """Let updates that are ACTIVE by now change the members."""
        for update in self.updates.values():
            if update.becomes and update.timeline.status(now) == ACTIVE:
                self.fields.update(update.becomes)
                update.becomes = {}

    def settled(self, now: float) -> bool:
        """Whether it is in no passing status."""
        return self.timeline.status(now) in STABLE


class ResourceStore:
    """Resources by ARN. A resource whose timeline has come to DELETED is no longer there."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._resources: dict[str, Resource] = {}
        self._serial = itertools.count(1)
        self._lock = threading.RLock()

    def add(self, resource: Resource) -> Resource:
        """Keep a new resource. Raises ResourceAlreadyExistsError."""
        with self._lock:
            if self.find(resource.arn):
                raise ResourceAlreadyExistsError(f"Another resource with Arn {resource.arn} already exists.")
            resource.serial = next(self._serial)
            self._resources[resource.arn] = resource
            return resource

    def find(self, arn: str, *resource_types: ResourceType) -> Resource | None:
        """The resource of that ARN (and of one of `resource_types`, if any are given), or None."""
        with self._lock:
            resource, now = self._resources.get(arn), self._clock()
            if resource and resource.timeline.status(now) == DELETED:
                del self._resources[arn]
                return None
            if resource:
                resource.take_on_updates(now)
        return resource if resource and (not resource_types or resource.resource_type in resource_types) else None

    def get(self, arn: str, *resource_types: ResourceType) -> Resource:
        """The resource of that ARN. Raises ResourceNotFoundError."""
        if resource := self.find(arn, *resource_types):
            return resource
        raise ResourceNotFoundError.of(arn)

    def all(self, resource_type: ResourceType, **fields: Any) -> list[Resource]:
        """Resources of `resource_type` whose members equal `fields`, oldest first."""
        with self._lock:
            found = [self.find(arn, resource_type) for arn in list(self._resources)]
        return [r for r in found if r and all(r.get(name) == value for name, value in fields.items())]


def paginate(resources: Sequence[Any], list_name: str, request: dict[str, Any]) -> tuple[list[Any], str | None]:
    """One page of `resources` and the token for the next; 100 a page unless `maxResults` says otherwise.

    A token names its list and the place to go on from. Raises InvalidNextTokenError.
    """
    start = _read_token(request["nextToken"], list_name) if request.get("nextToken") else 0
    end = start + request.get("maxResults", 100)
    return list(resources[start:end]), _token(list_name, end) if end < len(resources) else None


def _token(list_name: str, place: int) -> str:
    return base64.b64encode(json.dumps([list_name, place]).encode()).decode()


def _read_token(token: str, list_name: str) -> int:
    try:
        name, place = parse_json(base64.b64decode(token.encode(), validate=True))
    except (binascii.Error, ValueError, TypeError):
        name, place = None, 0
    if name != list_name or not isinstance(place, int) or place < 0:
        raise InvalidNextTokenError("The token is not valid.")
    return place


def _state(timeline: StatusTimeline, failure_reason: str | None, now: float) -> dict[str, Any]:
    state = {
        "status": timeline.status(now),
        "creationDateTime": timeline.created,
        "lastUpdatedDateTime": timeline.updated(now),
    }
    return state | ({"failureReason": failure_reason} if failure_reason else {})
