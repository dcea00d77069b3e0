"""The forms in which apps call: bare payload, `{"body": {...}}`, API Gateway proxy event. Decided here only."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from animal_recommender.observability import count, milliseconds
from animal_recommender.validation import FieldError, ValidationError, parse_json

Logic = Callable[[Mapping[str, Any]], Any]


def respond(event: object, logic: Logic) -> Any:
    """Run `logic` on the payload inside `event` and answer in the form of the call, counting and timing it.

    A bare payload is answered with the bare result, and bad input raises ValidationError. A `body`
    (object, or string as REST and HTTP APIs send it, base64 or not) is answered with a proxy response:
    200 and the result, or 400 and `{"message", "errors": [{"field", "message"}]}`.
    """
    started = time.perf_counter()
    count("Requests")
    try:
        return _answer(event, logic)
    finally:
        milliseconds("Latency", (time.perf_counter() - started) * 1000)


def _answer(event: object, logic: Logic) -> Any:
    enveloped = _is_enveloped(event)
    try:
        result = logic(_payload(_body(event) if enveloped else event))
    except ValidationError as error:
        count("ValidationErrors")
        if not enveloped:
            raise
        problems = [problem.as_dict() for problem in error.errors]
        return _http(400, {"message": "The request is not valid", "errors": problems})
    return _http(200, result) if enveloped else result


def _is_enveloped(event: object) -> bool:
    """A proxy event has a request context even where it has no body (a GET)."""
    return isinstance(event, Mapping) and ("body" in event or "requestContext" in event)


def _body(event: Any) -> object:
    body = event.get("body")
    if not isinstance(body, str):
        return body
    if not event.get("isBase64Encoded"):
        return parse_json(body, "body")
    try:
        decoded = base64.b64decode(body, validate=True)
    except ValueError:  # binascii.Error, or a plain one for what is not ASCII
        raise ValidationError([FieldError("body", "must be base64, as isBase64Encoded says")]) from None
    return parse_json(decoded, "body")


def _payload(payload: object) -> Mapping[str, Any]:
    if not isinstance(payload, Mapping):
        raise ValidationError([FieldError("payload", "must be a JSON object")])
    return payload


def _http(status: int, result: Any) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(result, separators=(",", ":"))}
