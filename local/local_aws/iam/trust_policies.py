"""Whether a service may take a role: what the role's trust policy says."""

from local_aws.iam.access_denied import RefusedError
from local_aws.iam.actors import Actor, context, find_role, identity
from local_aws.iam.policy import Request, parse
from local_aws.iam.policy_evaluation import ResourcePolicy, evaluate
from local_aws.kms.key_usage import Use


def require_trust(actor: Actor, region: str) -> None:
    """Return when a service may take a role, as the role's trust policy says.

    Raises:
        RefusedError: it may not, or there is no such role.
    """
    use = Use("sts:AssumeRole", actor.role_arn or "")
    role = find_role(use.resource)
    by_itself = Actor(actor.account, actor.service, actor.source_arn)
    if role is None:
        raise RefusedError(by_itself, use, "because there is no such role")
    request = Request(use.action, use.resource, context(by_itself, region))
    decision = evaluate(identity(by_itself), request, ResourcePolicy(parse(role.assume_role_policy_document)))
    if decision.refused:
        raise RefusedError(by_itself, use, "because the role's trust policy does not allow it")
