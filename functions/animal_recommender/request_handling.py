"""The forms in which apps call a function: the bare payload, `{"body": {...}}`, or an API Gateway proxy event."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from animal_recommender.observability import add_count_metric, add_duration_metric
from animal_recommender.request_errors import RequestError
from animal_recommender.validation import FieldError, ValidationError, parse_json
from animal_recommender.visitor_access import Restrict, act_as, authenticate, is_browser_request
from animal_recommender.visitor_tokens import VisitorTokens

Logic = Callable[[Mapping[str, Any]], Any]


def handle_request(
    event: object,
    logic: Logic,
    tokens: VisitorTokens | None = None,
    *,
    status: int = 200,
    restrict: Restrict | None = act_as,
) -> Any:
    """Run `logic` on the payload inside `event`, respond in the form of the call, and count and time the request.

    The response to a bare payload is the bare result, or `{"message", "errors": [{"field", "message"}]}` if it is
    wrong. (A caller's mistake is no error of the function and must not raise an alarm.) The response to a `body` (an
    object, or a string as REST and HTTP APIs send it, base64 or not) is a proxy response: `status` and the result, or
    400 and the same document with the errors.

    A request of a browser needs a visitor's token, which `tokens` checks: 401 without one. `restrict` puts the
    visitor's ids into the payload: 403 for other ids. With None the request needs no token.
    """
    started = time.perf_counter()
    add_count_metric("Requests")
    try:
        result = _run(event, logic, tokens, restrict)
        return _http_response(status, result) if _is_proxied(event) else result
    except ValidationError as error:
        add_count_metric("ValidationErrors")
        errors = [field_error.as_dict() for field_error in error.errors]
        return _refuse(event, RequestError(400, {"message": "The request is not valid", "errors": errors}))
    except RequestError as error:
        return _refuse(event, error)
    finally:
        add_duration_metric("Latency", (time.perf_counter() - started) * 1000)


def _run(event: Any, logic: Logic, tokens: VisitorTokens | None, restrict: Restrict | None) -> Any:
    payload = _payload(_body(event) if _is_proxied(event) else event)
    if restrict and is_browser_request(event):
        remaining = dict(payload)
        payload = restrict(authenticate(event, remaining, tokens), remaining)
    return logic(payload)


def _refuse(event: object, error: RequestError) -> Any:
    return _http_response(error.status, error.document, error.headers) if _is_proxied(event) else error.document


def _is_proxied(event: object) -> bool:
    """Return whether the payload is in a body. A proxy event without a body (a GET) still has a request context."""
    return isinstance(event, Mapping) and ("body" in event or "requestContext" in event)


def _body(event: Any) -> object:
    body = event.get("body")
    if not isinstance(body, str):
        return body
    if not event.get("isBase64Encoded"):
        return parse_json(body, "body")
    try:
        decoded = base64.b64decode(body, validate=True)
    except ValueError:  # binascii.Error, or a ValueError for text that is not ASCII
        raise ValidationError([FieldError("body", "must be base64, as isBase64Encoded says")]) from None
    return parse_json(decoded, "body")


def _payload(payload: object) -> Mapping[str, Any]:
    if not isinstance(payload, Mapping):
        raise ValidationError([FieldError("payload", "must be a JSON object")])
    return payload


def _http_response(status: int, result: Any, further: Mapping[str, str] | None = None) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store", **(further or {})}
    # UTF-8 as it is: as `\\ud83d\\ude00` a page full of emoji would not fit into Lambda's 6 MB.
    body = json.dumps(result, separators=(",", ":"), ensure_ascii=False)
    return {"statusCode": status, "headers": headers, "body": body}
