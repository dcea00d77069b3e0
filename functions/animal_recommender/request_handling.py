"""The forms in which apps call a function: the bare payload, `{"body": {...}}`, or an API Gateway proxy event."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from animal_recommender.observability import add_count_metric, add_duration_metric
from animal_recommender.validation import FieldError, ValidationError, parse_json

Logic = Callable[[Mapping[str, Any]], Any]


def handle_request(event: object, logic: Logic) -> Any:
    """Run `logic` on the payload inside `event`, respond in the form of the call, and count and time the request.

    The response to a bare payload is the bare result; invalid input raises ValidationError. The response to a `body`
    (an object, or a string as REST and HTTP APIs send it, base64 or not) is a proxy response: 200 and the result, or
    400 and `{"message", "errors": [{"field", "message"}]}`.
    """
    started = time.perf_counter()
    add_count_metric("Requests")
    try:
        return _respond(event, logic)
    finally:
        add_duration_metric("Latency", (time.perf_counter() - started) * 1000)


def _respond(event: object, logic: Logic) -> Any:
    is_proxied = _is_proxied(event)
    try:
        result = logic(_payload(_body(event) if is_proxied else event))
    except ValidationError as error:
        add_count_metric("ValidationErrors")
        if not is_proxied:
            raise
        errors = [field_error.as_dict() for field_error in error.errors]
        return _http_response(400, {"message": "The request is not valid", "errors": errors})
    return _http_response(200, result) if is_proxied else result


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


def _http_response(status: int, result: Any) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    # UTF-8 as it is: as `\\ud83d\\ude00` a page full of emoji would not fit into Lambda's 6 MB.
    body = json.dumps(result, separators=(",", ":"), ensure_ascii=False)
    return {"statusCode": status, "headers": headers, "body": body}
