"""The API for browsers by real HTTP: a visitor acts as itself, and as nobody else, whatever it sends."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import time
import uuid
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from scripts.demo.adoption_site import LOGIN_AUDIENCE, LOGIN_ISSUER
from tests.support.login import forged_token
from tests.support.openapi import OPERATIONS, faults, functions_for, response_schema

PAGE = "http://localhost:3000"  # in local.tfvars
METADATA = {
    "animal_species_id": "2",
    "animal_primary_breed_id": "Beagle",
    "animal_size_id": "2",
    "animal_age_id": "2",
}
ITEMS = [{"itemId": "1", "animalMetadata": METADATA}]
WITH_TOKEN = [name for name in functions_for("browser") if name not in ("create_visitor", "identify_visitor")]


class Browser:
    """A browser that calls the API; it sends what it is told to, a right client or not."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url, self.token = urlsplit(url), token

    def send(self, function: str, payload: Any, **headers: str) -> tuple[int, Any]:
        """Call a function; return the status and the answer."""
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        usual = {"Content-Type": "application/json", "Origin": PAGE, "Sec-Fetch-Site": "same-site", **bearer}
        status, answer, _ = self.request("POST", OPERATIONS[function][0], json.dumps(payload), {**usual, **headers})
        return status, answer

    def request(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, Any, dict[str, str]]:
        connection = http.client.HTTPConnection(self.url.netloc, timeout=30)
        connection.request(method, self.url.path + path, body or None, headers or {})
        response = connection.getresponse()
        content = response.read()
        received = {name.lower(): value for name, value in response.getheaders()}
        return response.status, json.loads(content) if content else None, received

    def history(self) -> list[str]:
        """Return the ids of the visitor's events, newest first."""
        status, answer = self.send("get_history", {})
        assert status == 200, answer
        return [event["eventId"] for event in answer["events"]]


def event(**changes: Any) -> dict[str, Any]:
    return {"eventType": "DetailView", "animalMetadata": METADATA, "eventId": str(uuid.uuid4()), **changes}


@pytest.fixture(scope="module")
def url(system) -> str:
    return system.outputs["browser_api_url"]


@pytest.fixture
def browser(url: str) -> Browser:
    """The browser of a new visitor."""
    return new_browser(url)


def new_browser(url: str) -> Browser:
    status, made = Browser(url).send("create_visitor", {})
    assert status == 201, made
    return Browser(url, made["token"])


@pytest.fixture(scope="module")
def victim(system, url: str, wait_for: Callable[..., Any]) -> dict[str, str]:
    """Somebody else: a user, a session of that user, and an anonymous visitor, each with a history."""
    anonymous = new_browser(url)
    whose = {"userId": "victim-of-the-api", "sessionId": "session-of-the-victim", "token": anonymous.token or ""}
    sent = [event(eventId=f"secret-{n}", userId=whose["userId"], sessionId=whose["sessionId"]) for n in range(3)]
    assert system.invoke("accept_events", {"events": sent}) == ({"accepted": 3}, None)
    assert anonymous.send("accept_events", {"events": [event(eventId="secret-anonymous")]})[0] == 202
    wait_for(lambda: len(system.invoke("get_history", {"userId": whose["userId"]})[0]["events"]) >= 3)
    wait_for(anonymous.history)
    return {**whose, "visitorId": claims_of(anonymous.token)["sub"]}


def claims_of(token: str | None) -> dict[str, Any]:
    return json.loads(decode((token or "").split(".")[1]))


