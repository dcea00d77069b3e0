"""Roles that are passed to services: each service checks at once that it can assume the role, with its own error."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug import Response

from local_aws.iam.access_denied import AccessDeniedError, error_response
from local_aws.iam.actors import assumed_role, has_roles
from local_aws.iam.api_calls import Call
from local_aws.iam.permission import Permission
from local_aws.iam.trust_policies import require_trust

_TARGETS = re.compile(r".*\.(CreateDeliveryStream|CreateStateMachine|UpdateStateMachine)")
_PATHS = {"lambda": re.compile(r".*/functions(/[^/]+/configuration)?"), "scheduler": re.compile(r"/schedules/.+")}


_PERSONALIZE, _EVENTS = "personalize.amazonaws.com", "events.amazonaws.com"


@dataclass(frozen=True)
class _Rule:
    """How a service checks a role.

    Attributes:
        service: its principal.
        role: finds the role in the parameters of a call.
        source: finds the ARN of the resource that is to use the role.
        code: code of its error.
        message: message of its error.
    """

    service: str
    role: Callable[[dict[str, Any]], str | None]
    source: Callable[[Call], str]
    code: str
    message: str


def _state_machine_arn(call: Call) -> str:
    return call.parameters.get("stateMachineArn") or call.arn(f"stateMachine:{call.parameters.get('name')}", "states")


def _function_arn(call: Call) -> str:
    return call.arn(f"function:{call.parameters.get('FunctionName')}")


def _firehose_role(given: dict[str, Any]) -> str | None:
    settings = given.get("ExtendedS3DestinationConfiguration") or given.get("S3DestinationConfiguration") or {}
    return settings.get("RoleARN")


_LAMBDA = _Rule(
    "lambda.amazonaws.com",
    lambda given: given.get("Role"),
    _function_arn,
    "InvalidParameterValueException",
    "The role defined for the function cannot be assumed by Lambda.",
)
_STATES = _Rule(
    "states.amazonaws.com",
    lambda given: given.get("roleArn"),
    _state_machine_arn,
    "AccessDeniedException",
    "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the"
    " provided role.",
)
_SCHEDULER = _Rule(
    "scheduler.amazonaws.com",
    lambda given: (given.get("Target") or {}).get("RoleArn"),
    lambda call: call.arn(f"schedule-group/{call.parameters.get('GroupName', 'default')}"),
    "ValidationException",
    "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
)
_FIREHOSE = _Rule(
    "firehose.amazonaws.com",
    _firehose_role,
    lambda call: call.arn(f"deliverystream/{call.parameters.get('DeliveryStreamName')}"),
    "InvalidArgumentException",
    "Firehose is unable to assume the role. Please check the role provided.",
)
_RULES = {
    ("firehose", "CreateDeliveryStream"): _FIREHOSE,
    ("lambda", "CreateFunction"): _LAMBDA,
    ("lambda", "UpdateFunctionConfiguration"): _LAMBDA,
    ("scheduler", "CreateSchedule"): _SCHEDULER,
    ("scheduler", "UpdateSchedule"): _SCHEDULER,
    ("stepfunctions", "CreateStateMachine"): _STATES,
    ("stepfunctions", "UpdateStateMachine"): _STATES,
}


def passed_roles(call: Call) -> Iterator[Permission]:
    """Yield the permission to pass each role that a call gives to a service.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    for service, role in _passed(call):
        yield Permission("iam:PassRole", role, {"iam:passedtoservice": service})


def _passed(call: Call) -> Iterator[tuple[str, str]]:
    given = dict(call.parameters)
    if (rule := _RULES.get((call.service, call.operation))) and (role := rule.role(given)):
        yield rule.service, role
    source = given.get("KinesisStreamSourceConfiguration") or {}
    if source.get("RoleARN"):
        yield _FIREHOSE.service, source["RoleARN"]
    if call.service == "personalize" and call.operation.startswith("Create") and given.get("roleArn"):
        yield _PERSONALIZE, given["roleArn"]
    if call.service == "events" and call.operation == "PutTargets":
        yield from ((_EVENTS, one["RoleArn"]) for one in given.get("Targets", ()) if one.get("RoleArn"))


def passes_role(environ: dict[str, Any], signing_name: str) -> bool:
    """Whether a request may pass a role to a service."""
    if path := _PATHS.get(signing_name):
        return environ["REQUEST_METHOD"] in ("POST", "PUT") and path.fullmatch(environ["PATH_INFO"]) is not None
    return _TARGETS.fullmatch(environ.get("HTTP_X_AMZ_TARGET", "")) is not None


def check_passed_role(call: Call) -> Response | None:
    """Return the service's error if a call passes a role that the service cannot assume."""
    rule = _RULES.get((call.service, call.operation))
    role = rule.role(dict(call.parameters)) if rule else None
    if not rule or not role or not has_roles(call.account):
        return None
    try:
        require_trust(assumed_role(role, rule.service, rule.source(call), session=""), call.region)
    except AccessDeniedError:
        return error_response(call, rule.code, rule.message, 400)
    return None
