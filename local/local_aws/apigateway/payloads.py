"""The event of a function integration, and the response made from the function's result: payload format 2.0.

Source: "Create AWS Lambda proxy integrations for HTTP APIs", API Gateway developer guide.
"""

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from werkzeug import Request, Response

_TEXT = re.compile(r"^(text/.*|application/(json|javascript|xml|.*\+json|.*\+xml))\b", re.IGNORECASE)


@dataclass(frozen=True)
class RequestContext:
    """What the event contains in addition to the request; `authorizer` describes the caller."""

    account: str
    api_id: str
    request_id: str
    route_key: str
    stage: str
    at: datetime
    variables: dict[str, str]
    stage_variables: dict[str, str]
    authorizer: dict[str, Any] | None


def build_event(request: Request, context: RequestContext) -> dict[str, Any]:
    """Return the function's event; fields without a value are left out."""
    headers = {name.lower(): ",".join(request.headers.getlist(name)) for name, _ in request.headers}
    cookies = [part.strip() for part in headers.pop("cookie", "").split(";") if part.strip()]
    query = {name: ",".join(request.args.getlist(name)) for name in request.args}
    body = request.get_data()
    is_text = bool(_TEXT.match(request.content_type or "text/plain"))
    optional = {
        "cookies": cookies,
        "queryStringParameters": query,
        "pathParameters": context.variables,
        "stageVariables": context.stage_variables,
        "body": body.decode(errors="replace") if is_text else base64.b64encode(body).decode(),
    }
    return {
        "version": "2.0",
        "routeKey": context.route_key,
        "rawPath": request.path,
        "rawQueryString": request.query_string.decode(),
        "headers": headers,
        "requestContext": _request_context(request, context),
        "isBase64Encoded": bool(body) and not is_text,
        **{name: value for name, value in optional.items() if value},
    }


def _request_context(request: Request, context: RequestContext) -> dict[str, Any]:
    return {
        "accountId": context.account,
        "apiId": context.api_id,
        "domainName": request.host.partition(":")[0],
        "domainPrefix": context.api_id,
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": request.environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
            "sourceIp": request.remote_addr or "",
            "userAgent": request.headers.get("User-Agent", ""),
        },
        "requestId": context.request_id,
        "routeKey": context.route_key,
        "stage": context.stage,
        "time": clock_time(context.at),
        "timeEpoch": int(context.at.timestamp() * 1000),
        **({"authorizer": context.authorizer} if context.authorizer else {}),
    }


def parse_response(payload: bytes) -> Response:
    """Return the response for a function's result: as its statusCode says, else 200 and the result itself as JSON.

    Raises:
        ValueError: the result is malformed.
    """
    document = json.loads(payload)
    if not isinstance(document, dict) or "statusCode" not in document:
        return Response(payload, 200, content_type="application/json")
    body = document.get("body") or ""
    text = body if isinstance(body, str) else json.dumps(body)
    content = base64.b64decode(text) if document.get("isBase64Encoded") else text.encode()
    response = Response(content, int(document["statusCode"]), content_type="text/plain;charset=UTF-8")
    for name, value in (document.get("headers") or {}).items():
        response.headers[name] = str(value)
    for cookie in document.get("cookies") or ():
        response.headers.add("Set-Cookie", cookie)
    return response


def clock_time(moment: datetime) -> str:
    """Format a time as API Gateway does: 25/Nov/2026:16:20:00 +0000."""
    return moment.astimezone(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
