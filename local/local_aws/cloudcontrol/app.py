"""The HTTP side of Cloud Control, and CloudFormation's DescribeType."""

import json
import logging
import re
import uuid
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

import jsonpatch
from werkzeug import Request, Response

from local_aws.cloudcontrol.handlers import Handlers
from local_aws.cloudcontrol.requests import Requests, ResourceRequest
from local_aws.cloudcontrol.resource_types import ResourceType, registry_schema, resource_type
from local_aws.faults import InjectedError
from local_aws.personalize import PersonalizeApp
from local_aws.personalize.errors import InvalidInputError, ResourceNotFoundError, ServiceError
from local_aws.personalize.service_model import service
from local_aws.personalize.store import paginate
from local_aws.personalize.validation import validate

_log = logging.getLogger(__name__)
_CREDENTIAL_SCOPE = re.compile(r"Credential=[^/]+/\d+/([a-z0-9-]+)/")
_TARGET_PREFIX = "CloudApiService."
_XML = "http://cloudformation.amazonaws.com/doc/2010-05-15/"


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
            "GetResourceRequestStatus": self._status,
            "ListResourceRequests": self._list_requests,
            "CancelResourceRequest": self._cancel,
        }

    def handle(self, request: Request) -> Response:
        """Answer one request signed for `cloudcontrolapi`, or DescribeType signed for `cloudformation`."""
        target = request.headers.get("X-Amz-Target", "")
        if not target.startswith(_TARGET_PREFIX):
            return self._describe_type(request)
        name = target.removeprefix(_TARGET_PREFIX)
        try:
            return _json(self.call(name, _body(request), _region(request)), 200)
        except (ServiceError, InjectedError) as error:
            return _json({"__type": error.code, "Message": error.message}, error.status)
        except Exception:
            _log.exception("%s failed", name)
            return _json({"__type": "ServiceInternalErrorException", "Message": "See the server's log."}, 500)

    def call(self, name: str, request: dict[str, Any], region: str | None = None) -> dict[str, Any]:
        """Carry out one operation of Cloud Control. Raises ServiceError, InjectedError."""
        if name not in self._operations:
            raise ServiceError(f"Unknown operation {name}", code="UnknownOperationException")
        self._personalize.faults.strike(name)
        try:
            validate(service("cloudcontrol").operation_model(name).input_shape, request)
        except InvalidInputError as wrong:
            raise ServiceError(wrong.message, code="InvalidRequestException") from None
        return self._operations[name](request, Handlers(self._personalize, region))

    def close(self) -> None:
        """Stop all background work."""
        self._requests.close()

    def _create(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        type_ = resource_type(request["TypeName"])
        desired = _document(request["DesiredState"])
        type_.check(desired)

        def begin(started: ResourceRequest) -> Any:
            return handlers.create(type_, desired, lambda arn: setattr(started, "identifier", arn))

        return self._start(request, type_, "CREATE", begin)

    def _update(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        type_, arn = resource_type(request["TypeName"]), request["Identifier"]
        if not type_.updatable:
            raise ServiceError(f"{type_.name} has no update handler.", code="UnsupportedActionException")
        old = _read(handlers, type_, arn)
        new = _patched(old, request["PatchDocument"])
        if fixed := sorted(name for name in type_.create_only if old.get(name) != new.get(name)):
            pointers = ", ".join(f"/properties/{name}" for name in fixed)
            message = f"Invalid patch update: createOnlyProperties [{pointers}] cannot be updated"
            raise ServiceError(message, code="NotUpdatableException")
        settable = {name: value for name, value in new.items() if name not in type_.read_only}
        type_.check(settable)
        return self._start(request, type_, "UPDATE", lambda _: handlers.update(type_, arn, old, settable))

    def _delete(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        type_ = resource_type(request["TypeName"])
        return self._start(request, type_, "DELETE", lambda _: handlers.delete(type_, request["Identifier"]))

    def _get(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        type_ = resource_type(request["TypeName"])
        properties = _read(handlers, type_, request["Identifier"])
        return {"TypeName": type_.name, "ResourceDescription": _description(request["Identifier"], properties)}

    def _list(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        type_ = resource_type(request["TypeName"])
        arns, token = _page(handlers.identifiers(type_), type_.name, request)
        described = [_description(arn, {type_.identifier: arn}) for arn in arns]
        return {"TypeName": type_.name, "ResourceDescriptions": described} | ({"NextToken": token} if token else {})

    def _status(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        return {"ProgressEvent": self._requests.get(request["RequestToken"]).event()}

    def _list_requests(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        wanted = request.get("ResourceRequestStatusFilter", {})
        operations, statuses = wanted.get("Operations"), wanted.get("OperationStatuses")
        found = [
            held.event()
            for held in self._requests.all()
            if (not operations or held.operation in operations) and (not statuses or held.status in statuses)
        ]
        page, token = _page(found, "ListResourceRequests", request)
        return {"ResourceRequestStatusSummaries": page} | ({"NextToken": token} if token else {})

    def _cancel(self, request: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
        return {"ProgressEvent": self._requests.cancel(request["RequestToken"]).event()}

    def _start(
        self, request: dict[str, Any], type_: ResourceType, operation: str, begin: Callable[[ResourceRequest], Any]
    ) -> dict[str, Any]:
        client_token = request.get("ClientToken")
        content = {name: value for name, value in request.items() if name != "ClientToken"}
        if held := self._requests.of_client_token(client_token, content):
            return {"ProgressEvent": held.event()}
        identifier = request.get("Identifier")
        if identifier and self._requests.busy(identifier):
            message = f"An operation on {identifier} is under way."
            raise ServiceError(message, code="ConcurrentOperationException")
        started = ResourceRequest(type_.name, operation, identifier=identifier)
        first = started.event() | {"EventTime": self._personalize.settings.clock()}
        self._requests.start(started, begin(started))
        self._requests.remember_client_token(client_token, content, started)
        return {"ProgressEvent": first}

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


def _read(handlers: Handlers, type_: ResourceType, arn: str) -> dict[str, Any]:
    try:
        return handlers.read(type_, arn)
    except (ResourceNotFoundError, InvalidInputError):
        message = f"Resource of type '{type_.name}' with identifier '{arn}' was not found."
        raise ServiceError(message, code="ResourceNotFoundException") from None


def _patched(properties: dict[str, Any], patch: str) -> dict[str, Any]:
    try:
        return jsonpatch.apply_patch(properties, patch)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, ValueError, TypeError) as wrong:
        raise ServiceError(f"Invalid patch document: {wrong}", code="InvalidRequestException") from None


def _page(found: list[Any], list_name: str, request: dict[str, Any]) -> tuple[list[Any], str | None]:
    asked = {"nextToken": request.get("NextToken"), "maxResults": request.get("MaxResults", 100)}
    try:
        return paginate(found, list_name, asked)
    except ServiceError as wrong:
        raise ServiceError(wrong.message, code="InvalidRequestException") from None


def _description(identifier: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"Identifier": identifier, "Properties": json.dumps(properties)}


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as wrong:
        raise ServiceError(f"The desired state is not valid JSON: {wrong}", code="InvalidRequestException") from None


def _body(request: Request) -> dict[str, Any]:
    document = _document(request.get_data(as_text=True) or "{}")
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
    text = f'<{tag} xmlns="{_XML}">{inner}</{tag}>'
    return Response(text, status, content_type="text/xml")
