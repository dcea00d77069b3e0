"""Actors: an assumed role, a service with its own principal, or the administrator of the account."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from moto.iam.models import ManagedPolicy, Role, iam_backends

from local_aws.iam.policy import Policy, Principal, parse
from local_aws.iam.policy_evaluation import Identity


@dataclass(frozen=True)
class Actor:
    """The identity in which a caller, or a part of the local AWS, acts.

    Attributes:
        account: number of the account.
        service: the service that assumed the role, or acts with its own principal, such as `lambda.amazonaws.com`;
            empty for a person.
        source_arn: the resource on whose behalf the service acts: a function, a state machine, a rule …
        role_arn: the assumed role; None for a service principal and for the administrator.
        session: name of the role's session.
    """

    account: str
    service: str = ""
    source_arn: str = ""
    role_arn: str | None = None
    session: str = ""

    @property
    def is_administrator(self) -> bool:
        """Whether only resource policies restrict it."""
        return not self.role_arn and not self.service

    @property
    def arn(self) -> str:
        """The name in error messages."""
        if self.role_arn:
            return f"arn:aws:sts::{self.account}:assumed-role/{self.role_arn.rsplit('/', 1)[-1]}/{self.session}"
        return self.service or f"arn:aws:iam::{self.account}:root"


def assumed_role(role_arn: str | None, service: str, source_arn: str, session: str) -> Actor:
    """Return the actor for a service that assumes a role; the service principal when no role is configured."""
    if not role_arn:
        return service_principal(service, source_arn)
    return Actor(role_arn.split(":")[4], service, source_arn, role_arn, session[:64])


def service_principal(service: str, source_arn: str) -> Actor:
    """Return the actor for a service that acts without a role."""
    return Actor(source_arn.split(":")[4], service, source_arn)


def identity(actor: Actor) -> Identity:
    """Return an actor with its policies as they are now; a role that was deleted has none."""
    if not actor.role_arn:
        own = () if actor.service else (f"arn:aws:iam::{actor.account}:root",)
        return Identity(Principal(actor.account, own, actor.service or None))
    role = find_role(actor.role_arn)
    principal = Principal(actor.account, (actor.role_arn, actor.arn))
    return Identity(principal, dict(role_policies(role)) if role else {}, _boundary(role) if role else None)


def find_role(arn: str) -> Role | None:
    """Return the role of an ARN."""
    roles = iam_backends[arn.split(":")[4]]["aws"].roles
    name = arn.rsplit("/", 1)[-1]
    return next((role for role in list(roles.values()) if role.name == name and role.arn == arn), None)


def has_roles(account: str) -> bool:
    """Whether an account uses IAM: in an account without any role everybody is the administrator."""
    return bool(iam_backends[account]["aws"].roles)


def role_policies(role: Role) -> Iterator[tuple[str, Policy]]:
    """Yield name and policy of everything attached to a role, inline policies first."""
    yield from ((name, parse(document)) for name, document in list(role.policies.items()))
    yield from ((arn, _default_version(policy)) for arn, policy in list(role.managed_policies.items()))


def request_context(actor: Actor, region: str) -> dict[str, str]:
    """Return the condition keys that every request of the actor has; the endpoint counts as one with TLS."""
    now = time.time()
    keys = {
        "aws:currenttime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
        "aws:epochtime": str(int(now)),
        "aws:requestedregion": region,
        "aws:securetransport": "true",
    }
    if actor.service and not actor.role_arn:
        return keys | _service_keys(actor)
    role = find_role(actor.role_arn) if actor.role_arn else None
    return keys | {
        "aws:principalaccount": actor.account,
        "aws:principalarn": actor.role_arn or f"arn:aws:iam::{actor.account}:root",
        "aws:principalisawsservice": "false",
        "aws:principaltype": "AssumedRole" if actor.role_arn else "Account",
        "aws:userid": f"{role.id}:{actor.session}" if role else actor.account,
        "aws:viaawsservice": "false",
    }


def _service_keys(actor: Actor) -> dict[str, str]:
    keys = {
        "aws:principalisawsservice": "true",
        "aws:principalservicename": actor.service,
        "aws:sourceaccount": actor.account,
        "aws:sourceowner": actor.account,
    }
    return keys | ({"aws:sourcearn": actor.source_arn} if actor.source_arn else {})


def _boundary(role: Role) -> Policy | None:
    if not (arn := role.permissions_boundary_arn):
        return None
    return _default_version(iam_backends[role.account_id]["aws"].managed_policies[arn])


def _default_version(policy: ManagedPolicy) -> Policy:
    return parse(next(one.document for one in policy.versions if one.version_id == policy.default_version_id))
