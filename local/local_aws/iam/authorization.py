"""Authorization: the one place that decides whether an actor may do something."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from werkzeug import Response

from local_aws.iam.access_denied import AccessDeniedError, access_denied_response
from local_aws.iam.access_records import AccessRecords
from local_aws.iam.actors import Actor, has_roles, identity, request_context
from local_aws.iam.api_calls import Call, UnknownOperationError, read_call
from local_aws.iam.permission import Permission
from local_aws.iam.policy import AccessRequest
from local_aws.iam.policy_evaluation import evaluate
from local_aws.iam.required_permissions import ActionOnResource, required_permissions
from local_aws.iam.resource_policies import object_exists, resource_policy
from local_aws.iam.role_passing import check_passed_role, passes_role
from local_aws.iam.trust_policies import require_trust
from local_aws.kms.key_usage import key_permissions
from local_aws.logs.key_policies import check_key, sets_key

# Personalize reads and writes S3 with the role *and* as a service: both must be allowed.
# https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
_ALSO_AS_SERVICE = ("personalize.amazonaws.com", "s3:")
# Services whose resource policies can deny the administrator too.
_DENYING = {"kms", "s3", "sns", "sqs"}
_MULTIPART_OPERATIONS = ("CompleteMultipartUpload", "CreateMultipartUpload", "UploadPart", "UploadPartCopy")


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
        restricted = not actor.is_administrator or signing_name in _DENYING
        if not (restricted or passes_role(environ, signing_name) or sets_key(environ)):
            return None
        call = read_call(environ, signing_name, actor.account, region)
        try:
            self.require(actor, region, _permissions(call, actor) if restricted else ())
        except AccessDeniedError as denied:
            return access_denied_response(call, denied)
        return check_passed_role(call) or check_key(call)

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
        request = AccessRequest(permission.action, permission.resource, context)
        decision = evaluate(identity(actor), request, resource_policy(permission.resource, actor.account))
        if actor.role_arn:
            self._records.record(actor.role_arn, request, decision)
        if decision.denial:
            raise AccessDeniedError(actor, permission, decision.denial.message(permission.action))


def _permissions(call: Call, actor: Actor) -> Iterator[Permission]:
    """Yield what a call needs, for keys too; the administrator may use every key whose policy names the account."""
    condition_keys = _condition_keys(call)
    for action, resource in _actions(call, actor):
        permission = Permission(action, resource, condition_keys)
        yield permission
        if action == "s3:GetObject" and not actor.is_administrator and not object_exists(resource, actor.account):
            # Only a caller who may list the bucket gets the error that an object does not exist.
            yield Permission("s3:ListBucket", resource.partition("/")[0])
        if not actor.is_administrator and call.operation != "HeadObject":
            upload = call.headers if action == "s3:PutObject" else None
            in_parts = call.operation in _MULTIPART_OPERATIONS
            yield from key_permissions(permission, actor.account, call.region, upload, in_parts=in_parts)


def _actions(call: Call, actor: Actor) -> list[ActionOnResource]:
    try:
        return required_permissions(call)
    except UnknownOperationError:
        if actor.is_administrator:
            return []
        raise


def _condition_keys(call: Call) -> Mapping[str, str]:
    if call.service != "s3":
        return {}
    names = ("x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id")
    keys = {f"s3:{name}": call.headers[name] for name in names if name in call.headers}
    return keys | ({"s3:prefix": call.parameters["prefix"]} if "prefix" in call.parameters else {})
