"""Refusals, in the words and the forms of the services."""

import json
from xml.sax.saxutils import escape

from botocore.exceptions import ClientError
from moto.core.utils import get_service_model
from werkzeug import Response

from local_aws.iam.actors import Actor
from local_aws.iam.api_calls import Call
from local_aws.kms.key_usage import Use

# Services that tell it in their own way when it is the key that is out of reach.
_KEY_CODES = {
    "kinesis": "KMSAccessDeniedException",
    "sns": "KMSAccessDenied",
    "sqs": "KmsAccessDenied",
    "stepfunctions": "KmsAccessDeniedException",
}
_CODES = {"s3": "AccessDenied", "sqs": "AccessDenied", "sns": "AuthorizationError"}


class RefusedError(ClientError):
    """Somebody may not do something; for parts of the local AWS the same error as for whoever calls it by HTTP."""

    def __init__(self, actor: Actor, use: Use, why: str) -> None:
        self.use = use
        on = f" on resource: {use.resource}" if use.resource != "*" else ""
        self.message = f"User: {actor.arn} is not authorized to perform: {use.action}{on} {why}"
        error = {"Code": "AccessDenied", "Message": self.message}
        super().__init__({"Error": error, "ResponseMetadata": {"HTTPStatusCode": 403}}, use.action.split(":")[1])


def respond(call: Call, refused: RefusedError) -> Response:
    """Answer a call with a refusal, with the code of its service."""
    if refused.use.action.startswith("kms:") and call.service in _KEY_CODES:
        code = _KEY_CODES[call.service]
    else:
        code = _CODES.get(call.service) or ("AccessDenied" if _form(call) == "query" else "AccessDeniedException")
    return error(call, code, refused.message, 400 if _form(call) == "json" else 403)


def error(call: Call, code: str, message: str, status: int) -> Response:
    """Answer a call with an error, in the protocol of its service."""
    if _form(call) in ("json", "rest-json"):
        body = json.dumps({"__type": code, "message": message, "Message": message})
        return Response(body, status, {"x-amzn-ErrorType": code}, content_type="application/x-amz-json-1.1")
    inner = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    text = f"<Error>{inner}</Error>"
    if _form(call) == "query":
        text = f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error></ErrorResponse>"
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{text}', status, content_type="text/xml")


def _form(call: Call) -> str:
    """Return the protocol in which a call came: a service may speak several."""
    protocol = get_service_model(call.service).protocol
    if protocol in ("rest-json", "rest-xml"):
        return str(protocol)
    return "query" if "x-www-form-urlencoded" in call.headers.get("content-type", "") else "json"
