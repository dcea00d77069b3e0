"""The HTTP interface: find the operation of a request, read and write JSON, and send errors as the AWS SDKs expect.

The operations, and numpy with them, are imported with the first request: a server that nobody asks for recommendations
starts faster without them.
"""

import json
import logging
import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response

from local_aws.faults import Faults, InjectedError
from local_aws.personalize.call_metrics import MEASURED_OPERATIONS, call_metrics
from local_aws.personalize.errors import NotSupportedError, ServiceError
from local_aws.personalize.service_model import error_status, input_shape, operations, rest_paths
from local_aws.personalize.settings import PersonalizeSettings
from local_aws.personalize.strict_json import parse_json
from local_aws.personalize.validation import validate

if TYPE_CHECKING:
    from local_aws.personalize.operation_registry import Operation
    from local_aws.personalize.service import SendMetrics, Service, UseKey

_log = logging.getLogger(__name__)
_CREDENTIAL_SCOPE = re.compile(r"Credential=[^/]+/\d+/([a-z0-9-]+)/")
_TARGET_PREFIX = "AmazonPersonalize."

PutMetrics = Callable[[str, list[dict[str, Any]]], None]
"""Stores metrics of the namespace AWS/Personalize: region, and the members of PutMetricData."""


class PersonalizeApp:
    """Amazon Personalize (control plane, runtime, events) for one account. Each region has its own state."""

    def __init__(
        self,
        account_id: str,
        region: str,
        settings: PersonalizeSettings,
        s3: Callable[[str, str], Any],
        use_key: "UseKey",
        put_metrics: PutMetrics,
        send_metrics: "SendMetrics",
        faults: Faults,
    ) -> None:
        self.account_id = account_id
        self.region = region
        self.settings = settings
        self.faults = faults
        self._s3 = s3
        self._use_key = use_key
        self._put_metrics = put_metrics
        self._send_metrics = send_metrics
        self._services: dict[str, Service] = {}
        self._lock = threading.Lock()

    def service(self, region: str | None = None) -> "Service":
        """Return the state of a region, by default of the region of this application."""
        region = region or self.region
        if existing := self._services.get(region):
            return existing
        from local_aws.personalize.service import Service

        with self._lock:
            outside = (self._s3, self._use_key, self._send_metrics, self.faults)
            created = Service(self.account_id, region, self.settings, *outside)
            return self._services.setdefault(region, created)

    def services(self) -> "list[Service]":
        """Return the state of every region used so far."""
        return list(self._services.values())

    def call(self, name: str, request: dict[str, Any], region: str | None = None) -> dict[str, Any]:
        """Call one operation and return its response: inject faults, validate the request, run the operation.

        Raises:
            ServiceError: The request is not valid or the operation failed.
            InjectedError: A fault was set for the operation.
        """
        if name not in operations():
            raise ServiceError(f"Unknown operation {name}", code="UnknownOperationException", status=404)
        self.faults.inject(name)
        registered = _registered_operations().get(name)
        if registered is None:
            raise NotSupportedError.of(name)
        validate(input_shape(name), request)
        service = self.service(region)
        with service.lock if registered.locked else nullcontext():
            return registered.handler(service, request) or {}

    def handle(self, request: Request) -> Response:
        """Handle a request that is signed for `personalize`."""
        target = request.headers.get("X-Amz-Target", "")
        rest = not target.startswith(_TARGET_PREFIX)
        name = rest_paths().get(request.path, request.path) if rest else target.removeprefix(_TARGET_PREFIX)
        region, began = _region(request), time.perf_counter()
        try:
            body = _body(request)
        except ServiceError as error:
            return _error_response(name, error, rest)
        response = self._answer(name, body, region, rest)
        if name in MEASURED_OPERATIONS:
            self._measure(name, body, region, response.status_code, (time.perf_counter() - began) * 1000)
        return response

    def refuse_unsigned(self, request: Request) -> Response | None:
        """Return an error if a request without a readable signature is for Personalize, else None."""
        target = request.headers.get("X-Amz-Target", "")
        rest = not target.startswith(_TARGET_PREFIX)
        name = rest_paths().get(request.path) if rest else target.removeprefix(_TARGET_PREFIX)
        if name is None or request.method != "POST":
            return None
        code, message = "MissingAuthenticationTokenException", "Missing Authentication Token"
        if request.headers.get("Authorization"):
            code, message = "InvalidSignatureException", "Credential should be scoped to a valid region."
        return _error_response(name, ServiceError(message, code=code, status=403), rest)

    def _answer(self, name: str, body: dict[str, Any], region: str | None, rest: bool) -> Response:
        try:
            response = self.call(name, body, region)
        except (ServiceError, InjectedError) as error:
            return _error_response(name, error, rest)
        except Exception:
            _log.exception("%s failed", name)
            document = {"__type": "InternalFailure", "message": "The local Amazon Personalize failed; see its log."}
            return _response(document, 500, rest, {"x-amzn-ErrorType": "InternalFailure"})
        return _response(response, 200, rest, {})

    def _measure(self, name: str, body: dict[str, Any], region: str | None, status: int, milliseconds: float) -> None:
        service = self.service(region)
        if metrics := call_metrics(service, name, body, status, milliseconds):
            self._put_metrics(service.region, metrics)

    def introspect(self, request: Request) -> Response:
        """Handle a request to `/_local/personalize...`."""
        from local_aws.personalize import introspection

        return introspection.handle(self.services(), request)

    def close(self) -> None:
        """Stop all background work."""
        for service in self.services():
            service.close()


def _registered_operations() -> "Mapping[str, Operation]":
    from local_aws.personalize import operations as _imported  # noqa: F401  (registers every operation)
    from local_aws.personalize.operation_registry import OPERATIONS

    return OPERATIONS


def _body(request: Request) -> dict[str, Any]:
    try:
        document = parse_json(request.get_data() or b"{}")
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ServiceError("The request's body is not a JSON object.", code="SerializationException")
    return document


def _region(request: Request) -> str | None:
    scope = _CREDENTIAL_SCOPE.search(request.headers.get("Authorization", ""))
    return scope.group(1) if scope else None


def _error_response(name: str, error: ServiceError | InjectedError, rest: bool) -> Response:
    document = {"__type": error.code, "message": error.message}
    status = error_status(name, error.code) or error.status
    return _response(document, status, rest, {"x-amzn-ErrorType": error.code})


def _response(document: dict[str, Any], status: int, rest: bool, headers: dict[str, str]) -> Response:
    content_type = "application/json" if rest else "application/x-amz-json-1.1"
    headers["x-amzn-RequestId"] = str(uuid.uuid4())
    return Response(json.dumps(document), status, headers, content_type=content_type)
