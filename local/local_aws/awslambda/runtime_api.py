"""The Runtime API for a function's process (developer guide: "Using the Lambda runtime API", version 2018-06-01)."""

import json
import queue
import threading
import time
from concurrent.futures import Future, InvalidStateError
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Any

from local_aws.awslambda.model import Invocation
from local_aws.http.request_origin import find_refusal

_PREFIX = "/2018-06-01/runtime/"
_ERROR_TYPE_HEADER = "Lambda-Runtime-Function-Error-Type"

# The response of a process to one invocation: the body, and the error type or None.
RuntimeResponse = tuple[bytes, str | None]


class ProcessEndedError(Exception):
    """The process ended before it responded."""


class RuntimeApi:
    """The Runtime API of one process, on its own port: the port identifies the process."""

    def __init__(self) -> None:
        self._inbox: queue.SimpleQueue[tuple[Invocation, float] | None] = queue.SimpleQueue()
        self._response: Future[RuntimeResponse] = Future()
        self._request_id = ""
        self.initialised: Future[None] = Future()
        self.init_error: RuntimeResponse | None = None
        self._server = _Server(self)
        # A short interval would wake an idle machine for nothing; closing does not wait for it.
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 5}, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """`host:port` for AWS_LAMBDA_RUNTIME_API."""
        return f"127.0.0.1:{self._server.server_port}"

    def send(self, invocation: Invocation, deadline: float) -> "Future[RuntimeResponse]":
        """Send an invocation to the process, and return the future of its response.

        Args:
            invocation: what to send.
            deadline: epoch seconds at which the function will be stopped.
        """
        self._response = Future()
        self._request_id = invocation.request_id
        self._inbox.put((invocation, deadline))
        return self._response

    def next(self) -> tuple[Invocation, float] | None:
        """Wait for the next invocation; None when the environment closes."""
        if not self.initialised.done():
            self.initialised.set_result(None)
        return self._inbox.get()

    def accept(self, request_id: str, body: bytes, error_type: str | None) -> bool:
        """Accept the response to an invocation, and return False when nobody waits for it."""
        if request_id != self._request_id:
            return False
        return _settle(self._response, (body, error_type))

    def accept_init_error(self, body: bytes, error_type: str) -> None:
        """Accept the error that ended the initialisation; every invocation of this process gets it."""
        self.init_error = (body, error_type)

    def fail(self, error: ProcessEndedError) -> None:
        """Raise an error in the threads that wait: the process has ended."""
        for future in (self.initialised, self._response):
            try:
                future.set_exception(error)
            except InvalidStateError:
                continue

    def close(self) -> None:
        """Stop listening, and end the wait of an idle process."""
        self._inbox.put(None)
        threading.Thread(target=self._stop_listening, daemon=True).start()

    def _stop_listening(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: RuntimeApi) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api


class _CutLines:
    """A stream that cuts lines to the asked length, and does not return the rest as the next line.

    The runtime client sends an error's text in a header, too (X-Ray), up to 1 MB; http.server allows 64 KiB.
    """

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream
        self.read = stream.read
        self.close = stream.close

    def readline(self, limit: int = -1) -> bytes:
        """Return the next line, at most one byte less than `limit`, with which http.server would refuse it."""
        line = self._stream.readline()
        return line if limit < 0 or len(line) < limit else line[: limit - 3] + b"\r\n"


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self.rfile = _CutLines(self.rfile)  # type: ignore[assignment]  # what http.server calls

    def parse_request(self) -> bool:
        """Refuse what a web page sends, which could take an invocation away from the process."""
        if not super().parse_request():
            return False
        names = ("Host", "Origin", "Sec-Fetch-Site")
        refusal = find_refusal(*(", ".join(self.headers.get_all(name, [])) or None for name in names))
        if refusal:
            self.close_connection = True
            self._reply(403, json.dumps({"message": refusal}).encode(), {})
        return not refusal

    def do_GET(self) -> None:
        work = self.server.api.next() if self.path == _PREFIX + "invocation/next" else None
        if work is None:
            self.close_connection = True
            self._reply(404, b"{}", {})
            return
        self._reply(200, work[0].payload, _invocation_headers(*work))

    def do_POST(self) -> None:
        body = self._body()
        if self.path == _PREFIX + "init/error":
            self.server.api.accept_init_error(body, self.headers.get(_ERROR_TYPE_HEADER, "Runtime.Unknown"))
            self._reply(202, b'{"status":"OK"}', {})
            return
        _, _, request_id, kind = self.path.rsplit("/", 3)
        error_type = self.headers.get(_ERROR_TYPE_HEADER, "Unhandled") if kind == "error" else None
        known = self.server.api.accept(request_id, body, error_type)
        self._reply(202 if known else 400, json.dumps({"status": "OK"}).encode(), {})

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def handle_one_request(self) -> None:
        # A killed process leaves a reset connection behind, which is no error.
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: the function's log has everything."""


def _settle(future: "Future[RuntimeResponse]", response: RuntimeResponse) -> bool:
    try:
        future.set_result(response)
    except InvalidStateError:
        return False
    return True


def _invocation_headers(invocation: Invocation, deadline: float) -> dict[str, str]:
    headers = {
        "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
        "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
        "Lambda-Runtime-Invoked-Function-Arn": invocation.invoked_arn,
        "Lambda-Runtime-Trace-Id": invocation.trace_id,
        "Date": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime()),
    }
    if invocation.client_context:
        headers["Lambda-Runtime-Client-Context"] = invocation.client_context
    return headers
