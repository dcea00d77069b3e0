"""The permissions that a call needs: IAM actions on resources. An unknown operation is an error that names it."""

from moto.core.utils import get_service_model

from local_aws.iam.action_names import action_of, is_unscoped, tag_action
from local_aws.iam.api_calls import Call, UnknownOperationError
from local_aws.iam.resource_finders import PREFIXES, ActionOnResource, find_resources

_ANY = "*"
# What actions without a resource create, for the right to tag it: its id is not known before.
_NEW = {"kms": "key/00000000", "lambda": "event-source-mapping:00000000"}
# GetCallerIdentity needs no permission: STS answers it even if a policy denies it.
_UNRESTRICTED = {("sts", "GetCallerIdentity")}


def required_permissions(call: Call) -> list[ActionOnResource]:
    """Return the permissions that a call needs.

    Raises:
        UnknownOperationError: the resource of the operation is unknown.
    """
    if (call.service, call.operation) in _UNRESTRICTED:
        return []
    tagging = tag_action(call)
    names = [_action_name(call), *([tagging] if tagging else [])]
    if is_unscoped(call):
        return [
            (_action(call, names[0]), _ANY),
            *((_action(call, name), call.arn(_NEW[call.service])) for name in names[1:]),
        ]
    found = find_resources(call)
    if not found:
        raise UnknownOperationError(f"the resource of {call} is unknown: add it to local_aws/iam/resource_finders.py")
    return [(_action(call, name), one) if isinstance(one, str) else one for name in names for one in found]


def _action_name(call: Call) -> str:
    if call.service == "apigatewayv2":
        # The actions of API Gateway are the methods of HTTP.
        return str(get_service_model(call.service).operation_model(call.operation).http["method"])
    return action_of(call)


def _action(call: Call, name: str) -> str:
    return f"{PREFIXES.get(call.service, call.service)}:{name}"
