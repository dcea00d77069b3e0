"""The web server: keeps connections alive, and always has a thread for one request more."""

import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from cheroot import wsgi
from cheroot.workers.threadpool import ThreadPool

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_THREADS = 16
_KEEP_ALIVE_SECONDS = 60


class PortInUseError(Exception):
    """Another process listens there already."""


class _ElasticPool(ThreadPool):
    """Grows when every thread is busy: a request may wait for another one that it has caused itself."""

    def put(self, obj: Any) -> None:
        super().put(obj)
        if self.idle < self._queue.qsize():
            self._threads.append(self._spawn_worker())


class WebServer:
    """Serves one WSGI application over HTTP."""

    def __init__(self, host: str, port: int) -> None:
        """Listen; requests wait until `start`.

        Raises:
            PortInUseError: somebody else listens on the port.
        """
        _check_free(host, port)
        self._server = wsgi.Server((host, port), None, numthreads=_THREADS, request_queue_size=512)
        self._server.requests = _ElasticPool(self._server, min=_THREADS)
        self._server.timeout = _KEEP_ALIVE_SECONDS
        self._server.shutdown_timeout = 1
        # Client code sends large bodies: seed data, packages, batches of records.
        self._server.max_request_body_size = 0
        self._server.keep_alive_conn_limit = 512
        self._server.error_log = _log_error
        self._server.prepare()
        self._thread = threading.Thread(target=self._server.serve, daemon=True, name="web")

    @property
    def port(self) -> int:
        """The port listened on."""
        return self._server.bind_addr[1]

    def start(self, application: Any) -> None:
        """Begin to answer."""
        self._server.wsgi_app = application
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.stop()
        if self._thread.is_alive():
            self._thread.join(timeout=5)


def _check_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUseError(f"{host}:{port} is in use by another process ({error.strerror})") from error


def _log_error(message: str = "", level: int = logging.INFO, traceback: TracebackType | bool = False) -> None:
    if level >= logging.WARNING:
        print(message, file=sys.stderr, flush=True)
