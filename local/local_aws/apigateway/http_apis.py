"""HTTP APIs: answers requests to the host of an API, `{api id}.execute-api.…`."""

import json
import logging
import re
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.apigatewayv2.models import Api, Integration, Route, Stage, apigatewayv2_backends
from werkzeug import Request, Response

from local_aws.apigateway import access_log, cors
from local_aws.apigateway.jwt_authorizer import ScopeError, TokenError, TokenValidator
from local_aws.apigateway.payloads import RequestContext, build_event, clock_time, parse_response
from local_aws.apigateway.routes import RouteMatch, find_route, find_stage
from local_aws.apigateway.throttling import TokenBuckets
from local_aws.cloudwatch.metrics import put_metrics
from local_aws.delivery import Delivery
from local_aws.iam.access_denied import AccessDeniedError
from local_aws.iam.actors import Actor, service_principal
from local_aws.iam.authorization import Authorizer
from local_aws.iam.permission import Permission
from local_aws.iam.signatures import read_scope

_log = logging.getLogger(__name__)

HOST = re.compile(r"^(?P<api>[a-z0-9]+)\.execute-api\.", re.IGNORECASE)
_FUNCTION = re.compile(r"arn:[\w-]+:lambda:[^/]+")
_PAYLOAD_FORMAT = "2.0"
_TOO_LARGE = "RequestTooLargeException"  # Lambda takes 6 MB


class _HttpError(Exception):
    """A request that is response without a function: the status, the message, and values for the access log."""

    def __init__(self, status: int, message: str, **log: str) -> None:
        super().__init__(message)
        self.status = status
        self.log = {"error.message": message, **log}


