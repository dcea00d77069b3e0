"""The HTTP API: the functions, called as API Gateway calls them, do what the OpenAPI description says."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from openapi_spec_validator import validate

from accept_events.request import MAX_EVENTS
from animal_recommender.pets.pet_table import pet_item
from animal_recommender.visitor_tokens import Visitor, VisitorTokens
from recommend.request import DEFAULT_LIMIT, MAX_LIMIT
from scripts.generate.package import function_names
from tests.support.openapi import (
    DESCRIPTION,
    METHODS,
    OPERATIONS,
    examples,
    faults,
    functions_for,
    request_schema,
    response_schema,
    success_status,
)
from tests.unit.functions.animal_recommender.pets.test_pet_recommender import pet
from tests.unit.functions.browser import browser
from tests.unit.functions.fakes import FakeContext, FakeDynamoDB
from tests.unit.functions.streams import NOW, event, kinesis

LOGGED_IN = Visitor("s-1", "12345")


def rest(path: str, body: str, method: str = "POST") -> dict[str, Any]:
    """A proxy event of payload format 1.0, as REST APIs send it."""
    return {
        "version": "1.0",
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": {"Content-Type": "application/json"},
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "queryStringParameters": None,
        "requestContext": {"stage": "live", "httpMethod": method, "identity": {"sourceIp": "192.0.2.1"}},
        "body": body,
        "isBase64Encoded": False,
    }


def http(path: str, body: str, method: str = "POST") -> dict[str, Any]:
    """A proxy event of payload format 2.0, as the module's HTTP API sends it."""
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {
            "stage": "$default",
            "routeKey": f"{method} {path}",
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1"},
            "authorizer": {"jwt": {"claims": {"sub": "somebody"}, "scopes": None}},
        },
        "body": body,
        "isBase64Encoded": False,
    }


def encoded(path: str, body: str, method: str = "POST") -> dict[str, Any]:
    """As above, with a body that API Gateway takes for binary."""
    return {**http(path, base64.b64encode(body.encode()).decode(), method) | {"isBase64Encoded": True}}


@pytest.fixture
def call(request: pytest.FixtureRequest, context: FakeContext) -> Callable[..., tuple[int, Any]]:
    """Call a function through a form of proxy event; answers status and decoded body."""

    def through(form: Callable[[str, str, str], dict[str, Any]], operation: str, payload: object) -> tuple[int, Any]:
        path, described = OPERATIONS[operation]
        handler = request.getfixturevalue(described.get("x-function", operation))
        answer = handler(form(path, json.dumps(payload), METHODS[operation]), context)
        assert answer["headers"]["Content-Type"] == "application/json"
        return answer["statusCode"], json.loads(answer["body"])

    return through


@pytest.fixture
def _history(record_history: Any, context: FakeContext) -> None:
    mine = [event(eventId=str(n), timestamp=NOW - n, eventType="Favorite", eventValue=2.5) for n in range(3)]
    record_history(kinesis(*mine), context)


@pytest.fixture
def _pets(dynamodb: FakeDynamoDB) -> None:
    item = pet_item(pet("98765"))
    dynamodb.items[item["pk"]["S"], item["sk"]["S"]] = item


def test_given_the_description_then_it_is_openapi_and_its_operations_are_functions() -> None:
    validate(DESCRIPTION)

    functions = {described.get("x-function", name) for name, (_, described) in OPERATIONS.items()}
    assert functions <= set(function_names())


@pytest.mark.usefixtures("_history", "_pets")
@pytest.mark.parametrize("form", [rest, http, encoded])
@pytest.mark.parametrize(("function", "payload"), list(examples()))
def test_given_a_described_request_then_the_response_is_as_described(
    call: Any, form: Any, function: str, payload: Any
) -> None:
    assert not faults(payload, request_schema(function))

    status, body = call(form, function, payload)

    assert status == success_status(function)
    assert not faults(body, response_schema(function, status))
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
        ("similar", {}),
        ("similar", {"animalId": []}),
        ("similar", {"animalId": "1", "limit": 101}),
        ("similar", {"animalMetadata": {}}),
        ("similar", {"animalId": "1", "pets": {"perGroup": 0}}),
        ("trending", {"limit": 0}),
        ("trending", {"animalId": "1"}),
        ("rerank", {"userId": "u"}),
        ("rerank", {"userId": "u", "itemMetadataList": [{"itemId": "1"}]}),
        ("rerank", {"userId": "u", "itemMetadataList": [{"itemId": "1", "animalMetadata": {"animal_age_id": 1}}]}),
        ("get_history", {"userId": "u", "limit": 501}),
        ("get_history", {"userId": "u", "before": {}}),
        ("get_history", {"userId": "u", "eventType": ""}),
        ("put_pets", {"pets": []}),
        ("put_pets", {"ids": ["1"]}),
        ("change_pets", {"changes": []}),
        ("change_pets", {"pets": [{"id": "1", "species": 2, "breed": "Beagle", "status": "available"}]}),
        ("remove_pets", {"ids": [None]}),
        ("remove_pets", {"pets": [{"id": "1", "species": 2, "breed": "Beagle", "status": "available"}]}),
        ("accept_events", {}),
        ("accept_events", {"events": []}),
        ("accept_events", {"events": [event(eventType=...)]}),
        ("accept_events", {"events": [event(animalMetadata=...)]}),
        ("accept_events", {"events": [event(colour="red")]}),
        ("accept_events", {"events": [event(impression=[])]}),
        ("accept_events", {"events": [event()], "userId": "u"}),
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
    assert DESCRIPTION["components"]["schemas"]["EventsRequest"]["properties"]["events"]["maxItems"] == MAX_EVENTS


