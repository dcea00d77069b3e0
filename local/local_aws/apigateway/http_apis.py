"""Answers what is asked of an HTTP API, at the host that names it: `{api id}.execute-api.…`."""

import json
import re
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.apigatewayv2.models import Api, Integration, Route, Stage, apigatewayv2_backends
from werkzeug import Request, Response

from local_aws.apigateway import access_log
from local_aws.apigateway.jwt_authorizer import Issuers, ScopeError, TokenError
from local_aws.apigateway.payloads import Context, answer, clock_time, event
from local_aws.apigateway.routes import Match, find_route, find_stage
from local_aws.apigateway.throttling import Buckets
from local_aws.cloudwatch.metrics import put_metrics
from local_aws.delivery import Delivery
from local_aws.iam.access_denied import RefusedError
from local_aws.iam.actors import Actor, taking
from local_aws.iam.authorization import Guard
from local_aws.iam.signatures import read_scope
from local_aws.kms.key_usage import Use
from local_aws.trouble import report

HOST = re.compile(r"^(?P<api>[a-z0-9]+)\.execute-api\.", re.IGNORECASE)
_FUNCTION = re.compile(r"arn:[\w-]+:lambda:[^/]+")
_PAYLOAD = "2.0"
_TOO_LARGE = "RequestTooLargeException"  # Lambda takes 6 MB


class _AnsweredError(Exception):
    """A request that no function gets to see: its status, what the caller is told, and what the log is told."""

    def __init__(self, status: int, message: str, **log: str) -> None:
        super().__init__(message)
        self.status = status
        self.log = {"error.message": message, **log}


@dataclass
class _Passage:
    """One request on its way through a stage; `log` gathers what the access log may be told.

    Attributes:
        path: the request's path within the stage.
    """

    api: Api
    stage: Stage
    path: str
    request: Request
    log: dict[str, object]

    @property
    def account(self) -> str:
        return self.api.backend.account_id

    @property
    def region(self) -> str:
        return self.api.backend.region_name

    def arn(self, method: str, path: str) -> str:
        """Name a method and path of the stage, as policies do."""
        api = f"{self.region}:{self.account}:{self.api.api_id}"
        return f"arn:aws:execute-api:{api}/{self.stage.name}/{method}{path}"


