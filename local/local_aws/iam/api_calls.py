"""From an HTTP request to the operation that it means, by botocore's own models of the services."""

import io
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from moto.core.request import Request
from moto.core.routing import get_service_router
from werkzeug.exceptions import NotFound

# Signing name -> services of that name, where it is not the service's own.
_SERVICES = {
    "monitoring": ("cloudwatch",),
    "personalize": ("personalize", "personalize-runtime", "personalize-events"),
    "states": ("stepfunctions",),
}
_RPC_PATH = re.compile(r"/service/[^/]+/operation/(?P<operation>\w+)")


class UnknownCallError(NotImplementedError):
    """A call that the local AWS cannot tell the rights for: an addition to this room is due."""


@dataclass(frozen=True)
class Call:
    """One operation of one service, with its parameters.

    Attributes:
        service: botocore's name.
        parameters: of the path, the query and the body, by their names on the wire; not those of S3's bodies.
        headers: by name in lower case.
    """

    service: str
    operation: str
    account: str
    region: str
    parameters: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    def arn(self, resource: str, service: str | None = None) -> str:
        """Return the ARN of a resource in the call's account and region."""
        return f"arn:aws:{service or self.service}:{self.region}:{self.account}:{resource}"

    def __str__(self) -> str:
        return f"{self.service} {self.operation}"


def read_call(environ: dict[str, Any], signing_name: str, account: str, region: str) -> Call:
    """Read a request; leaves its body readable.

    Raises:
        UnknownCallError: it is no operation of the service.
    """
    request = Request(environ)
    # Before anything looks for a form in it. Objects on their way to S3 are left alone.
    body = b"" if signing_name == "s3" and "delete" not in request.args else _body(request, environ)
    service, operation, named, takes_body = _operation(request, signing_name)
    headers = {name.lower(): value for name, value in request.headers.items()}
    # What the path names is what is meant, whatever else the request says.
    parameters = {**(_parameters(body, request.content_type or "") if takes_body else {}), **request.args, **named}
    return Call(service, operation, account, region, parameters, headers)


def _body(request: Request, environ: dict[str, Any]) -> bytes:
    body = request.get_data(cache=True)
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _operation(request: Request, signing_name: str) -> tuple[str, str, dict[str, Any], bool]:
    """Return service, operation, what the path names, and whether the body holds parameters: not if it is a payload."""
    if rpc := _RPC_PATH.fullmatch(request.path):
        return _SERVICES.get(signing_name, (signing_name,))[0], rpc["operation"], {}, False
    for service in _SERVICES.get(signing_name, (signing_name,)):
        try:
            model, parameters = get_service_router(service).match(request)
        except (NotFound, NotImplementedError):
            continue
        is_payload = model.input_shape is not None and "payload" in model.input_shape.serialization
        return service, model.name, parameters, not is_payload or model.name == "DeleteObjects"
    raise UnknownCallError(f"{request.method} {request.path} is no operation of {signing_name} that is known here")


def _parameters(body: bytes, content_type: str) -> dict[str, Any]:
    if body[:1] == b"{":
        with suppress(ValueError):
            return json.loads(body)
    if "x-www-form-urlencoded" in content_type:
        return dict(parse_qsl(body.decode("utf-8", "replace")))
    return {"body": body} if body else {}
