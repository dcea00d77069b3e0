"""The HTTP API by real HTTP: it behaves as its OpenAPI description says."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_aws.testing.roles import make_role
from tests.support.openapi import (
    METHODS,
    OPERATIONS,
    examples,
    faults,
    functions_for,
    response_schema,
    success_status,
)


def keys() -> Credentials:
    """Return the caller's own credentials, from the environment."""
    return boto3.Session().get_credentials().get_frozen_credentials()


@pytest.fixture(scope="module")
def ask(system) -> Callable[..., tuple[int, Any]]:
    """A function that calls an operation, signed or not, and returns the status and the answer."""

    def by_http(function: str, body: bytes, credentials: Credentials | None) -> tuple[int, Any]:
        url = urlsplit(system.outputs["http_api_url"] + OPERATIONS[function][0])
        request = AWSRequest(METHODS[function], url.geturl(), {"Content-Type": "application/json"}, body)
        if credentials:
            SigV4Auth(credentials, "execute-api", "us-east-1").add_auth(request)
        connection = http.client.HTTPConnection(url.netloc, timeout=30)
        connection.request(METHODS[function], url.path, body, dict(request.headers.items()))
        response = connection.getresponse()
        assert response.getheader("Content-Type") == "application/json"
        return response.status, json.loads(response.read())

    return by_http


@pytest.fixture(scope="module")
def _described_pet(system) -> None:
    """The pet that the examples name."""
    pet = {"id": "98765", "species": 1, "breed": "Russian_Blue", "size": 1, "age": 2, "status": "available"}
    answer, error = system.invoke("put_pets", {"pets": [pet]})
    assert error is None, answer


@pytest.mark.usefixtures("_described_pet")
@pytest.mark.parametrize(("function", "payload"), list(examples()))
def test_given_a_described_request_then_the_answer_is_as_described(ask, function, payload):
    status, answer = ask(function, json.dumps(payload).encode(), keys())
    assert status == success_status(function), answer
    assert not faults(answer, response_schema(function, status))


@pytest.mark.parametrize("function", functions_for("server"))
@pytest.mark.parametrize("body", [b"[]", b"{", b'{"userId": [], "events": [{}]}', b"\xff"])
def test_given_a_wrong_request_then_the_caller_is_told_what_is_wrong(ask, function, body):
    status, answer = ask(function, body, keys())
    assert status == 400, answer
    assert not faults(answer, response_schema(function, 400))


def take(system, role: str) -> Credentials:
    """Take a role; return its credentials."""
    taken = system.client("sts").assume_role(RoleArn=role, RoleSessionName="site")["Credentials"]
    return Credentials(taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"])


@pytest.fixture
def stranger(system) -> Iterator[Credentials]:
    """Credentials of a role without permissions."""
    yield take(system, make_role(system.client("iam"), "stranger", ["ec2"]))
    system.client("iam").delete_role(RoleName="stranger")


@pytest.fixture(params=["http_api_caller_policy", "http_api_pets_writer_policy"])
def app(system, request) -> Iterator[tuple[bool, Credentials]]:
    """Whether a role may write pets, and its credentials; it has a policy that Terraform prints for callers."""
    allowed = json.loads(system.outputs[request.param])["Statement"]
    made = make_role(system.client("iam"), "app-of-the-api", ["ec2"], *allowed)
    yield request.param == "http_api_pets_writer_policy", take(system, made)
    system.client("iam").delete_role_policy(RoleName="app-of-the-api", PolicyName="calls")
    system.client("iam").delete_role(RoleName="app-of-the-api")


@pytest.mark.parametrize("function", functions_for("server"))
def test_given_a_printed_policy_then_its_owner_may_call_what_it_is_for_and_nothing_else(ask, app, function):
    writes, credentials = app
    status, answer = ask(function, b"{}", credentials)
    allowed = writes == (function in ("put_pets", "change_pets", "remove_pets"))
    assert status in ((200, 400) if allowed else (403,)), answer


@pytest.mark.parametrize("function", functions_for("server"))
def test_given_nobody_that_signs_or_somebody_without_the_right_then_the_request_is_refused(ask, stranger, function):
    for credentials in (None, stranger):
        status, answer = ask(function, b"{}", credentials)
        assert status == 403
        assert not faults(answer, response_schema(function, 403))


def test_every_request_leaves_a_line_without_user_data(system, ask, wait_for):
    group = "/aws/vendedlogs/apigateway/local-animal-recommender-front-door"
    visitor = "visitor-of-the-http-api"
    ask("recommend", json.dumps({"userId": visitor}).encode(), keys())

    def lines() -> list[dict]:
        events = system.client("logs").filter_log_events(logGroupName=group)["events"]
        return [json.loads(event["message"]) for event in events]

    assert any(line["route"] == "POST /recommendations" and line["status"] == "200" for line in wait_for(lines))
    assert visitor not in json.dumps(lines())
