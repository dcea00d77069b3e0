"""Permissions for a key that a call gives to a resource: who configures it must be allowed to use the key.

Sources: Lambda developer guide, "Securing Lambda environment variables"; Step Functions developer guide, "Data at rest
encryption"; EventBridge Scheduler user guide, "Data encryption at rest"; DynamoDB developer guide, "DynamoDB encryption
at rest: usage notes". Kinesis documents no such permission; the reference has the key as a resource of the action.
"""

from collections.abc import Iterator, Mapping

from local_aws.iam.api_calls import Call
from local_aws.iam.permission import Permission
from local_aws.kms.key_usage import key_arn, via_service

_LAMBDA = ("KMSKeyArn", ("kms:CreateGrant", "kms:Decrypt", "kms:Encrypt"))
_STATES = ("encryptionConfiguration.kmsKeyId", ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"))
_SCHEDULER = ("KmsKeyArn", ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"))
_TABLE = (
    "SSESpecification.KMSMasterKeyId",
    (
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    ),
)
# Service and operation -> the parameter that names the key, and the actions on it.
_CONFIGURED: Mapping[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("dynamodb", "CreateTable"): _TABLE,
    ("dynamodb", "UpdateTable"): _TABLE,
    ("kinesis", "StartStreamEncryption"): ("KeyId", ("kms:DescribeKey", "kms:GenerateDataKey")),
    ("lambda", "CreateFunction"): _LAMBDA,
    ("lambda", "UpdateFunctionConfiguration"): _LAMBDA,
    ("scheduler", "CreateSchedule"): _SCHEDULER,
    ("scheduler", "UpdateSchedule"): _SCHEDULER,
    ("stepfunctions", "CreateStateMachine"): _STATES,
    ("stepfunctions", "UpdateStateMachine"): _STATES,
}
_PREFIXES = {"stepfunctions": "states"}


def configured_key_permissions(call: Call) -> Iterator[Permission]:
    """Yield what a call needs for the customer managed key that it gives to a resource."""
    path, actions = _CONFIGURED.get((call.service, call.operation), ("", ()))
    name = _parameter(call, path) if path else None
    key = key_arn(name, call.account, call.region) if name else None
    service = _PREFIXES.get(call.service, call.service)
    for action in actions if key else ():
        yield Permission(action, str(key), via_service(service, call.region, call.account))


def _parameter(call: Call, path: str) -> str | None:
    holder = call.parameters
    *holders, name = path.split(".")
    for one in holders:
        holder = holder.get(one) or {}
    return holder.get(name)
