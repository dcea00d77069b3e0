"""Policy evaluation: explicit denials first, then what allows the request, otherwise it is denied. Pure.

Rules: IAM user guide, "Policy evaluation for requests within a single account"; for keys: KMS developer guide,
"Determining access to AWS KMS keys".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from local_aws.iam.policy import AccessRequest, Match, Policy, Principal


class Denial(Enum):
    """Why a request is denied, in the words that AWS uses."""

    EXPLICIT_IDENTITY = "with an explicit deny in an identity-based policy"
    EXPLICIT_RESOURCE = "with an explicit deny in a resource-based policy"
    EXPLICIT_BOUNDARY = "with an explicit deny in a permissions boundary"
    NO_IDENTITY = "because no identity-based policy allows the {action} action"
    NO_RESOURCE = "because no resource-based policy allows the {action} action"
    NO_BOUNDARY = "because no permissions boundary allows the {action} action"

    def message(self, action: str) -> str:
        """Return the end of the error message."""
        return self.value.format(action=action)


@dataclass(frozen=True)
class Decision:
    """The result of an evaluation.

    Attributes:
        denial: None when the request is allowed.
        grants: name of each identity-based policy that allows it, and the match in it.
    """

    denial: Denial | None
    grants: tuple[tuple[str, Match], ...] = ()


@dataclass(frozen=True)
class Identity:
    """A principal and its own policies.

    Attributes:
        principal: its names in resource policies.
        policies: name -> policy; None for the administrator of the account, who may do everything.
        boundary: a permissions boundary.
    """

    principal: Principal
    policies: Mapping[str, Policy] | None = None
    boundary: Policy | None = None


@dataclass(frozen=True)
class ResourcePolicy:
    """The policy of a resource.

    Attributes:
        governs: identity-based policies count only if this policy names the account (keys).
    """

    policy: Policy
    governs: bool = False


def evaluate(identity: Identity, request: AccessRequest, resource_policy: ResourcePolicy | None = None) -> Decision:
    """Decide one request."""
    if denied := _explicit_denial(identity, request, resource_policy):
        return Decision(denied)
    named, delegated = _allowed_by_resource(identity.principal, request, resource_policy)
    if identity.principal.service:
        return Decision(None if named else Denial.NO_RESOURCE)
    governs = resource_policy is not None and resource_policy.governs
    if identity.policies is None:
        return Decision(Denial.NO_RESOURCE if governs and not (named or delegated) else None)
    return _decide_for_role(identity, request, named=named, governed=governs and not delegated)


def _decide_for_role(identity: Identity, request: AccessRequest, *, named: bool, governed: bool) -> Decision:
    grants = tuple(_matches(identity.policies or {}, request, "Allow"))
    if governed and not named:
        return Decision(Denial.NO_RESOURCE)
    if not named and not grants:
        return Decision(Denial.NO_IDENTITY)
    if identity.boundary and not any(one.match(request) for one in identity.boundary.of_effect("Allow")):
        return Decision(Denial.NO_BOUNDARY)
    return Decision(None, grants)


def _explicit_denial(
    identity: Identity, request: AccessRequest, resource_policy: ResourcePolicy | None
) -> Denial | None:
    if any(_matches(identity.policies or {}, request, "Deny")):
        return Denial.EXPLICIT_IDENTITY
    if identity.boundary and any(one.match(request) for one in identity.boundary.of_effect("Deny")):
        return Denial.EXPLICIT_BOUNDARY
    principal = identity.principal
    for statement in resource_policy.policy.of_effect("Deny") if resource_policy else ():
        if (statement.names(principal) or statement.names_account(principal)) and statement.match(request):
            return Denial.EXPLICIT_RESOURCE
    return None


def _allowed_by_resource(
    principal: Principal, request: AccessRequest, resource_policy: ResourcePolicy | None
) -> tuple[bool, bool]:
    """Return whether the resource policy allows it to the principal itself, and whether to its account."""
    allowing = list(resource_policy.policy.of_effect("Allow")) if resource_policy else []
    named = any(one.names(principal) and one.match(request) for one in allowing)
    return named, any(one.names_account(principal) and one.match(request) for one in allowing)


def _matches(policies: Mapping[str, Policy], request: AccessRequest, effect: str) -> Sequence[tuple[str, Match]]:
    return [
        (name, match)
        for name, policy in policies.items()
        for statement in policy.of_effect(effect)
        if (match := statement.match(request))
    ]
