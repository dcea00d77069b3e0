"""Authorization: the one place that decides whether an actor may do something."""

import os
from collections.abc import Iterable
from typing import Any

from werkzeug import Response

from local_aws.iam.access_denied import AccessDeniedError, access_denied_response
from local_aws.iam.access_records import AccessRecords
from local_aws.iam.actors import Actor, has_roles, identity, request_context
from local_aws.iam.api_calls import Call, read_call
from local_aws.iam.call_permissions import call_permissions
from local_aws.iam.caller import set_caller
from local_aws.iam.permission import Permission
from local_aws.iam.policy import AccessRequest
from local_aws.iam.policy_evaluation import evaluate
from local_aws.iam.resource_policies import resource_policy
from local_aws.iam.role_passing import check_passed_role, passes_role
from local_aws.iam.trust_policies import require_trust
from local_aws.kms.key_usage import key_permissions
from local_aws.logs.key_policies import check_key, sets_key

# Personalize reads and writes S3 with the role *and* as a service: both must be allowed.
# https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
_ALSO_AS_SERVICE = ("personalize.amazonaws.com", "s3:")
# EventBridge sends no keys about the rule when it publishes to a topic or uses its key: a statement with such a
# condition never applies. https://repost.aws/knowledge-center/sns-not-getting-eventbridge-notification
_RULES_SEND_NO_SOURCE = ("events.amazonaws.com", ("sns:", "kms:"))
# No page says whether Personalize sends them to KMS and S3. `false` in this setting: it does not.
_PERSONALIZE_SENDS_SOURCE = "LOCAL_PERSONALIZE_SENDS_SOURCE"
_SOURCE_KEYS = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceowner")
# Services whose resource policies can deny the administrator too.
_DENYING = {"kms", "s3", "sns", "sqs"}


class Authorizer:
    """Checks the calls of the API, and what parts of the local AWS do without a call."""

    def __init__(self, records: AccessRecords) -> None:
        self._records = records

    def check_request(self, environ: dict[str, Any], actor: Actor, signing_name: str, region: str) -> Response | None:
        """Return the error response to a request that is denied, None if it is allowed; its body stays readable.

        Args:
            environ: the WSGI environment.
            actor: who signed the request.
            signing_name: the service in the signature.
            region: the region in the signature.

        Raises:
            UnknownOperationError: the permissions that a role's call needs are unknown.
            UnsupportedPolicyError: a policy contains something that is not evaluated here.
        """
        set_caller(actor)
        restricted = not actor.is_administrator or signing_name in _DENYING
        if not (restricted or passes_role(environ, signing_name) or sets_key(environ)):
            return None
        call = read_call(environ, signing_name, actor.account, region)
        try:
            if restricted:
                self.require_call(actor, call)
        except AccessDeniedError as denied:
            return access_denied_response(call, denied)
        return check_passed_role(call) or check_key(call)

    def require_call(self, actor: Actor, call: Call) -> None:
        """Return if an actor may make a call.

        Raises:
            AccessDeniedError: a permission is missing.
            UnknownOperationError: the permissions that a role's call needs are unknown.
        """
        self.require(actor, call.region, call_permissions(call, actor))

    def require(self, actor: Actor, region: str, permissions: Iterable[Permission]) -> None:
        """Return if an actor has all permissions.

        Raises:
            AccessDeniedError: one is missing.
        """
        if not actor.is_administrator and not has_roles(actor.account):
            return
        for permission in permissions:
            self._require(actor, region, permission)
            service, prefix = _ALSO_AS_SERVICE
            if actor.role_arn and actor.service == service and permission.action.startswith(prefix):
                self._require(Actor(actor.account, service, actor.source_arn), region, permission)

    def require_with_keys(self, actor: Actor, region: str, *permissions: Permission) -> None:
        """Return if a service may assume its role and has all permissions, and those for the keys of the resources.

        For what parts of the local AWS do without a call.

        Raises:
            AccessDeniedError: the role cannot be assumed, or a permission is missing.
        """
        if not has_roles(actor.account):
            return
        if actor.role_arn:
            require_trust(actor, region)
        for permission in permissions:
            self.require(actor, region, (permission, *key_permissions(permission, actor.account, region)))

    def _require(self, actor: Actor, region: str, permission: Permission) -> None:
        context = {**request_context(actor, region), **permission.context}
        if not _sends_source(actor, permission.action):
            context = {key: value for key, value in context.items() if key not in _SOURCE_KEYS}
        request = AccessRequest(permission.action, permission.resource, context)
        decision = evaluate(
            identity(actor), request, resource_policy(permission.action, permission.resource, actor.account)
        )
        if actor.role_arn:
            self._records.record(actor.role_arn, request, decision)
        if decision.denial:
            raise AccessDeniedError(actor, permission, decision.denial.message(permission.action))


def _sends_source(actor: Actor, action: str) -> bool:
    """Whether a service says on whose behalf it acts."""
    if actor.service == _ALSO_AS_SERVICE[0]:
        return os.environ.get(_PERSONALIZE_SENDS_SOURCE) != "false"
    service, actions = _RULES_SEND_NO_SOURCE
    return actor.service != service or not action.startswith(actions)


def is_allowed(actor: Actor, region: str, permission: Permission) -> bool:
    """Whether an actor has a permission; the question is not recorded."""
    context = {**request_context(actor, region), **permission.context}
    request = AccessRequest(permission.action, permission.resource, context)
    return (
        evaluate(
            identity(actor), request, resource_policy(permission.action, permission.resource, actor.account)
        ).denial
        is None
    )
