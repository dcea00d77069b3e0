"""The HTTP API: the functions, called as API Gateway calls them, do what the OpenAPI description says."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from openapi_spec_validator import validate

from recommend.request import DEFAULT_LIMIT, MAX_LIMIT
from scripts.generate.package import function_names
from tests.support.openapi import DESCRIPTION, OPERATIONS, examples, faults, request_schema, response_schema
from tests.unit.functions.fakes import FakeContext
from tests.unit.functions.streams import NOW, event, kinesis


def rest(path: str, body: str) -> dict[str, Any]:
    """A proxy event of payload format 1.0, as REST APIs send it."""
    return {
        "version": "1.0",
        "resource": path,
        "path": path,
        "httpMethod": "POST",
        "headers": {"Content-Type": "application/json"},
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "queryStringParameters": None,
        "requestContext": {"stage": "live", "httpMethod": "POST", "identity": {"sourceIp": "192.0.2.1"}},
        "body": body,
        "isBase64Encoded": False,
    }


def http(path: str, body: str) -> dict[str, Any]:
    """A proxy event of payload format 2.0, as the module's HTTP API sends it."""
    return {
        "version": "2.0",
        "routeKey": f"POST {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {
            "stage": "$default",
            "routeKey": f"POST {path}",
            "http": {"method": "POST", "path": path, "sourceIp": "192.0.2.1"},
            "authorizer": {"jwt": {"claims": {"sub": "somebody"}, "scopes": None}},
        },
        "body": body,
        "isBase64Encoded": False,
    }


def encoded(path: str, body: str) -> dict[str, Any]:
    """As above, with a body that API Gateway takes for binary."""
    return {**http(path, base64.b64encode(body.encode()).decode()) | {"isBase64Encoded": True}}


@pytest.fixture
def call(request: pytest.FixtureRequest, context: FakeContext) -> Callable[..., tuple[int, Any]]:
    """Call a function through a form of proxy event; answers status and decoded body."""

    def through(form: Callable[[str, str], dict[str, Any]], function: str, payload: object) -> tuple[int, Any]:
        handler = request.getfixturevalue(function)
        answer = handler(form(OPERATIONS[function][0], json.dumps(payload)), context)
        assert answer["headers"]["Content-Type"] == "application/json"
        return answer["statusCode"], json.loads(answer["body"])

    return through


@pytest.fixture
def _history(record_history: Any, context: FakeContext) -> None:
    mine = [event(eventId=str(n), timestamp=NOW - n, eventType="Favorite", eventValue=2.5) for n in range(3)]
    record_history(kinesis(*mine), context)


def test_given_the_description_then_it_is_openapi_and_its_operations_are_functions() -> None:
    validate(DESCRIPTION)

    assert set(OPERATIONS) <= set(function_names())
    assert all(list(item) == ["post"] for item in DESCRIPTION["paths"].values())


@pytest.mark.usefixtures("_history")
@pytest.mark.parametrize("form", [rest, http, encoded])
@pytest.mark.parametrize(("function", "payload"), list(examples()))
def test_given_a_described_request_then_the_response_is_as_described(
    call: Any, form: Any, function: str, payload: Any
) -> None:
    assert not faults(payload, request_schema(function))

    status, body = call(form, function, payload)

    assert status == 200
    assert not faults(body, response_schema(function, 200))
    assert body != {"events": []} or "after" in payload


@pytest.mark.parametrize("form", [rest, http, encoded])
@pytest.mark.parametrize(
    ("function", "payload"),
    [
        ("recommend", []),
        ("recommend", {"userID": "u", "limit": 6}),
        ("recommend", {"userId": "u" * 257}),
        ("recommend", {"limit": MAX_LIMIT + 1}),
        ("recommend", {"limit": 0}),
        ("recommend", {"filter": {}}),
        ("recommend", {"promotion": {"name": "new-arrivals", "percent": 101}}),
        ("recommend", {"promotion": {"name": "new-arrivals"}}),
        ("rerank", {"userId": "u"}),
        ("rerank", {"itemMetadataList": []}),
        ("rerank", {"userId": "u", "itemMetadataList": [{"itemId": "1"}]}),
        ("rerank", {"userId": "u", "itemMetadataList": [{"itemId": "1", "animalMetadata": {"animal_age_id": 1}}]}),
        ("get_history", {}),
        ("get_history", {"userId": "u", "limit": 501}),
        ("get_history", {"userId": "u", "before": {}}),
        ("get_history", {"userId": "u", "eventType": ""}),
    ],
)
def test_given_a_request_against_the_description_then_the_response_names_what_is_wrong_as_described(
    call: Any, form: Any, function: str, payload: Any
) -> None:
    assert faults(payload, request_schema(function))

    status, body = call(form, function, payload)

    assert status == 400
    assert not faults(body, response_schema(function, 400))


def test_given_the_limits_of_the_code_then_the_description_has_the_same() -> None:
    limit = DESCRIPTION["components"]["schemas"]["RecommendationsRequest"]["properties"]["limit"]

    assert (limit["maximum"], limit["default"]) == (MAX_LIMIT, DEFAULT_LIMIT)
