"""Access denied: the error, and its response in the format of each service."""

import json
from typing import Any, cast
from xml.sax.saxutils import escape

from botocore.exceptions import ClientError
from moto.core.utils import get_service_model
from werkzeug import Response

from local_aws.iam.actors import Actor
from local_aws.iam.api_calls import Call
from local_aws.iam.permission import Permission

# Services with an error code of their own for a key that may not be used.
_KEY_CODES = {
    "kinesis": "KMSAccessDeniedException",
    "sns": "KMSAccessDenied",
    "sqs": "KmsAccessDenied",
    "stepfunctions": "KmsAccessDeniedException",
}
_CODES = {"s3": "AccessDenied", "sqs": "AccessDenied", "sns": "AuthorizationError"}


class AccessDeniedError(ClientError):
    """An actor lacks a permission. A part of the local AWS gets the same error as a caller of the API."""

    def __init__(self, actor: Actor, permission: Permission, reason: str) -> None:
        self.permission = permission
        on = f" on resource: {permission.resource}" if permission.resource != "*" else ""
        self.message = f"User: {actor.arn} is not authorized to perform: {permission.action}{on} {reason}"
        error = {"Code": "AccessDenied", "Message": self.message}
        response = cast(Any, {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 403}})
        super().__init__(response, permission.action.split(":")[1])


def access_denied_response(call: Call, denied: AccessDeniedError) -> Response:
    """Return the response to a call that is denied, with the error code of its service."""
    protocol = _protocol(call)
    if denied.permission.action.startswith("kms:") and call.service in _KEY_CODES:
        code = _KEY_CODES[call.service]
    else:
        code = _CODES.get(call.service) or ("AccessDenied" if protocol == "query" else "AccessDeniedException")
    return error_response(call, code, denied.message, 400 if protocol == "json" else 403)


def error_response(call: Call, code: str, message: str, status: int) -> Response:
    """Return an error as the response to a call, in the protocol of its service."""
    protocol = _protocol(call)
    if protocol in ("json", "rest-json"):
        body = json.dumps({"__type": code, "message": message, "Message": message})
        return Response(body, status, {"x-amzn-ErrorType": code}, content_type="application/x-amz-json-1.1")
    inner = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    text = f"<Error>{inner}</Error>"
    if protocol == "query":
        text = f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error></ErrorResponse>"
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{text}', status, content_type="text/xml")


def _protocol(call: Call) -> str:
    """Return the protocol of a call: rest-json, rest-xml, query or json. A service may support several."""
    protocol = get_service_model(call.service).protocol
    if protocol in ("rest-json", "rest-xml"):
        return str(protocol)
    return "query" if "x-www-form-urlencoded" in call.headers.get("content-type", "") else "json"
