"""The stream of changes over HTTP: open pages take no threads, slow nothing down, and end with the server."""

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from local_aws.testing.server import LocalAws, ServerProcess, start_server

WATCH = "/_local/console/changes?watch=alarms&watch=records%3Flimit%3D5&watch=access%2Fsummary&watch=functions"
PAGES = 30


def open_stream(aws: LocalAws, path: str = WATCH, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(aws.endpoint).netloc, timeout=10)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return connection.getresponse()


def next_document(stream: http.client.HTTPResponse) -> dict[str, Any]:
    for line in stream:
        if line.startswith(b"data: "):
            return dict(json.loads(line.removeprefix(b"data: ")))
    raise AssertionError("the stream has ended")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = start_server(tmp_path)
    yield server
    server.stop()


def threads(server: ServerProcess) -> int:
    return len(list(Path(f"/proc/{server.process.pid}/task").iterdir()))


def test_given_a_page_then_it_gets_what_it_watches(aws: LocalAws) -> None:
    stream = open_stream(aws)
    assert stream.status == 200
    assert stream.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    found = [next_document(stream) for _ in range(4)]
    assert {one["path"] for one in found} == {"alarms", "records?limit=5", "access/summary", "functions"}
    assert {one["status"] for one in found} == {200}
    stream.close()


def test_given_a_record_then_the_page_gets_it_within_two_seconds(aws: LocalAws) -> None:
    stream = open_stream(aws, "/_local/console/changes?watch=records")
    next_document(stream)
    name, _ = aws.create_stream()
    aws.put_records(name, "a-new-record")
    deadline = time.monotonic() + 2
    while "a-new-record" not in json.dumps(next_document(stream)):
        assert time.monotonic() < deadline
    stream.close()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts threads in /proc, which this system lacks")
def test_given_more_open_pages_than_threads_then_requests_are_answered_and_the_server_stops_quickly(
    server: ServerProcess,
) -> None:
    # Given as many threads as the web server has without pages
    aws = LocalAws(server.endpoint)
    aws.administer("health")
    before = threads(server)
    # When many pages are open
    pages = [open_stream(aws) for _ in range(PAGES)]
    for page in pages:
        next_document(page)
    # Then they take no threads, and others are answered
    assert threads(server) <= before + 1
    assert aws.administer("health")["status"] == "ready"
    # And when the server stops, they end and do not delay it
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 5
    assert all(page.read() is not None for page in pages)


def test_given_too_many_pages_then_the_next_is_refused_until_one_is_closed(server: ServerProcess) -> None:
    aws = LocalAws(server.endpoint)
    pages = [open_stream(aws, "/_local/console/changes?watch=mails") for _ in range(32)]
    for page in pages:
        next_document(page)
    assert open_stream(aws).status == 503
    pages.pop().close()
    deadline = time.monotonic() + 5
    while open_stream(aws).status == 503:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Origin": "http://localhost:1"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_given_another_page_then_it_gets_no_stream(aws: LocalAws, headers: dict[str, str]) -> None:
    assert open_stream(aws, **headers).status == 403
