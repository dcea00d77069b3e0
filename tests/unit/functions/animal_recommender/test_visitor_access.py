"""Requests of browsers: a token in the right place, and other people's ids in every place."""

import json
from typing import Any

import pytest

from animal_recommender.request_errors import ForbiddenError
from animal_recommender.request_handling import handle_request
from animal_recommender.visitor_access import TokenSettings, act_as, find_visitor_tokens
from animal_recommender.visitor_tokens import Visitor, VisitorTokens
from tests.unit.functions.browser import browser

ANONYMOUS, LOGGED_IN = Visitor("visitor-1"), Visitor("visitor-1", "user-1")


def echo(payload: Any) -> Any:
    return payload


def ask(event: Any, tokens: VisitorTokens | None) -> tuple[int, Any]:
    answer = handle_request(event, echo, tokens)
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.parametrize(
    ("visitor", "ids"),
    [(ANONYMOUS, {"sessionId": "visitor-1"}), (LOGGED_IN, {"sessionId": "visitor-1", "userId": "user-1"})],
)
@pytest.mark.parametrize("own", [{}, {"userId": None}, {"userId": "undefined", "sessionId": ""}])
def test_given_a_token_then_the_payload_has_the_ids_of_its_visitor(
    tokens: VisitorTokens, visitor: Visitor, ids: dict[str, str], own: dict[str, Any]
) -> None:
    token = tokens.issue(visitor).text

    assert ask(browser({"limit": 3, **own}, token), tokens) == (200, {"limit": 3, **ids})
    assert ask(browser({"limit": 3, **ids}, token), tokens) == (200, {"limit": 3, **ids})


@pytest.mark.parametrize("visitor", [ANONYMOUS, LOGGED_IN])
@pytest.mark.parametrize(
    "other",
    ["user-2", "visitor-2", "visitor-1 ", "VISITOR-1", 1, 1.5, [], {}, True, ["visitor-1"], "session#visitor-1"],
)
@pytest.mark.parametrize("field", ["userId", "sessionId"])
def test_given_another_id_then_the_request_is_refused_and_the_field_named(
    tokens: VisitorTokens, visitor: Visitor, field: str, other: Any
) -> None:
    status, answer = ask(browser({field: other}, tokens.issue(visitor).text), tokens)

    assert status == 403
    assert [error["field"] for error in answer["errors"]] == [field]
    assert str(other) not in json.dumps(answer) or other in ([], {}, 1)


def test_given_an_anonymous_visitor_then_its_own_id_is_no_users_id() -> None:
    with pytest.raises(ForbiddenError):
        act_as(ANONYMOUS, {"userId": "visitor-1"})


def test_given_both_ids_of_others_then_both_are_named() -> None:
    with pytest.raises(ForbiddenError) as raised:
        act_as(LOGGED_IN, {"userId": "visitor-1", "sessionId": "user-1"})

    assert [error["field"] for error in raised.value.document["errors"]] == ["userId", "sessionId"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": "Basic dXNlcjpwYXNz"},
        {"authorization": "Bearer a.b.c"},
        {"authorization": "TOKEN"},
        {"authorization": "Bearer TOKEN, Bearer TOKEN"},
        {"authorization": "Bearer TOKENx"},
        {"x-authorization": "Bearer TOKEN"},
        {"cookie": "token=TOKEN"},
        None,
    ],
)
def test_given_no_valid_token_then_the_request_is_not_run(tokens: VisitorTokens, headers: Any) -> None:
    token = tokens.issue(ANONYMOUS).text
    filled = headers and {name: value.replace("TOKEN", token) for name, value in headers.items()}
    event = {**browser({}), "headers": filled}

    answer = handle_request(event, lambda _: pytest.fail("the request was run"), tokens)

    assert answer["statusCode"] == 401
    assert answer["headers"]["WWW-Authenticate"] == "Bearer"
    assert token not in json.dumps(answer)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_given_a_scheme_in_any_case_then_the_token_is_read(tokens: VisitorTokens, scheme: str) -> None:
    event = browser({}, headers={"authorization": f"{scheme} {tokens.issue(ANONYMOUS).text}"})

    assert ask(event, tokens)[0] == 200


@pytest.mark.parametrize("content_type", ["text/plain", "text/plain;charset=UTF-8", "Text/Plain"])
def test_given_a_beacon_then_the_token_may_be_in_the_body(tokens: VisitorTokens, content_type: str) -> None:
    token = tokens.issue(ANONYMOUS).text
    headers = {"content-type": content_type}

    assert ask(browser({"token": token}, headers=headers), tokens) == (200, {"sessionId": "visitor-1"})
    assert ask(browser({"token": token}, token, headers=headers), tokens) == (200, {"sessionId": "visitor-1"})


@pytest.mark.parametrize("in_body", ["a.b.c", None, [], {"sub": "visitor-2"}, ""])
def test_given_two_different_tokens_in_a_beacon_then_neither_counts(tokens: VisitorTokens, in_body: Any) -> None:
    event = browser({"token": in_body}, tokens.issue(ANONYMOUS).text, headers={"content-type": "text/plain"})

    assert ask(event, tokens)[0] == 401


def test_given_a_token_in_the_body_of_json_then_it_does_not_count(tokens: VisitorTokens) -> None:
    assert ask(browser({"token": tokens.issue(ANONYMOUS).text}), tokens)[0] == 401


def test_given_an_api_for_browsers_and_no_key_then_nobody_is_let_in(tokens: VisitorTokens) -> None:
    assert ask(browser({}, tokens.issue(ANONYMOUS).text), None)[0] == 401
    assert find_visitor_tokens(TokenSettings()) is None


@pytest.mark.parametrize(
    "event",
    [
        {"userId": "anybody"},
        {"body": {"userId": "anybody"}},
        {"body": '{"userId": "anybody"}', "requestContext": {"authorizer": {"iam": {}}}, "headers": {}},
        {"body": '{"userId": "anybody"}', "stageVariables": {"caller": "server"}},
        {"body": '{"userId": "anybody"}', "stageVariables": None},
    ],
)
def test_given_a_server_then_it_may_act_for_anybody_without_a_token(tokens: VisitorTokens, event: Any) -> None:
    answer = handle_request(event, echo, tokens)

    assert answer == {"userId": "anybody"} or json.loads(answer["body"]) == {"userId": "anybody"}


def test_given_what_a_client_can_send_then_it_cannot_pass_for_a_server(tokens: VisitorTokens) -> None:
    fields = {"stageVariables": {"caller": "server"}, "requestContext": {}, "userId": "user-2"}
    headers = {"stagevariables": "server", "x-caller": "server", "x-amzn-request-context": "{}"}

    assert ask(browser(fields, headers=headers), tokens)[0] == 401
    assert ask(browser(fields, tokens.issue(ANONYMOUS).text, headers=headers), tokens)[0] == 403
