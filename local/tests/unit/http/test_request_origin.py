"""Which hosts and origins are this machine's own, and what happens to the others."""

from typing import Any

import pytest
from werkzeug import Response
from werkzeug.test import Client

from local_aws.http.request_origin import OwnRequestsOnly, is_own_host, is_own_origin


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:4566",
        "127.8.9.10:80",
        "[::1]:4566",
        "localhost:4566",
        "LOCALHOST",
        "localhost.",
        "bucket.localhost:4566",
        "abc123.execute-api.us-east-1.amazonaws.com",
        "abc123.execute-api.localhost:4566",
    ],
)
def test_given_a_name_of_this_machine_then_it_is_an_own_host(host: str) -> None:
    assert is_own_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:4566",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1.nip.io",
        "evil.example#localhost",
        "evil@localhost",
        "localhost:4566@evil.example",
        "0.0.0.0:4566",
        "10.0.0.1",
        "[::]",
        "execute-api.us-east-1.amazonaws.com",
        "abc.execute-api.us-east-1.amazonaws.com.evil.example",
        "s3.amazonaws.com",
    ],
)
def test_given_another_name_then_it_is_foreign(host: str) -> None:
    assert not is_own_host(host)


@pytest.mark.parametrize(
    "origin", ["http://localhost:3000", "https://127.0.0.1", "http://[::1]:8080", "http://a.localhost"]
)
def test_given_a_page_of_this_machine_then_its_origin_is_own(origin: str) -> None:
    assert is_own_origin(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "https://evil.example",
        "http://localhost.evil.example",
        "http://localhost@evil.example",
        "file://",
        "chrome-extension://abc",
        "http://[::1",
        "http://evil.example\\@localhost",
        "http://localhost, https://evil.example",
        "https://evil.example, http://localhost",
        "https://abc.execute-api.us-east-1.amazonaws.com",
    ],
)
def test_given_any_other_page_then_its_origin_is_foreign(origin: str) -> None:
    assert not is_own_origin(origin)


def test_given_a_name_added_by_its_owner_then_it_is_own() -> None:
    extra = frozenset({"local-aws"})
    assert is_own_host("local-aws:4566", extra)
    assert is_own_origin("http://local-aws:4566", extra)
    assert not is_own_host("local-aws:4566")


class Inside:
    """Counts what gets through."""

    def __init__(self) -> None:
        self.requests = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.requests += 1
        return Response("inside")(environ, start_response)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1:4566", "Origin": "https://evil.example"},
        {"Host": "127.0.0.1:4566", "Origin": "null"},
        {"Host": "127.0.0.1:4566", "Sec-Fetch-Site": "cross-site"},
        {"Host": "127.0.0.1:4566", "Sec-Fetch-Site": "Cross-Site"},
        {"Host": "127.0.0.1:4566", "Sec-Fetch-Site": "same-origin, cross-site"},
        {"Host": "evil.example, 127.0.0.1:4566"},
    ],
)
def test_given_a_foreign_request_then_it_is_refused_before_anything_sees_it(
    method: str, headers: dict[str, str]
) -> None:
    inside = Inside()
    answer = Client(OwnRequestsOnly(inside)).open("/moto-api/reset", method=method, headers=headers)
    assert (answer.status_code, inside.requests) == (403, 0)
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_given_an_own_request_then_it_is_served() -> None:
    for headers in ({"Host": "127.0.0.1:4566"}, {"Host": "localhost", "Origin": "http://localhost:3000"}):
        assert Client(OwnRequestsOnly(Inside())).get("/", headers=headers).status_code == 200
