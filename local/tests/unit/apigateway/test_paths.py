"""The addresses of HTTP APIs by path."""

import pytest
from werkzeug import Request
from werkzeug.test import create_environ

from local_aws.apigateway.paths import PATH, endpoint, to_host


@pytest.mark.parametrize(
    ("path", "within"),
    [("", "/"), ("/", "/"), ("/pets/7", "/pets/7"), ("/a/_aws/execute-api/b", "/a/_aws/execute-api/b")],
)
def test_given_a_path_of_an_api_then_it_becomes_a_request_to_its_host(
    monkeypatch: pytest.MonkeyPatch, path: str, within: str
) -> None:
    monkeypatch.setenv("MOTO_PORT", "4567")
    url = endpoint("abc")
    assert url == "http://127.0.0.1:4567/_aws/execute-api/abc"
    request = to_host(Request(create_environ(url.removeprefix("http://127.0.0.1:4567") + path, url)))
    assert (request.host, request.path) == ("abc.execute-api.localhost", within)


@pytest.mark.parametrize("path", ["/", "/_aws/execute-api/", "/_aws/execute-api/a.b/c", "/x/_aws/execute-api/abc"])
def test_given_another_path_then_it_is_not_one_of_an_api(path: str) -> None:
    assert not PATH.fullmatch(path)
