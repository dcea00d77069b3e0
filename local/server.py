"""One endpoint for everything: routes a request by the service name in its signature."""

import io
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from moto.iam import models as iam_models
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug import Request, Response

from local import cloud_control, mails, moto_corrections, personalize
from local.administration import PREFIX, Administration
from local.delivery import Delivery
from local.faults import Faults
from local.identities import may_be_assumed
from local.lambda_runtime import moto_seam
from local.lambda_runtime.asynchronous import AsynchronousInvoker
from local.lambda_runtime.front import InvocationFront, is_invocation
from local.lambda_runtime.runtime import LambdaRuntime, RuntimeSettings
from local.mails import Mailbox
from local.races import tried_again
from local.schedules import rules
from local.schedules.clock import Clock
from local.settings import ServerSettings
from local.state_machines import StateMachines
from local.streams import firehose, mappings
from local.trouble import report

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_SCOPE = re.compile(r"Credential=(?P<key>[^/,]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
_DESCRIBE_TYPE = re.compile(rb"(^|&)Action=DescribeType(&|$)")


class LocalAws:
    """The parts of the local AWS, made, connected and in the end stopped together; a WSGI application."""

    def __init__(self, settings: ServerSettings, endpoint: str) -> None:
        """Make everything.

        Args:
            endpoint: URL under which this server is reached; its own parts and the functions call it.
        """
        moto_corrections.apply()
        self._region = settings.region
        faults, delivery = Faults(), Delivery(endpoint)
        self._runtime = LambdaRuntime(settings.data_dir, endpoint, RuntimeSettings.from_environment())
        moto_seam.connect(self._runtime)
        self._asynchronous = AsynchronousInvoker(self._runtime, delivery)
        self._front = InvocationFront(self._runtime, self._asynchronous)
        self._targets = rules.connect(delivery)
        self._state_machines = StateMachines(endpoint)
        mailbox = Mailbox(settings.data_dir)
        mails.connect(mailbox)
        self._clock = Clock(self._targets)
        self._mappings = mappings.MappingPollers(self._runtime, delivery)
        self._firehose = firehose.FirehosePollers(delivery)
        self._personalize = personalize.create_app(
            account_id=settings.account_id,
            region=settings.region,
            s3=lambda: delivery.client("s3", settings.region),
            role_exists=lambda arn: may_be_assumed(arn, settings.region),
            faults=faults,
        )
        self._cloud_control = cloud_control.create_app(self._personalize)
        self._administration = Administration(
            self._runtime, self._mappings, faults, self._personalize, mailbox, self._clock
        )
        self._moto = DomainDispatcherApplication(self._moto_application)
        self._state_machines.prepare_in_background()

    def close(self) -> None:
        """Stop every thread and every process, those first that give work to others."""
        parts = (self._clock, self._mappings, self._firehose, self._targets, self._asynchronous)
        for part in (*parts, self._cloud_control, self._personalize, self._runtime):
            part.close()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        try:
            return self._route(environ)(environ, start_response)
        except NotImplementedError as error:
            # 501 is not retried by the SDKs, as 500 is: Terraform would hang on an action that moto lacks.
            return _failure(501, "NotImplemented", error)(environ, start_response)
        except Exception as error:
            report(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}", error)
            return _failure(500, "InternalFailure", error)(environ, start_response)

    def _moto_application(self, service: Any) -> Any:
        if service == "stepfunctions":
            self._state_machines.prepare()
        return tried_again(create_backend_app(service))

    def _route(self, environ: dict[str, Any]) -> WsgiApplication:
        path = environ["PATH_INFO"]
        if path.startswith(PREFIX):
            return self._administration.handle(Request(environ))
        scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        service = scope["service"] if scope else ""
        if service == "personalize":
            return self._personalize.handle(Request(environ))
        if service == "lambda" and is_invocation(environ["REQUEST_METHOD"], path):
            account = iam_models.get_account_id_from(scope["key"])  # type: ignore[index]
            return self._front.handle(Request(environ), account, scope["region"])  # type: ignore[index]
        if service == "cloudcontrolapi" or (service == "cloudformation" and _describes_type(environ)):
            return self._cloud_control.handle(Request(environ))
        return self._moto


def _describes_type(environ: dict[str, Any]) -> bool:
    """Whether the query protocol's form asks for DescribeType; leaves the body readable."""
    request = Request(environ)
    body = request.get_data(cache=True)
    environ["wsgi.input"] = io.BytesIO(body)
    return _DESCRIBE_TYPE.search(body) is not None


def _failure(status: int, code: str, error: Exception) -> Response:
    message = f"{type(error).__name__}: {error}"
    body = json.dumps({"__type": code, "message": message, "Message": message})
    return Response(body, status, {"x-amzn-ErrorType": code}, content_type="application/json")
