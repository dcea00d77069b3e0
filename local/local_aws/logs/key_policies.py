"""Keys that are handed to CloudWatch Logs: the service sees at once whether the key's policy lets it in.

Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
"""

from typing import Any

from werkzeug import Response

from local_aws.iam.access_denied import error
from local_aws.iam.actors import Actor, context, has_roles, identity
from local_aws.iam.api_calls import Call
from local_aws.iam.policy import Request
from local_aws.iam.policy_evaluation import evaluate
from local_aws.iam.resource_policies import policy_of
from local_aws.kms.key_usage import Use, key_arn

_OPERATIONS = ("AssociateKmsKey", "CreateLogGroup")
_TARGETS = {f"Logs_20140328.{operation}" for operation in _OPERATIONS}
_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")


def hands_key(environ: dict[str, Any]) -> bool:
    """Whether a request may hand a key to CloudWatch Logs."""
    return environ.get("HTTP_X_AMZ_TARGET", "") in _TARGETS


def refuse_key(call: Call) -> Response | None:
    """Return the refusal of the key that a log group is to be encrypted with, if Logs may not use it."""
    name = call.parameters.get("kmsKeyId")
    if call.service != "logs" or call.operation not in _OPERATIONS or not name or not has_roles(call.account):
        return None
    group = call.arn(f"log-group:{call.parameters.get('logGroupName')}")
    key = key_arn(name, call.account, call.region)
    if key and all(_may(call, Use(action, key, {"kms:encryptioncontext:aws:logs:arn": group})) for action in _ACTIONS):
        return None
    message = f"The specified KMS key does not exist or is not allowed to be used with Arn '{group}'"
    return error(call, "InvalidParameterException", message, 400)


def _may(call: Call, use: Use) -> bool:
    logs = Actor(call.account, f"logs.{call.region}.amazonaws.com")
    request = Request(use.action, use.resource, {**context(logs, call.region), **use.context})
    return evaluate(identity(logs), request, policy_of(use.resource, call.account)).refused is None
