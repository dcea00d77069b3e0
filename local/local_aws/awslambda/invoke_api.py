"""Lambda's API operation Invoke (API reference: Invoke)."""

import base64
import json
import re
from urllib.parse import unquote

from moto.awslambda.exceptions import UnknownAliasException, UnknownFunctionException
from moto.awslambda.models import LambdaFunction
from moto.awslambda.utils import get_backend
from werkzeug import Request, Response

from local_aws.awslambda.asynchronous_invocation import AsynchronousInvoker
from local_aws.awslambda.model import (
    Invocation,
    KeyDeniedError,
    Outcome,
    RoleNotAssumedError,
    ThrottledError,
    error_payload,
)
from local_aws.awslambda.moto_adapter import new_invocation, read_function
from local_aws.awslambda.runtime import LambdaRuntime
from local_aws.service import SignedRequest

_PATH = re.compile(r"^/2015-03-31/functions/(?P<function>.+)/invocations/?$")
_MAXIMUM_SYNCHRONOUS_BYTES = 6 * 1024 * 1024
_MAXIMUM_ASYNCHRONOUS_BYTES = 1024 * 1024
_LOG_TAIL_BYTES = 4096
_KEY_DENIED = (
    "Lambda was unable to decrypt the environment variables because KMS access was denied. Please check the function's"
    " KMS key settings. KMS Exception: AccessDeniedException KMS Message:"
)


class InvokeApi:
    """Answers Invoke; no lock is held while a function runs."""

    def __init__(self, runtime: LambdaRuntime, asynchronous: AsynchronousInvoker) -> None:
        self._runtime = runtime
        self._asynchronous = asynchronous

    def answer(self, signed: SignedRequest) -> Response | None:
        """Answer an Invoke request, with Lambda's status codes and error types; None for any other request."""
        found = _PATH.match(signed.environ["PATH_INFO"])
        if signed.environ["REQUEST_METHOD"] != "POST" or found is None:
            return None
        name = unquote(found["function"])
        return self._answer(Request(signed.environ), name, signed.actor.account, signed.region)

    def _answer(self, request: Request, name: str, account_id: str, region: str) -> Response:
        payload = request.get_data() or b"{}"
        kind = request.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if error := _check_payload(payload, kind):
            return error
        qualifier = request.args.get("Qualifier")
        try:
            configured = get_backend(account_id, region).get_function(name, qualifier)
        except (UnknownFunctionException, UnknownAliasException) as unknown:
            return _error(404, "ResourceNotFoundException", str(unknown.message))
        invocation = new_invocation(payload, _invoked_arn(configured, name, qualifier), _client_context(request))
        if kind == "DryRun":
            return _with_ids(Response(status=204), invocation)
        if kind == "Event":
            self._asynchronous.submit(configured, invocation)
            return _with_ids(Response(status=202), invocation)
        return self._invoke(configured, invocation, tail=request.headers.get("X-Amz-Log-Type") == "Tail")

    def _invoke(self, configured: LambdaFunction, invocation: Invocation, *, tail: bool) -> Response:
        try:
            outcome = self._runtime.invoke(read_function(configured), invocation)
        except ThrottledError:
            details = {"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded"}
            return _error(429, "TooManyRequestsException", "Rate Exceeded.", details)
        except RoleNotAssumedError:
            return _error(
                403, "AccessDeniedException", "The role defined for the function cannot be assumed by Lambda."
            )
        except KeyDeniedError as denied:
            return _error(502, "KMSAccessDeniedException", f"{_KEY_DENIED} {denied}")
        if len(outcome.payload) > _MAXIMUM_SYNCHRONOUS_BYTES:
            message = (
                f"Response payload size exceeded maximum allowed payload size ({_MAXIMUM_SYNCHRONOUS_BYTES} bytes)."
            )
            body = error_payload("Function.ResponseSizeTooLarge", message)
            outcome = Outcome(body, outcome.version, "Unhandled", "Function.ResponseSizeTooLarge", outcome.log)
        response = Response(outcome.payload, content_type="application/json")
        response.headers["X-Amz-Executed-Version"] = outcome.version
        if outcome.error:
            response.headers["X-Amz-Function-Error"] = outcome.error
        if tail:
            log = outcome.log.encode()[-_LOG_TAIL_BYTES:]
            response.headers["X-Amz-Log-Result"] = base64.b64encode(log).decode()
        return _with_ids(response, invocation)


def _check_payload(payload: bytes, kind: str) -> Response | None:
    limit = _MAXIMUM_ASYNCHRONOUS_BYTES if kind == "Event" else _MAXIMUM_SYNCHRONOUS_BYTES
    if len(payload) > limit:
        message = f"Request must be smaller than {limit} bytes for the InvokeFunction operation"
        return _error(413, "RequestTooLargeException", message)
    try:
        json.loads(payload)
    except ValueError as error:
        return _unreadable(str(error))
    except RecursionError:
        return _unreadable("it is nested too deeply")
    return None


def _unreadable(cause: str) -> Response:
    return _error(400, "InvalidRequestContentException", f"Could not parse request body into json: {cause}")


def _invoked_arn(configured: LambdaFunction, name: str, qualifier: str | None) -> str:
    """Return the ARN as the caller gave it: with the alias or version, if it gave one."""
    arn = ":".join(configured.function_arn.split(":")[:7])
    named = name.split(":function:")[-1].split(":")
    qualifier = named[1] if len(named) > 1 else qualifier
    return f"{arn}:{qualifier}" if qualifier else arn


def _client_context(request: Request) -> str | None:
    encoded = request.headers.get("X-Amz-Client-Context")
    return base64.b64decode(encoded).decode() if encoded else None


def _with_ids(response: Response, invocation: Invocation) -> Response:
    response.headers["x-amzn-RequestId"] = invocation.request_id
    response.headers["X-Amzn-Trace-Id"] = invocation.trace_id
    return response


def _error(status: int, kind: str, message: str, details: dict[str, str] | None = None) -> Response:
    body = json.dumps({"Type": "User", "message": message, "Message": message, **(details or {})})
    return Response(body, status, {"x-amzn-ErrorType": kind}, content_type="application/json")
