"""Find the operation and the parameters of an HTTP request, with botocore's models of the services."""

import io
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from botocore.parsers import BaseCBORParser
from moto.core.request import Request
from moto.core.routing import get_service_router
from werkzeug.exceptions import NotFound

# Signing name -> botocore's names of the services that use it, where they differ.
_SERVICES = {
    "apigateway": ("apigatewayv2", "apigateway"),
    "cloudcontrolapi": ("cloudcontrol",),
    "monitoring": ("cloudwatch",),
    "personalize": ("personalize", "personalize-runtime", "personalize-events"),
    "states": ("stepfunctions",),
}
_CBOR: Any = BaseCBORParser()
_RPC_PATH = re.compile(r"/service/[^/]+/operation/(?P<operation>\w+)")


class UnknownOperationError(NotImplementedError):
    """The operation, or the resource, of a call is unknown here, so that its permissions cannot be checked."""


@dataclass(frozen=True)
class Call:
    """One operation of one service, with its parameters.

    Attributes:
        service: botocore's name.
        parameters: from the path, the query and the body, with the names in the request; S3's bodies are not read.
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
    """Read a request; its body stays readable.

    Args:
        environ: the WSGI environment.
        signing_name: the service in the signature.
        account: account of who signed.
        region: the region in the signature.

    Raises:
        UnknownOperationError: the service has no such operation.
    """
    request = Request(environ)
    # Read before anything parses a form from it. The objects in S3's requests are not read.
    body = b"" if signing_name == "s3" and "delete" not in request.args else _body(request, environ)
    service, operation, named, takes_body = _operation(request, signing_name)
    headers = {name.lower(): value for name, value in request.headers.items()}
    # A name in the path overrides the same name elsewhere in the request.
    parameters = {**(_parameters(body, request.content_type or "") if takes_body else {}), **request.args, **named}
    return Call(service, operation, account, region, parameters, headers)


def _body(request: Request, environ: dict[str, Any]) -> bytes:
    body = request.get_data(cache=True)
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _operation(request: Request, signing_name: str) -> tuple[str, str, dict[str, Any], bool]:
    """Return service, operation, the parameters in the path, and whether the body holds parameters or a payload."""
    if rpc := _RPC_PATH.fullmatch(request.path):
        return _SERVICES.get(signing_name, (signing_name,))[0], rpc["operation"], {}, True
    for service in _SERVICES.get(signing_name, (signing_name,)):
        try:
            model, parameters = get_service_router(service).match(request)
        except (NotFound, NotImplementedError):
            continue
        is_payload = model.input_shape is not None and "payload" in model.input_shape.serialization
        return service, model.name, parameters, not is_payload or model.name == "DeleteObjects"
    raise UnknownOperationError(f"{request.method} {request.path} is an unknown operation of {signing_name}")


def _parameters(body: bytes, content_type: str) -> dict[str, Any]:
    if content_type == "application/cbor":
        return dict(_CBOR.parse_data_item(io.BufferedReader(io.BytesIO(body)))) if body else {}
    if body[:1] == b"{":
        with suppress(ValueError):
            return dict(json.loads(body))
    if "x-www-form-urlencoded" in content_type:
        return dict(parse_qsl(body.decode("utf-8", "replace")))
    return {"body": body} if body else {}
