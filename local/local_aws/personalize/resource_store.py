"""All resources of one account and region by ARN, and the pagination of every list."""

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

_DEFAULT_PAGE_SIZE = 100


@dataclass
class Update:
    """The latest update of a resource, with a status of its own (latestCampaignUpdate and similar members)."""

    fields: dict[str, Any]
    timeline: StatusTimeline
    failure_reason: str | None = None
    pending_fields: dict[str, Any] = field(default_factory=dict)
    """Members that the resource gets when the update is ACTIVE."""

    def describe(self, now: float) -> dict[str, Any]:
        """Return the members of the update, with its status and times at `now`."""
        return self.fields | _state(self.timeline, self.failure_reason, now)


@dataclass
class Resource:
    """One resource. `fields` are the members of its Describe response, and a few internal ones that no response has."""

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
        """Return the value of a member, or `default`."""
        return self.fields.get(member, default)

    def describe(self, now: float) -> dict[str, Any]:
        """Return all members at `now`."""
        updates = {name: update.describe(now) for name, update in self.updates.items()}
        nested = {n: value.describe(now) for n, value in self.fields.items() if isinstance(value, Resource)}
        identity = {self.resource_type.arn_member: self.arn}
        return self.fields | nested | identity | _state(self.timeline, self.failure_reason, now) | updates

    def apply_updates(self, now: float) -> None:
        """Set the members of the updates that are ACTIVE at `now`."""
        for update in self.updates.values():
            if update.pending_fields and update.timeline.status_at(now) == ACTIVE:
                self.fields.update(update.pending_fields)
                update.pending_fields = {}

    def is_stable(self, now: float) -> bool:
        """Return whether the status at `now` is not a transitional one."""
        return self.timeline.status_at(now) in STABLE


class ResourceStore:
    """Resources by ARN. A resource whose status is DELETED no longer exists. Thread safe."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._resources: dict[str, Resource] = {}
        self._serial = itertools.count(1)
        self._lock = threading.RLock()

    def add(self, resource: Resource) -> Resource:
        """Add a new resource.

        Raises:
            ResourceAlreadyExistsError: A resource with that ARN exists.
        """
        with self._lock:
            if self.find(resource.arn):
                raise ResourceAlreadyExistsError(f"Another resource with Arn {resource.arn} already exists.")
            resource.serial = next(self._serial)
            self._resources[resource.arn] = resource
            return resource

    def find(self, arn: str, *resource_types: ResourceType) -> Resource | None:
        """Return the resource with that ARN (and of one of the types, if any are given), or None."""
        with self._lock:
            resource, now = self._resources.get(arn), self._clock()
            if resource and resource.timeline.status_at(now) == DELETED:
                del self._resources[arn]
                return None
            if resource:
                resource.apply_updates(now)
        return resource if resource and (not resource_types or resource.resource_type in resource_types) else None

    def get(self, arn: str, *resource_types: ResourceType) -> Resource:
        """Return the resource with that ARN.

        Raises:
            ResourceNotFoundError: There is no such resource.
        """
        if resource := self.find(arn, *resource_types):
            return resource
        raise ResourceNotFoundError.of(arn)

    def all(self, resource_type: ResourceType, **fields: Any) -> list[Resource]:
        """Return the resources of a type whose members equal `fields`, oldest first."""
        with self._lock:
            found = [self.find(arn, resource_type) for arn in list(self._resources)]
        return [r for r in found if r and all(r.get(name) == value for name, value in fields.items())]


def paginate(resources: Sequence[Any], list_name: str, request: dict[str, Any]) -> tuple[list[Any], str | None]:
    """Return one page of `resources`, and the token for the next page or None.

    A page has `maxResults` entries, by default 100. A token holds the name of its list and the start of its page.

    Raises:
        InvalidNextTokenError: The token was not issued for this list.
    """
    start = _parse_token(request["nextToken"], list_name) if request.get("nextToken") else 0
    end = start + request.get("maxResults", _DEFAULT_PAGE_SIZE)
    return list(resources[start:end]), _token(list_name, end) if end < len(resources) else None


def _token(list_name: str, start: int) -> str:
    return base64.b64encode(json.dumps([list_name, start]).encode()).decode()


def _parse_token(token: str, list_name: str) -> int:
    try:
        name, start = parse_json(base64.b64decode(token.encode(), validate=True))
    except (binascii.Error, ValueError, TypeError):
        name, start = None, 0
    if name != list_name or not isinstance(start, int) or start < 0:
        raise InvalidNextTokenError("The token is not valid.")
    return start


def _state(timeline: StatusTimeline, failure_reason: str | None, now: float) -> dict[str, Any]:
    state = {
        "status": timeline.status_at(now),
        "creationDateTime": timeline.created,
        "lastUpdatedDateTime": timeline.updated_at(now),
    }
    return state | ({"failureReason": failure_reason} if failure_reason else {})
