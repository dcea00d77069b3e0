"""The forms in which apps call, and the responses in the same form."""

import base64
import json
from typing import Any

import pytest

from animal_recommender.request_handling import handle_request
from animal_recommender.validation import FieldError, ValidationError


def echo(payload: Any) -> Any:
    if payload.get("bad"):
        raise ValidationError([FieldError("bad", "must not be"), FieldError("b", "too")])
    return {"got": payload}


REST = {"httpMethod": "POST", "path": "/x", "requestContext": {"stage": "live"}, "isBase64Encoded": False}
HTTP = {"version": "2.0", "routeKey": "POST /x", "requestContext": {"http": {"method": "POST"}}}


@pytest.mark.parametrize(
    "event",
    [
        {"body": {"a": 1}},
        {"body": '{"a": 1}'},
        {**REST, "body": '{"a": 1}'},
        {**HTTP, "body": '{"a": 1}', "isBase64Encoded": False},
        {**HTTP, "body": base64.b64encode(b'{"a": 1}').decode(), "isBase64Encoded": True},
    ],
)
def test_given_a_body_then_the_response_is_a_proxy_response(event: Any) -> None:
    answer = handle_request(event, echo)
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "application/json"
    assert json.loads(answer["body"]) == {"got": {"a": 1}}


def test_given_a_bare_payload_then_the_response_is_the_bare_result() -> None:
    assert handle_request({"a": 1}, echo) == {"got": {"a": 1}}


def test_given_invalid_input_then_the_response_names_every_field_and_that_to_a_body_is_400() -> None:
    errors = [{"field": "bad", "message": "must not be"}, {"field": "b", "message": "too"}]
    refusal = {"message": "The request is not valid", "errors": errors}
    assert handle_request({"bad": 1}, echo) == refusal
    answer = handle_request({"body": {"bad": 1}}, echo)
    assert answer["statusCode"] == 400
    assert json.loads(answer["body"]) == refusal


@pytest.mark.parametrize(
    "event",
    [
        {**HTTP},
        {**REST, "body": None},
        {**REST, "body": "{"},
        {**REST, "body": "[]"},
        {"body": "*", "isBase64Encoded": True},
        {"body": "é", "isBase64Encoded": True},
        {"body": base64.b64encode(b"\xff").decode(), "isBase64Encoded": True},
    ],
)
def test_given_no_json_object_in_the_body_then_the_response_is_400(event: Any) -> None:
    assert handle_request(event, echo)["statusCode"] == 400


@pytest.mark.parametrize("event", [None, [], "text", 7])
def test_given_no_object_at_all_then_it_is_invalid(event: Any) -> None:
    (error,) = handle_request(event, echo)["errors"]
    assert error == {"field": "payload", "message": "must be a JSON object"}
