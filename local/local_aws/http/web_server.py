"""The web server: keeps connections alive, and always has a thread for one more request."""

import logging
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from cheroot import wsgi
from cheroot.workers.threadpool import ThreadPool

_log = logging.getLogger(__name__)

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_THREADS = 16
_KEEP_ALIVE_SECONDS = 60


class PortInUseError(Exception):
    """Another process already listens on the port."""


class _ElasticPool(ThreadPool):
    """A pool that grows when every thread is busy: a request may wait for another request that it causes."""

    def put(self, obj: Any) -> None:
        super().put(obj)
        # cheroot's own `grow` waits for the new thread, in the thread that accepts connections.
        pool: Any = self
        if self.idle < pool._queue.qsize():
            pool._threads.append(pool._spawn_worker())


class _Server(wsgi.Server):
    """cheroot's server, with its messages in the log."""

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        _log.log(level, msg, exc_info=traceback)


class WebServer:
    """Serves one WSGI application over HTTP."""

    def __init__(self, host: str, port: int) -> None:
        """Listen; requests wait until `start`.

        Args:
            host: address to listen on.
            port: TCP port; 0 for any free one.

        Raises:
            PortInUseError: another process listens on the port.
        """
        _check_free(host, port)
        self._server = _Server((host, port), None, numthreads=_THREADS, request_queue_size=512)
        self._server.requests = _ElasticPool(self._server, min=_THREADS)
        self._server.timeout = _KEEP_ALIVE_SECONDS
        self._server.shutdown_timeout = 1
        # No limit: clients send large bodies, such as packages and batches of records.
        self._server.max_request_body_size = 0
        self._server.keep_alive_conn_limit = 512
        self._server.prepare()
        self._thread = threading.Thread(target=self._server.serve, daemon=True, name="web")

    @property
    def port(self) -> int:
        """The port on which the server listens."""
        return int(self._server.bind_addr[1])

    def start(self, application: Any) -> None:
        """Start answering."""
        self._server.wsgi_app = _with_raw_uri(application)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.stop()
        if self._thread.is_alive():
            self._thread.join(timeout=5)


def _with_raw_uri(application: WsgiApplication) -> WsgiApplication:
    """Tell the application the path as it arrived, under the name that gunicorn and werkzeug use, and moto reads.

    Without it moto decodes a path twice: it stores the key `a%2Bb` as `a+b`, and ends a key at a question mark.
    """

    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["RAW_URI"] = environ["REQUEST_URI"]
        return application(environ, start_response)

    return call


def _check_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUseError(f"{host}:{port} is in use by another process ({error.strerror})") from error
