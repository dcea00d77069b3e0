"""All permissions that a call of the API needs: for its resources, for their keys, and for the roles that it passes."""

from collections.abc import Iterator, Mapping

from local_aws.iam.actors import Actor
from local_aws.iam.api_calls import Call, UnknownOperationError
from local_aws.iam.permission import Permission
from local_aws.iam.required_permissions import required_permissions
from local_aws.iam.resource_finders import ActionOnResource
from local_aws.iam.resource_policies import object_exists
from local_aws.iam.role_passing import passed_roles
from local_aws.kms.configured_keys import configured_key_permissions
from local_aws.kms.key_usage import key_permissions

_MULTIPART_OPERATIONS = ("CompleteMultipartUpload", "CreateMultipartUpload", "UploadPart", "UploadPartCopy")


def call_permissions(call: Call, actor: Actor) -> Iterator[Permission]:
    """Yield what a call needs; the administrator may use every key whose policy names the account, and pass every role.

    Raises:
        UnknownOperationError: the permissions that a role's call needs are unknown.
    """
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
    if not actor.is_administrator:
        yield from passed_roles(call)
        yield from configured_key_permissions(call)


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
