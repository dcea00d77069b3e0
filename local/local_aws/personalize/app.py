"""The HTTP side: which operation a request means, its JSON in and out, and errors as the AWS SDKs expect them."""

import json
import logging
import re
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from werkzeug import Request, Response

from local_aws.faults import Faults, InjectedError
from local_aws.personalize import introspection
from local_aws.personalize import operations as _operations  # noqa: F401  (registers every operation)
from local_aws.personalize.errors import NotSupportedError, ServiceError
from local_aws.personalize.operation_registry import OPERATIONS
from local_aws.personalize.service import Service, UseKey
from local_aws.personalize.service_model import error_status, operations, rest_paths
from local_aws.personalize.settings import PersonalizeSettings
from local_aws.personalize.strict_json import parse_json
from local_aws.personalize.validation import validate

_log = logging.getLogger(__name__)
_CREDENTIAL_SCOPE = re.compile(r"Credential=[^/]+/\d+/([a-z0-9-]+)/")
_TARGET_PREFIX = "AmazonPersonalize."
_MEASURED = ("GetPersonalizedRanking", "GetRecommendations")

Measured = Callable[[str, str, str, float], None]
"""Is told of what a campaign answered: region, operation, the campaign's ARN, milliseconds."""


class PersonalizeApp:
    """Amazon Personalize (control plane, runtime, events) for one account; state is kept for each region apart."""

    def __init__(
        self,
        account_id: str,
        region: str,
        settings: PersonalizeSettings,
        s3: Callable[[str, str], Any],
        use_key: UseKey,
        measured: Measured,
        faults: Faults,
    ) -> None:
        self.account_id = account_id
        self.region = region
        self.settings = settings
        self.faults = faults
        self._s3 = s3
        self._use_key = use_key
        self._measured = measured
        self._services: dict[str, Service] = {}
        self._lock = threading.Lock()

    def service(self, region: str | None = None) -> Service:
        """The state of one region (of the app's own when None)."""
        region = region or self.region
        if held := self._services.get(region):
            return held
        with self._lock:
            made = Service(self.account_id, region, self.settings, self._s3, self._use_key, self.faults)
            return self._services.setdefault(region, made)

    def services(self) -> list[Service]:
        """The state of every region used so far."""
        return list(self._services.values())

    def call(self, name: str, request: dict[str, Any], region: str | None = None) -> dict[str, Any]:
        """Carry out one operation: faults, validation, the operation itself. Raises ServiceError, InjectedError."""
        model = operations().get(name)
        if model is None:
            raise ServiceError(f"Unknown operation {name}", code="UnknownOperationException", status=404)
        self.faults.inject(name)
        working = OPERATIONS.get(name)
        if working is None:
            raise NotSupportedError.of(name)
        validate(model.input_shape, request)
        service, began = self.service(region), time.perf_counter()
        with service.lock if working.locked else nullcontext():
            answer = working.handler(service, request) or {}
        if name in _MEASURED:
            self._measured(service.region, name, request["campaignArn"], (time.perf_counter() - began) * 1000)
        return answer

    def handle(self, request: Request) -> Response:
        """Answer one request signed for `personalize`."""
        target = request.headers.get("X-Amz-Target", "")
        rest = not target.startswith(_TARGET_PREFIX)
        name = rest_paths().get(request.path, request.path) if rest else target.removeprefix(_TARGET_PREFIX)
        try:
            answer = self.call(name, _body(request), _region(request))
        except (ServiceError, InjectedError) as error:
            document = {"__type": error.code, "message": error.message}
            status = error_status(name, error.code) or error.status
            return _response(document, status, rest, {"x-amzn-ErrorType": error.code})
        except Exception:
            _log.exception("%s failed", name)
            document = {"__type": "InternalFailure", "message": "The local Amazon Personalize failed; see its log."}
            return _response(document, 500, rest, {"x-amzn-ErrorType": "InternalFailure"})
        return _response(answer, 200, rest, {})

    def introspect(self, request: Request) -> Response:
        """Answer a request to `/_local/personalize...`."""
        return introspection.answer(self.services(), request)

    def close(self) -> None:
        """Stop all background work."""
        for service in self.services():
            service.close()


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


def _response(document: dict[str, Any], status: int, rest: bool, headers: dict[str, str]) -> Response:
    content_type = "application/json" if rest else "application/x-amz-json-1.1"
    headers["x-amzn-RequestId"] = str(uuid.uuid4())
    return Response(json.dumps(document), status, headers, content_type=content_type)
