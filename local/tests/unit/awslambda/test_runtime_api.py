"""The Runtime API gives invocations to its process, and to no web page."""

import http.client
from collections.abc import Iterator

import pytest

from local_aws.awslambda.runtime_api import RuntimeApi

NEXT = "/2018-06-01/runtime/invocation/next"
INIT_ERROR = "/2018-06-01/runtime/init/error"


@pytest.fixture
def api() -> Iterator[RuntimeApi]:
    api = RuntimeApi()
    yield api
    api.close()


def send(api: RuntimeApi, method: str, path: str, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection(api.address, timeout=10)
    connection.request(method, path, b"{}" if method == "POST" else None, headers)
    return connection.getresponse().status


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_given_a_web_page_then_it_gets_no_invocation_and_reports_no_error(
    api: RuntimeApi, headers: dict[str, str]
) -> None:
    assert send(api, "GET", NEXT, headers) == 403
    assert send(api, "POST", INIT_ERROR, headers) == 403
    assert not api.initialised.done()
    assert api.init_error is None


def test_given_the_process_then_its_error_is_accepted(api: RuntimeApi) -> None:
    assert send(api, "POST", INIT_ERROR, {}) == 202
    assert api.init_error == (b"{}", "Runtime.Unknown")
