"""CORS of HTTP APIs: API Gateway answers preflight requests itself, and adds the headers to what functions answer.

Source: "Configure CORS for HTTP APIs in API Gateway", developer guide. Where it leaves a doubt: a request of an origin
that is not allowed is answered as usual, but without any of these headers, so that the browser withholds the answer.
"""

import json
from collections.abc import Mapping
from typing import Any

from moto.apigatewayv2.models import Api
from werkzeug import Request, Response

_HEADERS = ("allow-origin", "allow-credentials", "allow-methods", "allow-headers", "expose-headers", "max-age")
_ANY_OF_SCHEME = {"https://*": "https://", "http://*": "http://"}


def configuration_of(api: Api) -> Mapping[str, Any] | None:
    """Return the CORS configuration of an API, None if it has none."""
    settings: Any = api.cors_configuration
    return (json.loads(settings) if isinstance(settings, str) else settings) or None


def allows_origin(settings: Mapping[str, Any] | None, origin: str) -> bool:
    """Return whether a configuration allows an origin: by its name, by its scheme (`https://*`), or any (`*`)."""
    allowed = (settings or {}).get("allowOrigins") or ()
    schemes = tuple(prefix for name, prefix in _ANY_OF_SCHEME.items() if name in allowed)
    return "*" in allowed or origin in allowed or origin.startswith(schemes)


def is_preflight(request: Request) -> bool:
    """Return whether a browser asks whether it may send a request."""
    asked = "Origin" in request.headers and "Access-Control-Request-Method" in request.headers
    return request.method == "OPTIONS" and asked


def answer_preflight(settings: Mapping[str, Any], request: Request) -> Response:
    """Return the answer to a preflight request: what the API allows to the origin, or nothing of it."""
    response = Response(status=204)
    if allows_origin(settings, request.headers["Origin"]):
        _allow_origin(settings, request, response)
        for name, key in (("Allow-Methods", "allowMethods"), ("Allow-Headers", "allowHeaders")):
            if values := settings.get(key):
                response.headers[f"Access-Control-{name}"] = ",".join(values)
        if settings.get("maxAge"):
            response.headers["Access-Control-Max-Age"] = str(settings["maxAge"])
    return response


def add_headers(settings: Mapping[str, Any], request: Request, response: Response) -> None:
    """Replace the CORS headers of a function's answer by those of the configuration."""
    for name in _HEADERS:
        response.headers.pop(f"Access-Control-{name}", None)
    origin = request.headers.get("Origin")
    if origin is not None and allows_origin(settings, origin):
        _allow_origin(settings, request, response)
        if exposed := settings.get("exposeHeaders"):
            response.headers["Access-Control-Expose-Headers"] = ",".join(exposed)


def _allow_origin(settings: Mapping[str, Any], request: Request, response: Response) -> None:
    any_origin = "*" in settings["allowOrigins"]
    response.headers["Access-Control-Allow-Origin"] = "*" if any_origin else request.headers["Origin"]
    if not any_origin:
        response.headers["Vary"] = "Origin"
    if settings.get("allowCredentials"):
        response.headers["Access-Control-Allow-Credentials"] = "true"
