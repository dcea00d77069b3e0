"""The HTTP API, called as an app calls it: signed, and unsigned, which it must refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

from scripts.common.findings import Finding, State
from scripts.common.task import TaskError
from scripts.operate.deployment import Deployment
from scripts.operate.smoke.functions import Judge, requests_of_apps
from scripts.operate.smoke.visitor import Visit

if TYPE_CHECKING:
    from types_boto3_apigatewayv2.type_defs import RouteTypeDef

_SUBJECT = "HTTP API"
_REFUSALS = {"AWS_IAM": 403, "JWT": 401}  # of a request without a signature or token
_TIMEOUT = 35  # API Gateway gives up after 30 seconds


def check_http_api(visit: Visit) -> Iterator[Finding]:
    """Call every route of the API, if there is one. With a JWT authorizer only the refusal can be seen."""
    if "front-door-url" not in visit.deployment.names:
        yield Finding(_SUBJECT, State.OK, "there is none: http_api is not set")
        return
    url, requests = visit.deployment.name("front-door-url"), requests_of_apps(visit)
    for function, route in _find_routes(visit.deployment, url).items():
        path = route["RouteKey"].partition(" ")[2]
        if function not in requests:
            yield Finding(f"{_SUBJECT} {path}", State.NOTE, f"not called: this test has no request for {function}")
            continue
        yield _check_route(visit.deployment, f"{url}{path}", path, route, *requests[function])


def _find_routes(deployment: Deployment, url: str) -> Mapping[str, RouteTypeDef]:
    """Return the routes by function.

    Raises:
        TaskError: No API has this URL.
    """
    client = deployment.aws.client("apigatewayv2")
    pages = client.get_paginator("get_apis").paginate()
    api = next((one["ApiId"] for page in pages for one in page["Items"] if one.get("ApiEndpoint") == url), None)
    if api is None:
        raise TaskError(f"no API has the published URL {url}: make apply ENV={deployment.environment}")
    integrations = {one["IntegrationId"]: one["IntegrationUri"] for one in client.get_integrations(ApiId=api)["Items"]}
    routes = client.get_routes(ApiId=api)["Items"]
    return {_function_of(integrations[route["Target"].partition("/")[2]], deployment): route for route in routes}


def _function_of(uri: str, deployment: Deployment) -> str:
    """Return the function of an integration, whose URI has the ARN of the alias."""
    return next(
        key.removeprefix("functions/")
        for key, name in deployment.names.items()
        if key.startswith("functions/") and f":function:{name}" in uri
    )


def _check_route(
    deployment: Deployment, url: str, path: str, route: RouteTypeDef, payload: Any, judge: Judge
) -> Finding:
    subject, kind = f"{_SUBJECT} {path}", route.get("AuthorizationType", "NONE")
    body = json.dumps(payload).encode()
    refusal = _post(url, body, {})[0]
    if refusal != _REFUSALS.get(kind):
        remedy = f"make apply ENV={deployment.environment}"
        return Finding(subject, State.FAILED, f"{kind}: status {refusal} without a signature or token", remedy)
    if kind == "JWT":
        detail = "refuses a request without a token; not called with one, since this test has none"
        return Finding(subject, State.NOTE, detail, "call it once with a token of your issuer")
    return _check_signed(subject, _post(url, body, _sign(url, body, deployment.region)), judge)


def _check_signed(subject: str, answer: tuple[int, bytes], judge: Judge) -> Finding:
    status, body = answer
    if status != 200:
        remedy = "403: these credentials need execute-api:Invoke (output http_api_caller_policy). Others: see its log"
        return Finding(subject, State.FAILED, f"status {status} for a signed request", remedy)
    return Finding(subject, State.OK, f"{judge(json.loads(body), '')}; refuses an unsigned request")


def _sign(url: str, body: bytes, region: str) -> Mapping[str, str]:
    request = AWSRequest("POST", url, {"Content-Type": "application/json"}, body)
    credentials = boto3.Session().get_credentials()
    if credentials is None:
        raise TaskError("there are no credentials to sign with")
    SigV4Auth(credentials.get_frozen_credentials(), "execute-api", region).add_auth(request)
    return dict(request.headers.items())


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    request = AWSRequest("POST", url, {"Content-Type": "application/json", **headers}, body)
    answer = URLLib3Session(timeout=_TIMEOUT).send(request.prepare())
    return answer.status_code, answer.content
