"""The definition of Cloud Control, and of CloudFormation's DescribeType, for the registry types of Personalize."""

import io
import re
from typing import Any

from werkzeug import Request

from local_aws.cloudcontrol import create_app
from local_aws.cloudcontrol.handlers import Authorize
from local_aws.iam.api_calls import Call
from local_aws.personalize import PersonalizeApp
from local_aws.service import Context, RunningService, Service, SignedRequest

_DESCRIBE_TYPE = re.compile(rb"(^|&)Action=DescribeType(&|$)")


def start(context: Context) -> RunningService:
    """Start Cloud Control. Its resources are those of Personalize. moto handles the rest of CloudFormation."""
    app = create_app(context.require(PersonalizeApp))
    return RunningService(
        signed={
            "cloudcontrolapi": lambda signed: app.handle(Request(signed.environ), _authorization(context, signed)),
            "cloudformation": lambda signed: (
                app.handle(Request(signed.environ)) if _describes_type(signed.environ) else None
            ),
        },
        health={"cloudcontrol": "local"},
        parts=(app,),
    )


def _authorization(context: Context, signed: SignedRequest) -> Authorize:
    def authorize(operation: str, request: dict[str, Any]) -> None:
        call = Call("personalize", operation, signed.actor.account, signed.region, request)
        context.authorizer.require_call(signed.actor, call)

    return authorize


def _describes_type(environ: dict[str, Any]) -> bool:
    """Return whether the form of the query protocol requests DescribeType. The body stays readable."""
    body = Request(environ).get_data(cache=True)
    environ["wsgi.input"] = io.BytesIO(body)
    return _DESCRIBE_TYPE.search(body) is not None


SERVICE = Service("cloudcontrol", start)