@dataclass
class _Exchange:
    """One request to a stage.

    Attributes:
        path: the request's path within the stage.
        log: the values for the access log.
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
        """Return the ARN of a method and path of the stage, as policies use it."""
        api = f"{self.region}:{self.account}:{self.api.api_id}"
        return f"arn:aws:execute-api:{api}/{self.stage.name}/{method}{path}"


class HttpApis:
    """All HTTP APIs; thread safe."""

    def __init__(self, delivery: Delivery, authorizer: Authorizer, tokens: TokenValidator) -> None:
        self._delivery = delivery
        self._authorizer = authorizer
        self._buckets = TokenBuckets()
        self._tokens = tokens

    def handle(self, request: Request) -> Response:
        """Answer one request as API Gateway does."""
        api = _find_api(HOST.match(request.host)["api"].lower())  # type: ignore[index]
        found = find_stage(api, request.path) if api and api.protocol_type == "HTTP" else None
        if api is None or found is None:
            return _message(404, "Not Found")
        exchange, began = _Exchange(api, *found, request, _log_values(request, api)), time.perf_counter()
        settings = cors.configuration_of(api)
        if settings and cors.is_preflight(request):
            return cors.answer_preflight(settings, request)
        try:
            response = self._process(exchange)
        except _HttpError as error:
            response = _message(error.status, str(error))
            exchange.log |= error.log
        if settings:
            cors.add_headers(settings, request, response)
        _record(exchange, response, (time.perf_counter() - began) * 1000)
        return response

    def allows_origin(self, host: str, origin: str) -> bool:
        """Return whether the API at a host has allowed the pages of an origin to call it."""
        found = HOST.match(host)
        api = _find_api(found["api"].lower()) if found else None
        return api is not None and cors.allows_origin(cors.configuration_of(api), origin)

    def _process(self, exchange: _Exchange) -> Response:
        match = find_route(exchange.api, exchange.request.method, exchange.path)
        if not match:
            raise _HttpError(404, "Not Found")
        exchange.log |= {"routeKey": match.route.route_key, "stage": exchange.stage.name}
        self._throttle(exchange, match.route)
        authorizer = self._authorize(exchange, match.route)
        return self._integrate(exchange, match, authorizer)

    def _throttle(self, exchange: _Exchange, route: Route) -> None:
        """Take a token of the bucket of the route if it has limits of its own, else of that of all other routes."""
        of_routes: Any = exchange.stage.route_settings or {}
        own = of_routes.get(route.route_key)
        limits: Any = own or exchange.stage.default_route_settings or {}
        rate, burst = limits.get("throttlingRateLimit"), limits.get("throttlingBurstLimit")
        bucket = exchange.arn("*", "") + (f" {route.route_key}" if own else "")
        if rate and burst and not self._buckets.take(bucket, float(rate), float(burst)):
            raise _HttpError(429, "Too Many Requests")

    def _authorize(self, exchange: _Exchange, route: Route) -> dict[str, Any] | None:
        """Return what the event tells the function about the caller."""
        match route.authorization_type or "NONE":
            case "NONE":
                return None
            case "AWS_IAM":
                return self._authorize_signature(exchange)
            case "JWT":
                return self._authorize_token(exchange, route)
        raise NotImplementedError(f"authorisation {route.authorization_type} of HTTP APIs")

    def _authorize_signature(self, exchange: _Exchange) -> dict[str, Any]:
        scope = read_scope(exchange.request.environ)
        if scope is None or scope.signing_name != "execute-api":
            raise _HttpError(403, "Forbidden", **{"authorizer.error": "the request is not signed"})
        resource = exchange.arn(exchange.request.method, exchange.path)
        actor = scope.actor
        try:
            self._authorizer.require(actor, exchange.region, [Permission("execute-api:Invoke", resource)])
        except AccessDeniedError as denied:
            raise _HttpError(403, "Forbidden", **{"authorizer.error": denied.message}) from None
        return {"iam": {"accountId": actor.account, "userArn": actor.arn}}

    def _authorize_token(self, exchange: _Exchange, route: Route) -> dict[str, Any]:
        authorizer, scopes = exchange.api.authorizers[route.authorizer_id or ""], route.authorization_scopes or []
        try:
            claims = self._tokens.validate(exchange.request, authorizer, scopes)
        except TokenError as error:
            raise _HttpError(401, "Unauthorized", **{"authorizer.error": str(error)}) from None
        except ScopeError as error:
            raise _HttpError(403, "Forbidden", **{"authorizer.error": str(error)}) from None
        return {"jwt": {"claims": {name: str(value) for name, value in claims.items()}, "scopes": scopes or None}}

    def _integrate(self, exchange: _Exchange, match: RouteMatch, authorizer: dict[str, Any] | None) -> Response:
        function = _function_of(exchange.api.integrations[(match.route.target or "").removeprefix("integrations/")])
        method, _, template = match.route.route_key.rpartition(" ")
        source = exchange.arn(method.replace("ANY", "*") or "*", template if method else "/$default")
        context = RequestContext(
            account=exchange.account,
            api_id=exchange.api.api_id,
            request_id=str(exchange.log["requestId"]),
            route_key=match.route.route_key,
            stage=exchange.stage.name,
            at=datetime.now(UTC),
            variables=match.variables,
            stage_variables=exchange.stage.stage_variables,
            authorizer=authorizer,
        )
        actor = service_principal("apigateway.amazonaws.com", source)
        return self._invoke(exchange, function, build_event(exchange.request, context), actor)

    def _invoke(self, exchange: _Exchange, function: str, payload: dict[str, Any], actor: Actor) -> Response:
        began = time.perf_counter()
        try:
            functions = self._delivery.client("lambda", exchange.region, actor)
            response = functions.invoke(FunctionName=function, Payload=json.dumps(payload).encode())
            exchange.log["integration.requestId"] = response["ResponseMetadata"]["RequestId"]
            content = response["Payload"].read()
            if response.get("FunctionError"):
                raise ValueError(f"the function failed: {response['FunctionError']}")
            return parse_response(content)
        except (ClientError, BotoCoreError, ValueError, TypeError) as error:
            too_large = isinstance(error, ClientError) and error.response["Error"]["Code"] == _TOO_LARGE
            status, message = (413, "Request Too Long") if too_large else (500, "Internal Server Error")
            raise _HttpError(status, message, integrationErrorMessage=str(error)) from None
        finally:
            exchange.log["integrationLatency"] = round((time.perf_counter() - began) * 1000)


def _record(exchange: _Exchange, response: Response, milliseconds: float) -> None:
    """Write the access log and the metrics."""
    values: dict[str, object] = {"status": response.status_code, "responseLength": response.content_length or 0}
    exchange.log |= values | {"responseLatency": round(milliseconds)}
    _put_metrics(exchange, response.status_code, milliseconds)
    settings: Any = exchange.stage.access_log_settings or {}
    if settings.get("destinationArn"):
        try:
            access_log.write_line(settings["destinationArn"], access_log.format_line(settings["format"], exchange.log))
        except Exception:
            _log.exception("access log of the API %s", exchange.api.api_id)


def _find_api(api_id: str) -> Api | None:
    for account in list(apigatewayv2_backends.values()):
        for backend in list(account.values()):
            if api_id in backend.apis:
                return backend.apis[api_id]
    return None


def _function_of(integration: Integration) -> str:
    found = _FUNCTION.search(integration.integration_uri or "")
    if (
        integration.integration_type != "AWS_PROXY"
        or integration.payload_format_version != _PAYLOAD_FORMAT
        or not found
    ):
        raise NotImplementedError("integrations of HTTP APIs other than functions with payload format 2.0")
    return found[0]


def _log_values(request: Request, api: Api) -> dict[str, object]:
    return {
        "apiId": api.api_id,
        "httpMethod": request.method,
        "identity.sourceIp": request.remote_addr or "-",
        "path": request.path,
        "requestId": str(uuid.uuid4()),
        "requestTime": clock_time(datetime.now(UTC)),
    }


def _put_metrics(exchange: _Exchange, status: int, milliseconds: float) -> None:
    counts = {"Count": 1.0, "4xx": float(400 <= status < 500), "5xx": float(status >= 500)}
    metrics = [{"MetricName": name, "Value": value, "Unit": "Count"} for name, value in counts.items()]
    metrics.append({"MetricName": "Latency", "Value": milliseconds, "Unit": "Milliseconds"})
    dimensions = [{"Name": "ApiId", "Value": exchange.api.api_id}]
    data = [{**metric, "Dimensions": dimensions} for metric in metrics]
    put_metrics(exchange.account, exchange.region, "AWS/ApiGateway", data)


def _message(status: int, text: str) -> Response:
    return Response(json.dumps({"message": text}), status, content_type="application/json")
