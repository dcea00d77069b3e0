"""The web server: keeps connections alive, and always has a thread for one more request.

An application that answers for as long as a page is open takes the connection over with the function that the WSGI
environment holds under `TAKE_SOCKET` (gunicorn has `gunicorn.socket` for this). The thread that read the request is
free again at once.
"""

import logging
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from cheroot import server, wsgi
from cheroot.workers.threadpool import ThreadPool

_log = logging.getLogger(__name__)

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Of these headers cheroot would keep the last one. Joined, they name neither this machine nor a page of it.
server.comma_separated_headers += [b"Host", b"Origin", b"Sec-Fetch-Site"]  # type: ignore[attr-defined]
TAKE_SOCKET = "local_aws.take_socket"
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


class _Gateway(wsgi.Gateway_10):
    """cheroot's connection of a request to the application, which may take the socket over."""

    def get_environ(self) -> Any:
        environ: Any = super().get_environ()  # type: ignore[no-untyped-call]
        return {**environ, TAKE_SOCKET: self._take_socket}

    def _take_socket(self) -> socket.socket:
        """Return the socket of the request; the caller sends the whole response, headers included, and closes it."""
        connection = self.req.conn
        taken: socket.socket = connection.socket.dup()
        self.req.sent_headers = self.req.close_connection = True
        # cheroot would shut the connection down for both sockets.
        connection.linger = True
        connection.socket.close()
        return taken


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
        self._server.gateway = _Gateway
        self._server.requests = _ElasticPool(self._server, min=_THREADS)
        self._server.timeout = _KEEP_ALIVE_SECONDS
        self._server.shutdown_timeout = 1
        # No limit: clients send large bodies, such as packages and batches of records.
        self._server.max_request_body_size = 0
        # No limit: cheroot takes a lock for each response to compare with one, and under load all threads queue for it.
        server: Any = self._server
        server.keep_alive_conn_limit = None
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
