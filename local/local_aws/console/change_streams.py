"""Streams of server-sent events: one thread sends documents to all open pages when they have changed.

The thread that read the request of a page is free again (see `http.web_server`), so that open pages take no threads
from other requests. Nothing is read while no page is open. A document is read once for all pages, seldom if that takes
long, and of what was sent only a digest is kept.
"""

import hashlib
import json
import logging
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Response

from local_aws.http.web_server import TAKE_SOCKET

_log = logging.getLogger(__name__)

_MOST_STREAMS = 32
_INTERVAL_SECONDS = 0.5
# A document whose reading takes long is read more seldom: reading takes at most this share of the time.
_SHARE = 0.02
_KEEP_ALIVE_SECONDS = 15.0
_STALLED_SECONDS = 30.0
_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n"
    b"X-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n\r\n"
    b"retry: 1000\n\n"
)


class TakenResponse(Response):
    """A response that hands the socket of its request to a function, which answers for as long as it likes."""

    def __init__(self, take: Callable[[socket.socket], None]) -> None:
        super().__init__()
        self._take = take

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Hand the socket over; nothing is left to send for the web server."""
        self._take(environ[TAKE_SOCKET]())
        return []


@dataclass(eq=False)
class _Stream:
    """One open page: what it watches, the digests of what was sent, and what its socket has not taken yet."""

    socket: socket.socket
    paths: tuple[str, ...]
    sent: dict[str, bytes] = field(default_factory=dict)
    pending: bytes = _HEAD
    active: float = field(default_factory=time.monotonic)


class ChangeStreams:
    """Sends documents to pages until it is closed."""

    def __init__(self, read: Callable[[str], Response]) -> None:
        """Start the thread, which waits for the first page.

        Args:
            read: returns the response to GET of a path below `/_local/`.
        """
        self._read = read
        self._streams: list[_Stream] = []
        self._new: list[_Stream] = []
        self._due: dict[str, float] = {}
        self._closing = threading.Event()
        self._selector = selectors.DefaultSelector()
        self._wake, wakened = socket.socketpair()
        self._selector.register(wakened, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, daemon=True, name="console")
        self._thread.start()

    def has_room(self) -> bool:
        """Return whether one more page may be added."""
        return len(self._streams) + len(self._new) < _MOST_STREAMS

    def add(self, taken: socket.socket, paths: tuple[str, ...]) -> None:
        """Send the documents of these paths to a socket, now and whenever they change."""
        taken.setblocking(False)
        self._new.append(_Stream(taken, paths))
        self._wake.send(b"+")

    def close(self) -> None:
        """End every stream and the thread."""
        self._closing.set()
        self._wake.send(b"-")
        self._thread.join(timeout=2)

    def _run(self) -> None:
        due = 0.0
        while not self._closing.is_set():
            waiting = max(0.0, due - time.monotonic()) if self._streams else None
            try:
                self._handle(self._selector.select(waiting))
                if self._streams and time.monotonic() >= due:
                    due = time.monotonic() + _INTERVAL_SECONDS
                    self._send_changes()
            except Exception:
                _log.exception("console")
        for stream in (*self._streams, *self._new):
            stream.socket.close()

    def _handle(self, ready: list[tuple[selectors.SelectorKey, int]]) -> None:
        for key, events in ready:
            if key.data is None:
                key.fileobj.recv(1024)  # type: ignore[union-attr]
                self._accept()
            elif events & selectors.EVENT_READ and _has_ended(key.data.socket):
                self._drop(key.data)
            elif events & selectors.EVENT_WRITE:
                self._flush(key.data)

    def _accept(self) -> None:
        while self._new:
            stream = self._new.pop()
            self._streams.append(stream)
            self._selector.register(stream.socket, selectors.EVENT_READ, stream)
            self._send(stream, self._changes(stream.paths, {}))

    def _drop(self, stream: _Stream) -> None:
        if stream in self._streams:
            self._streams.remove(stream)
            self._selector.unregister(stream.socket)
            stream.socket.close()

    def _send_changes(self) -> None:
        now = time.monotonic()
        for stream in list(self._streams):
            if stream.pending and now - stream.active > _STALLED_SECONDS:
                self._drop(stream)
        ready = [stream for stream in self._streams if not stream.pending]
        watched = {path for stream in ready for path in stream.paths}
        documents = self._changes([path for path in watched if self._due.get(path, 0.0) <= now], self._due)
        self._due = {path: due for path, due in self._due.items() if path in watched}
        for stream in ready:
            self._send(stream, {path: found for path, found in documents.items() if path in stream.paths})
            if not stream.pending and now - stream.active > _KEEP_ALIVE_SECONDS:
                self._queue(stream, b":\n\n")

    def _changes(self, paths: Iterable[str], due: dict[str, float]) -> dict[str, tuple[bytes, bytes]]:
        """Read documents, and return digest and event by path. Sets when each is due again."""
        documents = {}
        for path in paths:
            began = time.monotonic()
            event = self._event(path)
            took = time.monotonic() - began
            due[path] = began + max(_INTERVAL_SECONDS * 0.9, took / _SHARE)
            documents[path] = hashlib.blake2b(event, digest_size=16).digest(), event
        return documents

    def _event(self, path: str) -> bytes:
        try:
            response = self._read(path)
            status, document = response.status_code, response.get_data()
        except Exception as error:
            # moto's dictionaries may change while they are read; the next reading is complete.
            _log.info("%s: %s", path, error)
            status, document = 500, json.dumps({"message": str(error)}).encode()
        head = b'data: {"path": %b, "status": %d, "document": ' % (json.dumps(path).encode(), status)
        return head + document.replace(b"\n", b" ") + b"}\n\n"

    def _send(self, stream: _Stream, documents: dict[str, tuple[bytes, bytes]]) -> None:
        changed = {path: one for path, one in documents.items() if stream.sent.get(path) != one[0]}
        if changed or stream.pending:
            stream.sent.update({path: digest for path, (digest, _) in changed.items()})
            self._queue(stream, b"".join(event for _, event in changed.values()))

    def _queue(self, stream: _Stream, data: bytes) -> None:
        stream.pending += data
        stream.active = time.monotonic()
        self._flush(stream)

    def _flush(self, stream: _Stream) -> None:
        try:
            sent = stream.socket.send(stream.pending) if stream.pending else 0
        except BlockingIOError:
            sent = 0
        except OSError:
            self._drop(stream)
            return
        stream.pending = stream.pending[sent:]
        waits = selectors.EVENT_WRITE if stream.pending else 0
        self._selector.modify(stream.socket, selectors.EVENT_READ | waits, stream)


def _has_ended(taken: socket.socket) -> bool:
    """Return whether the page has closed its side; a page sends nothing."""
    try:
        return not taken.recv(1024)
    except BlockingIOError:
        return False
    except OSError:
        return True
