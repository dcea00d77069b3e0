"""Whether a request is allowed: explicit denials first, then what allows it, otherwise it is refused. Pure.

Rules: IAM user guide, "Policy evaluation for requests within a single account"; for keys: KMS developer guide,
"Determining access to AWS KMS keys".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from local_aws.iam.policy import Match, Policy, Principal, Request


class Reason(Enum):
    """Why a request is refused, in the words that AWS uses."""

    EXPLICIT_IDENTITY = "with an explicit deny in an identity-based policy"
    EXPLICIT_RESOURCE = "with an explicit deny in a resource-based policy"
    EXPLICIT_BOUNDARY = "with an explicit deny in a permissions boundary"
    NO_IDENTITY = "because no identity-based policy allows the {action} action"
    NO_RESOURCE = "because no resource-based policy allows the {action} action"
    NO_BOUNDARY = "because no permissions boundary allows the {action} action"

    def sentence(self, action: str) -> str:
        """The end of the error's message."""
        return self.value.format(action=action)


@dataclass(frozen=True)
class Decision:
    """What came of it.

    Attributes:
        refused: None when the request is allowed.
        grants: name of each identity policy that allows it, and the match in it.
    """

    refused: Reason | None
    grants: tuple[tuple[str, Match], ...] = ()


@dataclass(frozen=True)
class Identity:
    """Somebody and his own policies.

    Attributes:
        principal: how policies of resources may name him.
        policies: name -> policy; None for whoever administers the account, who may do everything.
        boundary: a permissions boundary.
    """

    principal: Principal
    policies: Mapping[str, Policy] | None = None
    boundary: Policy | None = None


@dataclass(frozen=True)
class ResourcePolicy:
    """A resource's policy; `governs`: without its leave nobody's own policies count (keys)."""

    policy: Policy
    governs: bool = False


def evaluate(who: Identity, request: Request, of_resource: ResourcePolicy | None = None) -> Decision:
    """Decide one request."""
    if denied := _explicitly_denied(who, request, of_resource):
        return Decision(denied)
    named, delegated = _allowed_by_resource(who.principal, request, of_resource)
    if who.principal.service:
        return Decision(None if named else Reason.NO_RESOURCE)
    if who.policies is None:
        return Decision(
            Reason.NO_RESOURCE if of_resource and of_resource.governs and not (named or delegated) else None
        )
    grants = tuple(_matches(who.policies, request, "Allow"))
    return _of_role(
        who, request, grants, named=named, governed=bool(of_resource and of_resource.governs) and not delegated
    )


def _of_role(
    who: Identity, request: Request, grants: tuple[tuple[str, Match], ...], *, named: bool, governed: bool
) -> Decision:
    if governed and not named:
        return Decision(Reason.NO_RESOURCE)
    if not named and not grants:
        return Decision(Reason.NO_IDENTITY)
    if who.boundary and not any(one.match(request) for one in who.boundary.of_effect("Allow")):
        return Decision(Reason.NO_BOUNDARY)
    return Decision(None, grants)


def _explicitly_denied(who: Identity, request: Request, of_resource: ResourcePolicy | None) -> Reason | None:
    if any(_matches(who.policies or {}, request, "Deny")):
        return Reason.EXPLICIT_IDENTITY
    if who.boundary and any(one.match(request) for one in who.boundary.of_effect("Deny")):
        return Reason.EXPLICIT_BOUNDARY
    for statement in of_resource.policy.of_effect("Deny") if of_resource else ():
        if (statement.names(who.principal) or statement.names_account(who.principal)) and statement.match(request):
            return Reason.EXPLICIT_RESOURCE
    return None


def _allowed_by_resource(who: Principal, request: Request, of_resource: ResourcePolicy | None) -> tuple[bool, bool]:
    """Return whether the resource's policy allows it to somebody himself, and whether it leaves it to his account."""
    allowing = list(of_resource.policy.of_effect("Allow")) if of_resource else []
    named = any(one.names(who) and one.match(request) for one in allowing)
    return named, any(one.names_account(who) and one.match(request) for one in allowing)


def _matches(policies: Mapping[str, Policy], request: Request, effect: str) -> "Sequence[tuple[str, Match]]":
    return [
        (name, match)
        for name, policy in policies.items()
        for statement in policy.of_effect(effect)
        if (match := statement.match(request))
    ]
