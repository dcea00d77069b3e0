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
from tests.support.openapi import OPERATIONS, examples, faults, response_schema


def keys() -> Credentials:
    """Return the caller's own credentials, from the environment."""
    return boto3.Session().get_credentials().get_frozen_credentials()


@pytest.fixture(scope="module")
def ask(system) -> Callable[..., tuple[int, Any]]:
    """A function that calls an operation, signed or not, and returns the status and the answer."""

    def by_http(function: str, body: bytes, credentials: Credentials | None) -> tuple[int, Any]:
        host, path = urlsplit(system.outputs["http_api_url"]).netloc, OPERATIONS[function][0]
        request = AWSRequest("POST", f"https://{host}{path}", {"Content-Type": "application/json"}, body)
        if credentials:
            SigV4Auth(credentials, "execute-api", "us-east-1").add_auth(request)
        connection = http.client.HTTPConnection(urlsplit(system.local.endpoint).netloc, timeout=30)
        connection.request("POST", path, body, {"Host": host, **dict(request.headers.items())})
        response = connection.getresponse()
        assert response.getheader("Content-Type") == "application/json"
        return response.status, json.loads(response.read())

    return by_http


@pytest.mark.parametrize(("function", "payload"), list(examples()))
def test_given_a_described_request_then_the_answer_is_as_described(ask, function, payload):
    status, answer = ask(function, json.dumps(payload).encode(), keys())
    assert status == 200, answer
    assert not faults(answer, response_schema(function, 200))


@pytest.mark.parametrize("function", OPERATIONS)
@pytest.mark.parametrize("body", [b"[]", b"{", b'{"userId": []}', b"\xff"])
def test_given_a_wrong_request_then_the_caller_is_told_what_is_wrong(ask, function, body):
    status, answer = ask(function, body, keys())
    assert status == 400, answer
    assert not faults(answer, response_schema(function, 400))


@pytest.fixture
def stranger(system) -> Iterator[Credentials]:
    """Credentials of a role without permissions."""
    role = make_role(system.client("iam"), "stranger", ["ec2"])
    taken = system.client("sts").assume_role(RoleArn=role, RoleSessionName="site")["Credentials"]
    yield Credentials(taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"])
    system.client("iam").delete_role(RoleName="stranger")


@pytest.mark.parametrize("function", OPERATIONS)
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
