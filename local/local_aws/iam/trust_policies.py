"""Trust policies: whether a service may assume a role."""

from local_aws.iam.access_denied import AccessDeniedError
from local_aws.iam.actors import Actor, find_role, identity, request_context
from local_aws.iam.new_roles import is_too_new
from local_aws.iam.permission import Permission
from local_aws.iam.policy import AccessRequest, parse
from local_aws.iam.policy_evaluation import ResourcePolicy, evaluate


def require_trust(actor: Actor, region: str) -> None:
    """Return if the trust policy of an actor's role lets the actor's service assume it.

    Raises:
        AccessDeniedError: it does not, or the role does not exist or is too new.
    """
    permission = Permission("sts:AssumeRole", actor.role_arn or "")
    role = find_role(permission.resource)
    service = Actor(actor.account, actor.service, actor.source_arn)
    if role is None:
        raise AccessDeniedError(service, permission, "because there is no such role")
    if is_too_new(role):
        raise AccessDeniedError(service, permission, "because the role is not known everywhere yet")
    request = AccessRequest(permission.action, permission.resource, request_context(service, region))
    decision = evaluate(identity(service), request, ResourcePolicy(parse(role.assume_role_policy_document)))
    if decision.denial:
        raise AccessDeniedError(service, permission, "because the role's trust policy does not allow it")
