"""One endpoint for everything: routes a request by the service name in its signature."""

import io
import json
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from moto.iam import models as iam_models
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug import Request, Response

from local_aws import cloudcontrol, moto_patches, personalize
from local_aws.administration import PREFIX, Administration
from local_aws.apigateway.http_apis import HttpApis, is_for_an_api
from local_aws.awslambda import event_source_mappings, moto_adapter
from local_aws.awslambda.asynchronous_invocation import AsynchronousInvoker
from local_aws.awslambda.invoke_api import InvocationFront, is_invocation
from local_aws.awslambda.runtime import LambdaRuntime, RuntimeSettings
from local_aws.cloudwatch.alarm_monitor import Alarms
from local_aws.cloudwatch.metrics import put_metrics
from local_aws.delivery import Delivery
from local_aws.events import rules
from local_aws.faults import Faults
from local_aws.firehose import delivery_streams
from local_aws.http.retry import tried_again
from local_aws.http.web_server import WsgiApplication
from local_aws.iam.access_records import Journal
from local_aws.iam.actors import Actor, taking
from local_aws.iam.authorization import Guard
from local_aws.iam.credentials import actor_of
from local_aws.kms.key_usage import Use, via
from local_aws.personalize import Measured
from local_aws.scheduler.clock import Clock
from local_aws.settings import ServerSettings
from local_aws.sns import mailbox, subscriptions
from local_aws.sns.mailbox import Mailbox
from local_aws.stepfunctions.interpreter import StateMachines
from local_aws.trouble import report

_SCOPE = re.compile(r"Credential=(?P<key>[^/,]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
_PERSONALIZE = "personalize.amazonaws.com"
_DESCRIBE_TYPE = re.compile(rb"(^|&)Action=DescribeType(&|$)")


class LocalAws:
    """The parts of the local AWS, made, connected and in the end stopped together; a WSGI application."""

    def __init__(self, settings: ServerSettings, endpoint: str) -> None:
        """Make everything.

        Args:
            endpoint: URL under which this server is reached; its own parts and the functions call it.
        """
        moto_patches.apply()
        self._region = settings.region
        faults, delivery, journal = Faults(), Delivery(endpoint), Journal()
        self._guard = Guard(journal)
        self._runtime = LambdaRuntime(settings.data_dir, endpoint, RuntimeSettings.from_environment(), self._guard)
        moto_adapter.connect(self._runtime)
        self._asynchronous = AsynchronousInvoker(self._runtime, delivery)
        self._front = InvocationFront(self._runtime, self._asynchronous)
        self._targets = rules.connect(delivery, self._guard)
        self._state_machines = StateMachines(endpoint, self._guard)
        mails = Mailbox(settings.data_dir)
        mailbox.connect(mails)
        subscriptions.connect(self._guard)
        self._clock = Clock(self._targets)
        self._alarms = Alarms(self._targets)
        self._mappings = event_source_mappings.MappingPollers(self._runtime, delivery, self._guard)
        self._firehose = delivery_streams.FirehosePollers(delivery, self._guard)
        self._personalize = personalize.create_app(
            account_id=settings.account_id,
            region=settings.region,
            s3=lambda role, job: delivery.client("s3", settings.region, taking(role, _PERSONALIZE, job, "personalize")),
            use_key=self._use_key,
            measured=_measure_campaign(settings.account_id),
            faults=faults,
        )
        self._cloud_control = cloudcontrol.create_app(self._personalize)
        self._administration = Administration(
            self._runtime, self._mappings, faults, self._personalize, mails, self._clock, journal
        )
        self._http_apis = HttpApis(delivery, self._guard, self._who_signed)
        self._moto = DomainDispatcherApplication(self._moto_application)
        self._state_machines.prepare_in_background()

    def close(self) -> None:
        """Stop every thread and every process, those first that give work to others."""
        parts = (self._clock, self._alarms, self._mappings, self._firehose, self._targets, self._asynchronous)
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

    def _refuse(self, environ: dict[str, Any], key: str, service: str, region: str) -> Response | None:
        return self._guard.refuse(environ, self._actor(key), service, region)

    def _actor(self, key: str) -> Actor:
        return actor_of(key, iam_models.get_account_id_from(key))

    def _who_signed(self, request: Request) -> Actor | None:
        """Who signed a request to an HTTP API."""
        scope = _SCOPE.search(request.headers.get("Authorization", ""))
        return self._actor(scope["key"]) if scope and scope["service"] == "execute-api" else None

    def _use_key(self, key_arn: str, role_arn: str, group_arn: str, actions: tuple[str, ...]) -> None:
        """Use the key of a dataset group, which both the group's role and the service must be allowed."""
        region, account = group_arn.split(":")[3:5]
        uses = [Use(action, key_arn, via("personalize", region, account)) for action in actions]
        self._guard.act(taking(role_arn, _PERSONALIZE, group_arn, "personalize"), region, *uses)
        self._guard.require(taking(None, _PERSONALIZE, group_arn), region, uses)

    def _route(self, environ: dict[str, Any]) -> WsgiApplication:
        path = environ["PATH_INFO"]
        if is_for_an_api(environ.get("HTTP_HOST", "")):
            return self._http_apis.handle(Request(environ))
        if path.startswith(PREFIX):
            return self._administration.handle(Request(environ))
        # A presigned URL is signed in its query.
        scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION") or unquote(environ.get("QUERY_STRING", "")))
        service = scope["service"] if scope else ""
        if scope and (refusal := self._refuse(environ, scope["key"], service, scope["region"])):
            return refusal
        if service == "personalize":
            return self._personalize.handle(Request(environ))
        if service == "lambda" and is_invocation(environ["REQUEST_METHOD"], path):
            account = self._actor(scope["key"]).account  # type: ignore[index]
            return self._front.handle(Request(environ), account, scope["region"])  # type: ignore[index]
        if service == "cloudcontrolapi" or (service == "cloudformation" and _describes_type(environ)):
            return self._cloud_control.handle(Request(environ))
        return self._moto


def _measure_campaign(account_id: str) -> Measured:
    """Count and time what campaigns answer ("Amazon Personalize metrics", developer guide)."""

    def measured(region: str, operation: str, campaign_arn: str, milliseconds: float) -> None:
        dimensions = [{"Name": "CampaignArn", "Value": campaign_arn}]
        latency = {"MetricName": f"{operation}Latency", "Value": milliseconds, "Unit": "Milliseconds"}
        metrics = [{"MetricName": operation, "Value": 1.0, "Unit": "Count"}, latency]
        put_metrics(account_id, region, "AWS/Personalize", [{**metric, "Dimensions": dimensions} for metric in metrics])

    return measured


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
