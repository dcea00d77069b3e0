"""create_visitor: each visitor is new, and has a token that no other one has."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from animal_recommender.visitor_tokens import Visitor, VisitorTokens
from tests.unit.functions.browser import browser
from tests.unit.functions.fakes import FakeContext


@pytest.mark.parametrize("body", ["{}", "", None])
def test_given_a_browser_then_it_gets_a_new_visitor_and_its_token(
    create_visitor: Any, tokens: VisitorTokens, context: FakeContext, body: str | None
) -> None:
    answer = create_visitor({**browser({}), "body": body}, context)
    made = json.loads(answer["body"])

    assert answer["statusCode"] == 201
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert tokens.verify(made["token"]) == Visitor(made["visitorId"])
    lifetime = datetime.fromisoformat(made["expiresAt"]) - datetime.now(UTC)
    assert timedelta(days=29, hours=23) < lifetime <= timedelta(days=30)


def test_given_two_browsers_then_they_are_two_visitors(create_visitor: Any, context: FakeContext) -> None:
    made = [json.loads(create_visitor(browser({}), context)["body"]) for _ in range(100)]

    assert len({one["visitorId"] for one in made}) == len({one["token"] for one in made}) == 100


@pytest.mark.parametrize("name", ["visitorId", "sub", "userId", "sessionId", "kind", "exp"])
def test_given_a_wish_for_an_id_then_it_is_refused(create_visitor: Any, context: FakeContext, name: str) -> None:
    answer = create_visitor(browser({name: "somebody"}), context)

    assert answer["statusCode"] == 400
    assert [one["field"] for one in json.loads(answer["body"])["errors"]] == [name]


def test_given_the_token_of_a_visitor_then_the_visitor_stays_the_same(
    create_visitor: Any, tokens: VisitorTokens, context: FakeContext
) -> None:
    token = tokens.issue(Visitor("visitor-1")).text
    answer = create_visitor(browser({"visitorToken": token}), context)
    renewed = json.loads(answer["body"])

    assert (answer["statusCode"], renewed["visitorId"]) == (201, "visitor-1")
    assert tokens.verify(renewed["token"]) == Visitor("visitor-1")


@pytest.mark.parametrize("visitor", [Visitor("visitor-1", "user-1"), None])
def test_given_the_token_of_a_user_or_a_wrong_one_then_nobody_gets_a_token(
    create_visitor: Any, tokens: VisitorTokens, context: FakeContext, visitor: Visitor | None
) -> None:
    token = tokens.issue(visitor).text if visitor else "a.b.c"
    answer = create_visitor(browser({"visitorToken": token}), context)

    assert answer["statusCode"] == 400
    assert [one["field"] for one in json.loads(answer["body"])["errors"]] == ["visitorToken"]
    assert token not in answer["body"]


def test_given_a_server_then_it_gets_the_bare_result(create_visitor: Any, context: FakeContext) -> None:
    assert set(create_visitor({}, context)) == {"visitorId", "token", "expiresAt"}