class HttpApis:
    """All HTTP APIs; one request needs no lock but its bucket's."""

    def __init__(self, delivery: Delivery, guard: Guard) -> None:
        self._delivery = delivery
        self._guard = guard
        self._buckets = Buckets()
        self._issuers = Issuers()

    def handle(self, request: Request) -> Response:
        """Answer one request as API Gateway does."""
        api = _find(HOST.match(request.host)["api"].lower())  # type: ignore[index]
        found = find_stage(api, request.path) if api and api.protocol_type == "HTTP" else None
        if api is None or found is None:
            return _message(404, "Not Found")
        passage, began = _Passage(api, *found, request, _described(request, api)), time.perf_counter()
        try:
            response = self._pass(passage)
        except _AnsweredError as error:
            response = _message(error.status, str(error))
            passage.log |= error.log
        _record(passage, response, (time.perf_counter() - began) * 1000)
        return response

    def _pass(self, passage: _Passage) -> Response:
        match = find_route(passage.api, passage.request.method, passage.path)
        if not match:
            raise _AnsweredError(404, "Not Found")
        passage.log |= {"routeKey": match.route.route_key, "stage": passage.stage.name}
        self._throttle(passage)
        authorizer = self._let_in(passage, match.route)
        return self._integrate(passage, match, authorizer)

    def _throttle(self, passage: _Passage) -> None:
        limits: Any = passage.stage.default_route_settings or {}
        rate, burst = limits.get("throttlingRateLimit"), limits.get("throttlingBurstLimit")
        if rate and burst and not self._buckets.take(passage.arn("*", ""), float(rate), float(burst)):
            raise _AnsweredError(429, "Too Many Requests")

    def _let_in(self, passage: _Passage, route: Route) -> dict[str, Any] | None:
        """Return what the function is told of the caller."""
        match route.authorization_type or "NONE":
            case "NONE":
                return None
            case "AWS_IAM":
                return self._signed(passage)
            case "JWT":
                return self._with_token(passage, route)
        raise NotImplementedError(f"authorisation {route.authorization_type} of HTTP APIs")

    def _signed(self, passage: _Passage) -> dict[str, Any]:
        scope = read_scope(passage.request.environ)
        if scope is None or scope.signing_name != "execute-api":
            raise _AnsweredError(403, "Forbidden", **{"authorizer.error": "the request is not signed"})
        resource = passage.arn(passage.request.method, passage.path)
        actor = scope.actor
        try:
            self._guard.require(actor, passage.region, [Use("execute-api:Invoke", resource)])
        except RefusedError as refused:
            raise _AnsweredError(403, "Forbidden", **{"authorizer.error": refused.message}) from None
        return {"iam": {"accountId": actor.account, "userArn": actor.arn}}

    def _with_token(self, passage: _Passage, route: Route) -> dict[str, Any]:
        authorizer, scopes = passage.api.authorizers[route.authorizer_id or ""], route.authorization_scopes or []
        try:
            claims = self._issuers.claims(passage.request, authorizer, scopes)
        except TokenError as error:
            raise _AnsweredError(401, "Unauthorized", **{"authorizer.error": str(error)}) from None
        except ScopeError as error:
            raise _AnsweredError(403, "Forbidden", **{"authorizer.error": str(error)}) from None
        return {"jwt": {"claims": {name: str(value) for name, value in claims.items()}, "scopes": scopes or None}}

    def _integrate(self, passage: _Passage, match: Match, authorizer: dict[str, Any] | None) -> Response:
        function = _function_of(passage.api.integrations[(match.route.target or "").removeprefix("integrations/")])
        method, _, template = match.route.route_key.rpartition(" ")
        source = passage.arn(method.replace("ANY", "*") or "*", template if method else "/$default")
        context = Context(
            account=passage.account,
            api_id=passage.api.api_id,
            request_id=str(passage.log["requestId"]),
            route_key=match.route.route_key,
            stage=passage.stage.name,
            at=datetime.now(UTC),
            variables=match.variables,
            stage_variables=passage.stage.stage_variables,
            authorizer=authorizer,
        )
        actor = taking(None, "apigateway.amazonaws.com", source)
        return self._invoke(passage, function, event(passage.request, context), actor)

    def _invoke(self, passage: _Passage, function: str, payload: dict[str, Any], actor: Actor) -> Response:
        began = time.perf_counter()
        try:
            functions = self._delivery.client("lambda", passage.region, actor)
            answered = functions.invoke(FunctionName=function, Payload=json.dumps(payload).encode())
            passage.log["integration.requestId"] = answered["ResponseMetadata"]["RequestId"]
            content = answered["Payload"].read()
            if answered.get("FunctionError"):
                raise ValueError(f"the function failed: {answered['FunctionError']}")
            return answer(content)
        except (ClientError, BotoCoreError, ValueError, TypeError) as error:
            too_large = isinstance(error, ClientError) and error.response["Error"]["Code"] == _TOO_LARGE
            status, message = (413, "Request Too Long") if too_large else (500, "Internal Server Error")
            raise _AnsweredError(status, message, integrationErrorMessage=str(error)) from None
        finally:
            passage.log["integrationLatency"] = round((time.perf_counter() - began) * 1000)


def _record(passage: _Passage, response: Response, milliseconds: float) -> None:
    """Write the access log and the metrics."""
    told = {"status": response.status_code, "responseLength": response.content_length or 0}
    passage.log |= told | {"responseLatency": round(milliseconds)}
    _measure(passage, response.status_code, milliseconds)
    settings: Any = passage.stage.access_log_settings or {}
    if settings.get("destinationArn"):
        try:
            access_log.write(settings["destinationArn"], access_log.line(settings["format"], passage.log))
        except Exception as error:
            report(f"access log of the API {passage.api.api_id}", error)


def _find(api_id: str) -> Api | None:
    for account in list(apigatewayv2_backends.values()):
        for backend in list(account.values()):
            if api_id in backend.apis:
                return backend.apis[api_id]
    return None


def _function_of(integration: Integration) -> str:
    found = _FUNCTION.search(integration.integration_uri or "")
    if integration.integration_type != "AWS_PROXY" or integration.payload_format_version != _PAYLOAD or not found:
        raise NotImplementedError("integrations of HTTP APIs other than functions with payload format 2.0")
    return found[0]


def _described(request: Request, api: Api) -> dict[str, object]:
    return {
        "apiId": api.api_id,
        "httpMethod": request.method,
        "identity.sourceIp": request.remote_addr or "-",
        "path": request.path,
        "requestId": str(uuid.uuid4()),
        "requestTime": clock_time(datetime.now(UTC)),
    }


def _measure(passage: _Passage, status: int, milliseconds: float) -> None:
    counts = {"Count": 1.0, "4xx": float(400 <= status < 500), "5xx": float(status >= 500)}
    metrics = [{"MetricName": name, "Value": value, "Unit": "Count"} for name, value in counts.items()]
    metrics.append({"MetricName": "Latency", "Value": milliseconds, "Unit": "Milliseconds"})
    dimensions = [{"Name": "ApiId", "Value": passage.api.api_id}]
    described = [{**metric, "Dimensions": dimensions} for metric in metrics]
    put_metrics(passage.account, passage.region, "AWS/ApiGateway", described)


def _message(status: int, text: str) -> Response:
    return Response(json.dumps({"message": text}), status, content_type="application/json")
