"""Documents are sent when they have changed, to whoever reads, and nobody else waits."""

import json
import socket
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug import Response

from local_aws.console import change_streams
from local_aws.console.change_streams import ChangeStreams
from local_aws.http.responses import json_response


class Documents:
    """What the streams read, and how often."""

    def __init__(self) -> None:
        self.now: dict[str, Any] = {}
        self.reads: Counter[str] = Counter()

    def read(self, path: str) -> Response:
        self.reads[path] += 1
        if path not in self.now:
            raise RuntimeError("dictionary changed size during iteration")
        return json_response(self.now[path])


@pytest.fixture
def documents(monkeypatch: pytest.MonkeyPatch) -> Documents:
    monkeypatch.setattr(change_streams, "_INTERVAL_SECONDS", 0.005)
    monkeypatch.setattr(change_streams, "_SHARE", 1.0)
    return Documents()


@pytest.fixture
def streams(documents: Documents) -> Iterator[ChangeStreams]:
    streams = ChangeStreams(documents.read)
    yield streams
    streams.close()


class Page:
    """The other end of a stream."""

    def __init__(self, streams: ChangeStreams, *paths: str) -> None:
        self.socket, taken = socket.socketpair()
        self.socket.settimeout(2)
        streams.add(taken, paths)
        self.lines = self.socket.makefile("rb")

    def next(self) -> dict[str, Any]:
        for line in self.lines:
            if line.startswith(b"data: "):
                return dict(json.loads(line.removeprefix(b"data: ")))
        raise AssertionError("the stream has ended")


def wait_until_dropped(streams: ChangeStreams) -> None:
    deadline = time.monotonic() + 5
    while (streams._streams or streams._new) and time.monotonic() < deadline:
        time.sleep(0.002)
    assert not streams._streams


def test_given_a_page_then_it_gets_every_document_and_later_only_changes(
    streams: ChangeStreams, documents: Documents
) -> None:
    documents.now = {"a": [1], "b": ["<b>&\n"]}
    page = Page(streams, "a", "b")
    assert page.lines.readline().startswith(b"HTTP/1.1 200 OK")
    first = [page.next(), page.next()]
    assert {one["path"]: one["document"] for one in first} == documents.now
    documents.now["a"] = [2]
    assert page.next() == {"path": "a", "status": 200, "document": [2]}


def test_given_a_document_that_cannot_be_read_then_the_page_gets_the_error_and_the_next_one(
    streams: ChangeStreams, documents: Documents
) -> None:
    page = Page(streams, "a")
    assert page.next()["status"] == 500
    documents.now["a"] = 1
    assert page.next() == {"path": "a", "status": 200, "document": 1}


def test_given_no_open_page_then_nothing_is_read(streams: ChangeStreams, documents: Documents) -> None:
    documents.now["a"] = 1
    page = Page(streams, "a")
    page.next()
    page.lines.close()
    page.socket.close()
    wait_until_dropped(streams)
    reads = documents.reads["a"]
    time.sleep(0.03)
    assert documents.reads["a"] == reads


def test_given_many_pages_then_a_document_is_read_once_for_all(streams: ChangeStreams, documents: Documents) -> None:
    documents.now["a"] = 0
    pages = [Page(streams, "a") for _ in range(10)]
    for page in pages:
        page.next()
    began, reads = time.monotonic(), documents.reads["a"]
    documents.now["a"] = 1
    for page in pages:
        assert page.next()["document"] == 1
    rounds = (time.monotonic() - began) / change_streams._INTERVAL_SECONDS
    assert documents.reads["a"] - reads <= rounds + 2


def test_given_a_page_that_reads_nothing_then_others_still_get_changes_and_it_gets_the_last(
    streams: ChangeStreams, documents: Documents
) -> None:
    documents.now["a"] = "x" * 2_000_000
    slow, quick = Page(streams, "a"), Page(streams, "a")
    assert quick.next()["document"].startswith("x")
    for number in (1, 2, 3):
        documents.now["a"] = number
        assert quick.next()["document"] == number
    assert slow.next()["document"].startswith("x")
    assert slow.next()["document"] == 3


def test_given_a_page_that_reads_nothing_for_long_then_it_is_dropped(
    streams: ChangeStreams, documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_streams, "_STALLED_SECONDS", 0.01)
    documents.now["a"] = "x" * 2_000_000
    page = Page(streams, "a")
    wait_until_dropped(streams)
    assert len(page.lines.read()) < 2_000_000


def test_given_a_quiet_stream_then_a_comment_keeps_it_alive(
    streams: ChangeStreams, documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_streams, "_KEEP_ALIVE_SECONDS", 0.01)
    documents.now["a"] = 1
    page = Page(streams, "a")
    page.next()
    assert any(line == b":\n" for line in page.lines)


def test_given_too_many_pages_then_there_is_no_room(streams: ChangeStreams, documents: Documents) -> None:
    documents.now["a"] = 1
    pages = []
    while streams.has_room():
        pages.append(Page(streams, "a"))
    assert len(pages) == 32


def test_when_closed_then_every_stream_ends_at_once(streams: ChangeStreams, documents: Documents) -> None:
    documents.now["a"] = 1
    page = Page(streams, "a")
    page.next()
    began = time.monotonic()
    streams.close()
    assert page.lines.read() == b"\n"
    assert time.monotonic() - began < 0.5