@pytest.mark.parametrize("form", [rest, http, encoded])
@pytest.mark.parametrize(
    ("function", "payload"),
    [
        ("rerank", {"itemMetadataList": []}),
        ("get_history", {}),
        ("accept_events", {"events": [event(sessionId=...)]}),
    ],
)
def test_given_a_server_that_does_not_say_for_whom_then_the_request_is_refused(
    call: Any, form: Any, function: str, payload: Any
) -> None:
    status, body = call(form, function, payload)

    assert status == 400
    assert not faults(body, response_schema(function, 400))


@pytest.fixture
def ask(request: pytest.FixtureRequest, context: FakeContext, tokens: VisitorTokens) -> Callable[..., tuple[int, Any]]:
    """Call a function as a browser does that has a token and has logged in; answers status and decoded body."""

    def through(function: str, payload: object, visitor: Visitor | None = LOGGED_IN) -> tuple[int, Any]:
        event = browser(payload, tokens.issue(visitor).text if visitor else None)
        if function == "identify_visitor" and visitor:
            event["requestContext"]["authorizer"] = {"jwt": {"claims": {"sub": "12345"}}}
        answer = request.getfixturevalue(function)(event, context)
        return answer["statusCode"], json.loads(answer["body"])

    return through


def _without_ids(payload: Any) -> Any:
    """What a browser sends in the place of a server's request."""
    if isinstance(payload, dict):
        return {name: _without_ids(one) for name, one in payload.items() if name not in ("userId", "sessionId")}
    return [_without_ids(one) for one in payload] if isinstance(payload, list) else payload


@pytest.mark.usefixtures("_history", "_pets")
@pytest.mark.parametrize(("function", "payload"), list(examples("browser")))
def test_given_a_browser_then_the_response_is_as_described(ask: Any, function: str, payload: Any) -> None:
    assert not faults(_without_ids(payload), request_schema(function))

    status, body = ask(function, _without_ids(payload))

    assert status == success_status(function)
    assert not faults(body, response_schema(function, status))


@pytest.mark.parametrize("function", [name for name in functions_for("browser") if name != "create_visitor"])
def test_given_no_token_then_the_refusal_is_as_described(ask: Any, function: str) -> None:
    status, body = ask(function, {}, None)

    assert status == 401
    assert not faults(body, response_schema(function, 401))


@pytest.mark.parametrize("field", ["userId", "sessionId"])
@pytest.mark.parametrize("function", [name for name in functions_for("browser") if name in functions_for("server")])
def test_given_another_persons_id_then_the_refusal_is_as_described_and_names_the_field(
    ask: Any, function: str, field: str
) -> None:
    payload: dict[str, Any] = {"events": [event(**{"userId": ..., "sessionId": ..., field: "other"})]}
    status, body = ask(function, payload if function == "accept_events" else {field: "other"})

    assert status == 403
    assert not faults(body, response_schema(function, 403))
    assert [error["field"].rpartition(".")[2] for error in body["errors"]] == [field]


def test_given_the_routes_then_only_a_browser_makes_visitors_and_only_login_and_visitors_need_no_token() -> None:
    assert set(functions_for("browser")) - set(functions_for("server")) == {"create_visitor", "identify_visitor"}
    security = {function: operation.get("security") for function, (_, operation) in OPERATIONS.items()}
    assert {name: one for name, one in security.items() if one is not None} == {
        "create_visitor": [],
        "identify_visitor": [{"login": []}],
    }