def decode(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def encode(document: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


def test_given_a_new_visitor_when_it_sends_events_then_its_history_and_its_recommendations_follow(
    system, browser: Browser, wait_for
):
    sent = [event(timestamp=time.time() - 60 + n) for n in range(25)]

    assert browser.send("accept_events", {"events": sent}) == (202, {"accepted": 25})

    assert wait_for(lambda: len(browser.history()) == 25)
    assert browser.history() == [one["eventId"] for one in reversed(sent)]
    session = f"session#{claims_of(browser.token)['sub']}"
    wait_for(lambda: len(system.tracked()["sessions"].get(session, [])) == 25)
    status, shelf = browser.send("recommend", {"limit": 5})
    assert (status, {element["source"] for element in shelf}) == (200, {"personalize"})
    assert browser.send("rerank", {"itemMetadataList": ITEMS})[1]["ranking"] == ["1"]
    for function in ("similar", "trending"):
        assert browser.send(function, {**BASES.get(function, {}), "limit": 5})[0] == 200


def test_given_a_beacon_then_its_events_count(browser: Browser, wait_for):
    body = json.dumps({"token": browser.token, "events": [event(eventId="from-a-beacon")]})

    status, answer, _ = browser.request("POST", "/events", body, {"Content-Type": "text/plain;charset=UTF-8"})

    assert (status, answer) == (202, {"accepted": 1})
    wait_for(lambda: browser.history() == ["from-a-beacon"])


def test_given_two_visitors_then_each_sees_its_own_history(url: str, wait_for):
    browsers = [new_browser(url), new_browser(url)]
    for number, one in enumerate(browsers):
        assert one.send("accept_events", {"events": [event(eventId=f"of-browser-{number}")]})[0] == 202

    for number, one in enumerate(browsers):
        wait_for(one.history)
        assert one.history() == [f"of-browser-{number}"]


# What a request needs beside the ids.
BASES: dict[str, Any] = {
    "rerank": {"itemMetadataList": ITEMS},
    "similar": {"animalMetadata": ITEMS[0]["animalMetadata"]},
}


def attempts(victim: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """Yield requests with ids of the victim in every field and place in which an id could be."""
    ids = [victim["userId"], victim["sessionId"], victim["visitorId"], f"session#{victim['visitorId']}"]
    for function in WITH_TOKEN:
        if function == "accept_events":
            continue
        base = BASES.get(function, {})
        for id_ in ids:
            names = ("userId", "sessionId", "user_id", "userid", "UserID", "visitorId", "sub", "sid", "id", "pk")
            yield from ((function, {**base, name: id_}) for name in names)
            yield function, {**base, "userId": id_, "sessionId": id_}
            yield function, {**base, "userId": [id_]}
            yield function, {**base, "userId": {"S": id_}}
            yield function, {**base, "body": {"userId": id_}}
            yield function, {**base, "requestContext": {"authorizer": {"iam": {}}}, "userId": id_}
            yield function, {**base, "stageVariables": {"caller": "server"}, "userId": id_}
            yield function, {**base, "token": victim["token"]}
    for id_ in ids:
        for name in ("userId", "sessionId", "user_id", "Partitionkey", "partitionKey", "sub", "visitorId"):
            yield "accept_events", {"events": [event(), event(**{name: id_})]}
        envelope = {"Partitionkey": id_, "Data": event(userId=id_, sessionId=id_)}
        yield "accept_events", {"events": [envelope]}
        yield "accept_events", {"events": [{**event(), **envelope}]}
        yield "accept_events", {"events": [json.dumps(event(userId=id_))]}
        yield "accept_events", {"events": [event()], "userId": id_}


def test_given_ids_of_somebody_else_in_every_field_then_nothing_of_them_is_read_or_written(
    system, browser: Browser, victim, wait_for
):
    before = system.invoke("get_history", {"userId": victim["userId"]})[0]

    for function, payload in attempts(victim):
        status, answer = browser.send(function, payload)
        assert status in (400, 403), (function, payload, answer)
        assert not faults(answer, response_schema(function, status))
        assert "secret" not in json.dumps(answer)

    # What the attacker may do comes after all of it, so whatever was written would be there by then.
    assert browser.send("accept_events", {"events": [event(eventId="the-last")]})[0] == 202
    wait_for(lambda: browser.history() == ["the-last"])
    assert system.invoke("get_history", {"userId": victim["userId"]})[0] == before
    assert Browser(f"{browser.url.geturl()}", victim["token"]).history() == ["secret-anonymous"]


def test_given_the_page_token_of_somebody_else_then_it_is_of_no_use(system, url: str, browser: Browser, victim):
    token = system.invoke("get_history", {"userId": victim["userId"], "limit": 1})[0]["nextToken"]

    status, answer = browser.send("get_history", {"limit": 1, "nextToken": token})

    assert (status, [one["field"] for one in answer["errors"]]) == (400, ["nextToken"])


@pytest.fixture
def wrong_tokens(browser: Browser, victim) -> dict[str, str]:
    """Tokens that somebody could try, by what is wrong with them."""
    header, payload, signature = (browser.token or "").split(".")
    claims, day = claims_of(browser.token), json.loads(decode(header))["kid"]

    def signed(head: dict[str, Any], body: dict[str, Any], secret: bytes) -> str:
        text = f"{encode(head)}.{encode(body)}"
        mac = hmac.digest(secret, text.encode(), hashlib.sha256)
        return f"{text}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"

    other = {**claims, "sub": victim["visitorId"]}
    user = {**claims, "sub": victim["userId"], "kind": "user", "sid": victim["visitorId"]}
    usual = {"alg": "HS256", "kid": day}
    return {
        "another visitor under the signature of this one": f"{header}.{encode(other)}.{signature}",
        "a user under the signature of a visitor": f"{header}.{encode(user)}.{signature}",
        "a later end": f"{header}.{encode({**claims, 'exp': claims['exp'] + 86_400})}.{signature}",
        "no signature": f"{header}.{payload}.",
        "alg none": f"{encode({'alg': 'none'})}.{encode(user)}.",
        "alg none with a day": f"{encode({'alg': 'none', 'kid': day})}.{encode(user)}.{signature}",
        "an empty secret": signed(usual, user, b""),
        "the day as secret": signed(usual, user, day.encode()),
        "the environment as secret": signed(usual, user, b"local"),
        "a key of its own": signed({**usual, "jwk": {"kty": "oct", "k": "AAAA"}}, user, b"\0\0\0"),
        "a path as kid": signed({"alg": "HS256", "kid": "../../../../dev/null"}, user, b""),
        "an old day": signed({"alg": "HS256", "kid": "2020-01-01"}, {**user, "iat": 1_577_836_800}, b""),
        "a day to come": signed({"alg": "HS256", "kid": "2999-01-01"}, user, b""),
        "an id": victim["visitorId"],
        "nothing": "",
    }


def test_given_any_wrong_token_then_every_function_refuses_it(url: str, wrong_tokens):
    for what, token in wrong_tokens.items():
        for function in WITH_TOKEN:
            payload = {"events": [event()]} if function == "accept_events" else {"itemMetadataList": ITEMS}
            status, answer = Browser(url, token).send(function, payload)
            assert status == 401, (what, function, answer)
            assert not faults(answer, response_schema(function, 401))
        beacon = json.dumps({"token": token, "events": [event()]})
        assert Browser(url).request("POST", "/events", beacon, {"Content-Type": "text/plain"})[0] == 401, what


def test_given_a_valid_token_then_it_is_renewed_for_the_same_visitor_and_no_wrong_one_is(
    url: str, browser: Browser, wrong_tokens, wait_for
):
    assert browser.send("accept_events", {"events": [event(eventId="before-the-renewal")]})[0] == 202
    wait_for(browser.history)

    status, renewed = Browser(url).send("create_visitor", {"visitorToken": browser.token})

    assert (status, renewed["visitorId"]) == (201, claims_of(browser.token)["sub"])
    assert Browser(url, renewed["token"]).history() == browser.history() == ["before-the-renewal"]
    for what, token in wrong_tokens.items():
        if token:
            status, answer = Browser(url).send("create_visitor", {"visitorToken": token})
            assert (status, [one["field"] for one in answer["errors"]]) == (400, ["visitorToken"]), what


def test_given_the_headers_of_a_server_then_a_browser_is_still_a_browser(url: str):
    for headers in (
        {"X-Amzn-Request-Context": '{"authorizer":{"iam":{}}}', "Stagevariables": "server"},
        {"Authorization": "AWS4-HMAC-SHA256 Credential=local/20261126/us-east-1/execute-api/aws4_request"},
        {"Cookie": "caller=server", "Caller": "server"},
    ):
        assert Browser(url).send("get_history", {"userId": "12345"}, **headers)[0] == 401


@pytest.mark.parametrize("path", ["/pets", "/put_events", "/../recommendations", "/$default/history", "/"])
def test_given_a_path_that_is_not_for_browsers_then_nothing_is_there(browser: Browser, path: str):
    for method in ("GET", "PUT", "DELETE", "POST"):
        assert browser.request(method, path, "{}", {"Authorization": f"Bearer {browser.token}"})[0] == 404


def test_given_an_allowed_page_then_its_preflight_is_answered_and_it_may_read(url: str):
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    status, _, headers = Browser(url).request("OPTIONS", "/events", "", {"Origin": PAGE, **ask})
    assert status == 204
    assert headers["access-control-allow-origin"] == PAGE
    assert headers["access-control-allow-headers"] == "authorization,content-type"
    assert "access-control-allow-credentials" not in headers

    status, _, headers = Browser(url).request("POST", "/visitors", "{}", {"Origin": PAGE})
    assert (status, headers["access-control-allow-origin"]) == (201, PAGE)
    assert headers["access-control-expose-headers"] == "date"
    assert abs(parsedate_to_datetime(headers["date"]).timestamp() - time.time()) < 60


def test_given_a_foreign_page_then_it_may_not_call(url: str):
    for method in ("OPTIONS", "POST"):
        foreign = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        assert Browser(url).request(method, "/visitors", "", foreign)[0] == 403


def test_given_events_that_are_wrong_then_each_field_of_each_is_named(browser: Browser):
    status, answer = browser.send("accept_events", {"events": [event(), {"timestamp": "soon"}]})

    assert status == 400
    assert {"events[1].eventType", "events[1].animalMetadata", "events[1].timestamp"} <= {
        one["field"] for one in answer["errors"]
    }


def identify(url: str, login_token: str | None, visitor: str | None) -> tuple[int, Any]:
    return Browser(url, login_token).send("identify_visitor", {"visitorToken": visitor} if visitor else {})


def test_given_a_visitor_when_it_logs_in_then_its_history_is_the_users_and_nobody_else_can_take_it(
    system, url: str, wait_for
):
    user, browser = f"user-{uuid.uuid4()}", new_browser(url)
    sent = [event(timestamp=time.time() - 60 + n) for n in range(3)]
    assert browser.send("accept_events", {"events": sent})[0] == 202
    wait_for(lambda: len(browser.history()) == 3)

    status, answer = identify(url, system.login_token(sub=user), browser.token)

    assert (status, answer["userId"]) == (200, user)
    as_user = Browser(url, answer["token"])
    wait_for(lambda: as_user.history() == [one["eventId"] for one in reversed(sent)])
    wait_for(lambda: user in system.tracked()["users"])
    assert as_user.send("accept_events", {"events": [event(eventId="as-user")]})[0] == 202
    wait_for(lambda: as_user.history()[0] == "as-user")
    # The same visitor again: by the same user it changes nothing, by another one it is refused.
    assert identify(url, system.login_token(sub=user), browser.token)[0] == 200
    # Only a login renews a user's token.
    assert Browser(url).send("create_visitor", {"visitorToken": as_user.token})[0] == 400
    thief = f"thief-{uuid.uuid4()}"
    for token in (browser.token, as_user.token):
        assert identify(url, system.login_token(sub=thief), token)[0] == 409
    status, answer = identify(url, system.login_token(sub=thief), None)
    assert Browser(url, answer["token"]).history() == []


def test_given_no_login_or_a_wrong_one_then_nobody_is_identified(system, url: str, browser: Browser):
    unsigned = f"{encode({'alg': 'none'})}.{encode({'iss': LOGIN_ISSUER, 'aud': LOGIN_AUDIENCE, 'sub': 'x'})}."
    for token in (
        None,
        browser.token,
        forged_token(sub="victim-of-the-api"),
        system.login_token(sub="victim-of-the-api", aud="another-site"),
        system.login_token(sub="victim-of-the-api", iss="https://evil.example"),
        system.login_token(sub="victim-of-the-api", exp=time.time() - 60),
        unsigned,
    ):
        assert identify(url, token, browser.token)[0] == 401


@pytest.mark.parametrize("claims", [{}, {"sub": ""}, {"sub": "guest"}, {"sub": "session#visitor"}, {"email": "a@b.c"}])
def test_given_a_login_without_a_user_then_nobody_is_identified(system, url: str, browser: Browser, claims):
    status, answer = identify(url, system.login_token(**claims), browser.token)

    assert (status, answer["errors"][0]["field"]) == (403, "claims.sub")


def test_given_a_forged_visitor_then_a_login_does_not_help(system, url: str, wrong_tokens):
    for what, token in wrong_tokens.items():
        if token:
            status, answer = identify(url, system.login_token(sub="somebody"), token)
            assert (status, [one["field"] for one in answer["errors"]]) == (400, ["visitorToken"]), what


def test_every_request_leaves_a_line_and_no_log_has_a_token_or_a_visitor(system, browser: Browser, wait_for):
    group = "/aws/vendedlogs/apigateway/local-animal-recommender-browser-api"
    browser.send("accept_events", {"events": [event(animal_id="an-animal-of-a-visitor")]})
    browser.send("get_history", {"userId": "another-persons-id"})

    def lines(name: str) -> list[str]:
        return [one["message"] for one in system.client("logs").filter_log_events(logGroupName=name)["events"]]

    wait_for(lambda: any('"POST /events"' in line and '"202"' in line for line in lines(group)))
    visitor = claims_of(browser.token)["sub"]
    functions = [f"/aws/lambda/{system.outputs['function_names'][name]}" for name in functions_for("browser")]
    for name in (group, *functions):
        text = "\n".join(lines(name))
        for secret in (browser.token, visitor, "an-animal-of-a-visitor", "another-persons-id", "victim-of-the-api"):
            assert secret not in text, name
