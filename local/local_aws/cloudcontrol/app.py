"""The HTTP interface of Cloud Control, and of CloudFormation's DescribeType."""

import json
import logging
import re
import uuid
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

import jsonpatch
from werkzeug import Request, Response

from local_aws.cloudcontrol.handlers import Authorize, Handlers, Steps
from local_aws.cloudcontrol.registry_types import RegistryType, get_registry_type, registry_schema
from local_aws.cloudcontrol.requests import Requests, ResourceRequest
from local_aws.faults import InjectedError
from local_aws.personalize import PersonalizeApp
from local_aws.personalize.errors import InvalidInputError, ResourceNotFoundError, ServiceError
from local_aws.personalize.resource_store import paginate
from local_aws.personalize.service_model import service
from local_aws.personalize.validation import validate

_log = logging.getLogger(__name__)
_CREDENTIAL_SCOPE = re.compile(r"Credential=[^/]+/\d+/([a-z0-9-]+)/")
_TARGET_PREFIX = "CloudApiService."
_XML_NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"


def _allow(operation: str, request: dict[str, Any]) -> None:
    """Allow everything, as to the administrator."""


class CloudControlApp:
    """Cloud Control for the registry types of Amazon Personalize."""

    def __init__(self, personalize: PersonalizeApp) -> None:
        self._personalize = personalize
        self._requests = Requests(personalize.settings.clock)
        self._operations: dict[str, Callable[[dict[str, Any], Handlers], dict[str, Any]]] = {
            "CreateResource": self._create,
            "GetResource": self._get,
            "UpdateResource": self._update,
            "DeleteResource": self._delete,
            "ListResources": self._list,
            "GetResourceRequestStatus": self._get_request_status,
            "ListResourceRequests": self._list_requests,
            "CancelResourceRequest": self._cancel_request,
        }

    def handle(self, request: Request, authorize: Authorize = _allow) -> Response:
        """Handle a request signed for `cloudcontrolapi`, or a DescribeType request signed for `cloudformation`."""
        target = request.headers.get("X-Amz-Target", "")
        if not target.startswith(_TARGET_PREFIX):
            return self._describe_type(request)
        name = target.removeprefix(_TARGET_PREFIX)
        try:
            return _json(self.call(name, _body(request), _region(request), authorize), 200)
        except (ServiceError, InjectedError) as error:
            return _json({"__type": error.code, "Message": error.message}, error.status)
        except Exception:
            _log.exception("%s failed", name)
            return _json({"__type": "ServiceInternalErrorException", "Message": "See the server's log."}, 500)

    def call(
        self, name: str, request: dict[str, Any], region: str | None = None, authorize: Authorize = _allow
    ) -> dict[str, Any]:
        """Call one operation of Cloud Control and return its response.

        Raises:
            ServiceError: The request is not valid or the operation failed.
            InjectedError: A fault was set for the operation.
        """
        if name not in self._operations:
            raise ServiceError(f"Unknown operation {name}", code="UnknownOperationException")
        self._personalize.faults.inject(name)
        shape = service("cloudcontrol").operation_model(name).input_shape
        try:
            if shape:
                validate(shape, request)
        except InvalidInputError as error:
            raise ServiceError(error.message, code="InvalidRequestException") from None
        return self._operations[name](request, Handlers(self._personalize, region, authorize))

    def close(self) -> None:
        """Stop all background work."""
        self._requests.close()

    def _create(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        registry_type = get_registry_type(request["TypeName"])
        desired = _parse_desired_state(request["DesiredState"])
        registry_type.check(desired)

        def begin(started: ResourceRequest) -> Steps:
            return handlers.create(registry_type, desired, lambda arn: setattr(started, "identifier", arn))

        return self._start(request, registry_type, "CREATE", begin)

    def _update(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        registry_type, arn = get_registry_type(request["TypeName"]), request["Identifier"]
        if not registry_type.updatable:
            raise ServiceError(f"{registry_type.name} has no update handler.", code="UnsupportedActionException")
        old = _read(handlers, registry_type, arn)
        new = _apply_patch(old, request["PatchDocument"])
        if fixed := sorted(name for name in registry_type.create_only if old.get(name) != new.get(name)):
            pointers = ", ".join(f"/properties/{name}" for name in fixed)
            message = f"Invalid patch update: createOnlyProperties [{pointers}] cannot be updated"
            raise ServiceError(message, code="NotUpdatableException")
        settable = {name: value for name, value in new.items() if name not in registry_type.read_only}
        registry_type.check(settable)

        def begin(started: ResourceRequest) -> Steps:
            return handlers.update(registry_type, arn, old, settable)

        return self._start(request, registry_type, "UPDATE", begin)

    def _delete(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        registry_type = get_registry_type(request["TypeName"])

        def begin(started: ResourceRequest) -> Steps:
            return handlers.delete(registry_type, request["Identifier"])

        return self._start(request, registry_type, "DELETE", begin)

    def _get(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        registry_type = get_registry_type(request["TypeName"])
        properties = _read(handlers, registry_type, request["Identifier"])
        description = _description(request["Identifier"], properties)
        return {"TypeName": registry_type.name, "ResourceDescription": description}

    def _list(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        registry_type = get_registry_type(request["TypeName"])
        arns, token = _paginate(handlers.list_identifiers(registry_type), registry_type.name, request)
        descriptions = [_description(arn, {registry_type.identifier: arn}) for arn in arns]
        next_token = {"NextToken": token} if token else {}
        return {"TypeName": registry_type.name, "ResourceDescriptions": descriptions} | next_token

    def _get_request_status(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        return {"ProgressEvent": self._requests.get(request["RequestToken"]).progress_event()}

    def _list_requests(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        request_filter = request.get("ResourceRequestStatusFilter", {})
        operations, statuses = request_filter.get("Operations"), request_filter.get("OperationStatuses")
        events = [
            started.progress_event()
            for started in self._requests.all()
            if (not operations or started.operation in operations) and (not statuses or started.status in statuses)
        ]
        page, token = _paginate(events, "ListResourceRequests", request)
        return {"ResourceRequestStatusSummaries": page} | ({"NextToken": token} if token else {})

    def _cancel_request(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        return {"ProgressEvent": self._requests.cancel(request["RequestToken"]).progress_event()}

    def _start(
        self,
        request: dict[str, Any],
        registry_type: RegistryType,
        operation: str,
        begin: Callable[[ResourceRequest], Steps],
    ) -> dict[str, Any]:
        client_token = request.get("ClientToken")
        content = {name: value for name, value in request.items() if name != "ClientToken"}
        if earlier := self._requests.find_by_client_token(client_token, content):
            return {"ProgressEvent": earlier.progress_event()}
        identifier = request.get("Identifier")
        if identifier and self._requests.has_pending(identifier):
            message = f"An operation on {identifier} is under way."
            raise ServiceError(message, code="ConcurrentOperationException")
        started = ResourceRequest(registry_type.name, operation, identifier=identifier)
        first_event = started.progress_event() | {"EventTime": self._personalize.settings.clock()}
        self._requests.start(started, begin(started))
        self._requests.record_client_token(client_token, content, started)
        return {"ProgressEvent": first_event}

    def _describe_type(self, request: Request) -> Response:
        name = request.form.get("TypeName", "")
        try:
            schema = registry_schema(name)
        except KeyError:
            return _xml_error("TypeNotFoundException", f"The type {name} cannot be found.")
        updatable = "update" in schema.get("handlers", {})
        members = {
            "Arn": f"arn:aws:cloudformation:{self._personalize.region}::type/resource/{name.replace('::', '-')}",
            "Type": "RESOURCE",
            "TypeName": name,
            "Description": schema.get("description", ""),
            "Schema": json.dumps(schema),
            "ProvisioningType": "FULLY_MUTABLE" if updatable else "IMMUTABLE",
            "DeprecatedStatus": "LIVE",
            "Visibility": "PUBLIC",
        }
        inner = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in members.items())
        return _xml(f"<DescribeTypeResult>{inner}</DescribeTypeResult>", "DescribeTypeResponse", 200)


def _read(handlers: Handlers, registry_type: RegistryType, arn: str) -> dict[str, Any]:
    try:
        return handlers.read(registry_type, arn)
    except (ResourceNotFoundError, InvalidInputError):
        message = f"Resource of type '{registry_type.name}' with identifier '{arn}' was not found."
        raise ServiceError(message, code="ResourceNotFoundException") from None


def _apply_patch(properties: dict[str, Any], patch: str) -> dict[str, Any]:
    try:
        patched: dict[str, Any] = jsonpatch.apply_patch(properties, patch)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, ValueError, TypeError) as error:
        raise ServiceError(f"Invalid patch document: {error}", code="InvalidRequestException") from None
    return patched


def _paginate(found: list[Any], list_name: str, request: dict[str, Any]) -> tuple[list[Any], str | None]:
    page_request = {"nextToken": request.get("NextToken"), "maxResults": request.get("MaxResults", 100)}
    try:
        return paginate(found, list_name, page_request)
    except ServiceError as error:
        raise ServiceError(error.message, code="InvalidRequestException") from None


def _description(identifier: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"Identifier": identifier, "Properties": json.dumps(properties)}


def _parse_desired_state(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ServiceError(f"The desired state is not valid JSON: {error}", code="InvalidRequestException") from None


def _body(request: Request) -> dict[str, Any]:
    document = _parse_desired_state(request.get_data(as_text=True) or "{}")
    if not isinstance(document, dict):
        raise ServiceError("The request's body is not a JSON object.", code="SerializationException")
    return document


def _region(request: Request) -> str | None:
    scope = _CREDENTIAL_SCOPE.search(request.headers.get("Authorization", ""))
    return scope.group(1) if scope else None


def _json(document: dict[str, Any], status: int) -> Response:
    headers = {"x-amzn-RequestId": str(uuid.uuid4())}
    return Response(json.dumps(document), status, headers, content_type="application/x-amz-json-1.0")


def _xml_error(code: str, message: str) -> Response:
    inner = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    return _xml(inner, "ErrorResponse", 404)


def _xml(inner: str, tag: str, status: int) -> Response:
    text = f'<{tag} xmlns="{_XML_NAMESPACE}">{inner}</{tag}>'
    return Response(text, status, content_type="text/xml")
