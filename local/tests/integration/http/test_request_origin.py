"""Pages of other sites cannot reach a running local AWS: each attack by hand, and together in a real browser."""

import http.client
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from local_aws.testing.chromium import find_chromium, running
from local_aws.testing.server import LocalAws

CREDENTIALS = "Credential=local/20260101/us-east-1/{}/aws4_request"
EVIL = "https://evil.example"


def request(aws: LocalAws, method: str, path: str, body: str = "", **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection(urlsplit(aws.endpoint).netloc, timeout=10)
    connection.request(method, path, body or None, {name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read().decode()


@pytest.fixture
def function(aws: LocalAws) -> str:
    return aws.create_function("calls = []\ndef handler(event, context):\n    calls.append(1)\n    return len(calls)\n")


@pytest.fixture
def topic(aws: LocalAws) -> Iterator[str]:
    arn = aws.client("sns").create_topic(Name="kept")["TopicArn"]
    yield arn
    aws.client("sns").delete_topic(TopicArn=arn)


def test_given_a_foreign_host_then_it_is_refused_though_the_request_is_signed(aws: LocalAws) -> None:
    status, _, body = request(
        aws, "POST", "/", "Action=ListTopics", Host="evil.example", Authorization=CREDENTIALS.format("sns")
    )
    assert status == 403
    assert "evil.example" in body


@pytest.mark.parametrize("name", ["Host", "Origin", "Sec-Fetch-Site"])
def test_given_a_header_twice_then_the_own_value_does_not_hide_the_foreign_one(aws: LocalAws, name: str) -> None:
    own = {"Host": urlsplit(aws.endpoint).netloc, "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    foreign = {"Host": "evil.example", "Origin": EVIL, "Sec-Fetch-Site": "cross-site"}
    for values in ([foreign[name], own[name]], [own[name], foreign[name]]):
        connection = http.client.HTTPConnection(urlsplit(aws.endpoint).netloc, timeout=10)
        connection.putrequest("GET", "/_local/health", skip_host=name == "Host")
        for value in values:
            connection.putheader(name, value)
        connection.endheaders()
        assert connection.getresponse().status == 403


def test_given_a_preflight_of_a_foreign_page_then_nothing_is_allowed(aws: LocalAws) -> None:
    status, headers, _ = request(aws, "OPTIONS", "/", Origin=EVIL, Access_Control_Request_Headers="authorization")
    assert status == 403
    assert not [name for name in headers if name.startswith("access-control")]


def test_given_a_simple_post_with_credentials_in_the_query_then_the_function_does_not_run(
    aws: LocalAws, function: str
) -> None:
    path = (
        f"/2015-03-31/functions/{function}/invocations?X-Amz-Credential="
        + CREDENTIALS.format("lambda").partition("=")[2]
    )
    assert request(aws, "POST", path, "{}", Origin=EVIL, Content_Type="text/plain")[0] == 403
    assert request(aws, "POST", path, "{}", Sec_Fetch_Site="cross-site")[0] == 403
    assert aws.invoke(function)[0] == 1


@pytest.mark.parametrize("headers", [{}, {"Origin": EVIL}])
@pytest.mark.parametrize("path", ["/moto-api/reset", "/moto-api/reset-auth", "/moto-api/config"])
def test_given_a_post_to_motos_administration_then_nothing_is_erased(
    aws: LocalAws, topic: str, path: str, headers: dict[str, str]
) -> None:
    assert request(aws, "POST", path, "", **headers)[0] in (403, 404)
    assert topic in {one["TopicArn"] for one in aws.client("sns").list_topics()["Topics"]}


@pytest.mark.parametrize("path", ["/_local/faults", "/_local/mails", "/_local/functions", "/_local/access"])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_given_a_foreign_page_then_the_administration_is_closed_to_it(aws: LocalAws, method: str, path: str) -> None:
    assert request(aws, method, path, "{}", Origin=EVIL)[0] == 403


def test_given_a_page_of_this_machine_then_it_is_served(aws: LocalAws) -> None:
    assert request(aws, "GET", "/_local/health", Origin="http://localhost:3000")[0] == 200


@pytest.fixture
def chromium() -> str:
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium on the PATH: apt-get install chromium")
    return found


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[int]:
    """The port of a foreign web site on this machine, which the browser knows as evil.example."""
    folder = str(Path(__file__).parent)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *request: _Quiet(*request, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


def test_given_a_foreign_page_in_a_real_browser_then_it_reads_and_changes_nothing(
    aws: LocalAws, function: str, topic: str, chromium: str, site: int
) -> None:
    # Given a page of evil.example, whose name resolves to this machine, as after DNS rebinding
    address = f"http://evil.example:{site}/attack.html?{urlencode({'endpoint': aws.endpoint, 'function': function})}"
    # When a browser opens it
    with running(chromium, "--host-resolver-rules=MAP evil.example 127.0.0.1") as browser:
        page = browser.new_page()
        page.goto(address)
        page.get_by_text("{").wait_for()
        results = json.loads(page.locator("#out").inner_text())
    # Then what it may not read it does not read, and what it sent without looking changed nothing
    assert {name for name, result in results.items() if result["type"] == "failed"} >= {"read", "signed"}
    assert {results[name]["type"] for name in ("reset", "faults", "invoke")} <= {"opaque", "failed"}
    assert "ready" not in results["rebinding"]["text"]
    assert topic in {one["TopicArn"] for one in aws.client("sns").list_topics()["Topics"]}
    assert aws.invoke(function)[0] == 1
