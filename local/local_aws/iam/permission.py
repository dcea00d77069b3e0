"""A permission that a call or a service needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Permission:
    """An action on a resource.

    Attributes:
        action: such as `s3:GetObject`.
        resource: an ARN, or `*` for an action without a resource.
        context: condition keys that come with the action, in addition to those of the actor.
    """

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)
