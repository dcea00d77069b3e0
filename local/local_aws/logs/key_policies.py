"""Keys of log groups: CloudWatch Logs checks at once that the policy of the key allows it to use the key.

Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
"""

from typing import Any

from werkzeug import Response

from local_aws.iam.access_denied import error_response
from local_aws.iam.actors import Actor, has_roles, identity, request_context
from local_aws.iam.api_calls import Call
from local_aws.iam.permission import Permission
from local_aws.iam.policy import AccessRequest
from local_aws.iam.policy_evaluation import evaluate
from local_aws.iam.resource_policies import resource_policy
from local_aws.kms.key_usage import key_arn

_OPERATIONS = ("AssociateKmsKey", "CreateLogGroup")
_TARGETS = {f"Logs_20140328.{operation}" for operation in _OPERATIONS}
_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")


def sets_key(environ: dict[str, Any]) -> bool:
    """Whether a request may set the key of a log group."""
    return environ.get("HTTP_X_AMZ_TARGET", "") in _TARGETS


def check_key(call: Call) -> Response | None:
    """Return the error of CloudWatch Logs if a call sets a key that the service may not use."""
    name = call.parameters.get("kmsKeyId")
    if call.service != "logs" or call.operation not in _OPERATIONS or not name or not has_roles(call.account):
        return None
    group = call.arn(f"log-group:{call.parameters.get('logGroupName')}")
    key = key_arn(name, call.account, call.region)
    if key and all(
        _is_allowed(call, Permission(action, key, {"kms:encryptioncontext:aws:logs:arn": group})) for action in _ACTIONS
    ):
        return None
    message = f"The specified KMS key does not exist or is not allowed to be used with Arn '{group}'"
    return error_response(call, "InvalidParameterException", message, 400)


def _is_allowed(call: Call, permission: Permission) -> bool:
    logs = Actor(call.account, f"logs.{call.region}.amazonaws.com")
    context = {**request_context(logs, call.region), **permission.context}
    request = AccessRequest(permission.action, permission.resource, context)
    return (
        evaluate(identity(logs), request, resource_policy(permission.action, permission.resource, call.account)).denial
        is None
    )
