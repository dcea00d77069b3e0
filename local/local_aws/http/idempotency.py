"""Idempotency: a call that is repeated because its response was lost is executed once.

SDKs give all attempts of one call the same invocation id. Terraform's AWS client sometimes drops a response that
arrives before it has finished sending the request (aws-sdk-go-v2 closes the body of a request as soon as it gets the
response, and a service on the same machine responds within a millisecond), and calls again: a second CreateRole would
fail because the role exists. AWS is too far away for that to happen.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.test import run_wsgi_app

from local_aws.http.web_server import WsgiApplication

StoredResponse = tuple[list[bytes], str, list[tuple[str, str]]]

_MAXIMUM_RESPONSES = 4096  # at full speed those of ten seconds; a client repeats within one or two
_MAXIMUM_BYTES = 65536  # of one response
_MAXIMUM_TOTAL_BYTES = 8 * 1024 * 1024
_SAFE_METHODS = {"GET", "HEAD"}


class IdempotentResponses:
    """A WSGI middleware that gives a repeated call the response of its first attempt."""

    def __init__(self, application: WsgiApplication) -> None:
        self._application = application
        self._stored: OrderedDict[str, StoredResponse] = OrderedDict()
        self._stored_bytes = 0
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request. Only successful responses are stored: after an error a call has to be executed again."""
        call = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
        if call is None or environ["REQUEST_METHOD"] in _SAFE_METHODS:
            return self._application(environ, start_response)
        body, status, headers = self._stored.get(call) or self._execute(call, environ)
        start_response(status, headers)
        return body

    def _execute(self, call: str, environ: dict[str, Any]) -> StoredResponse:
        chunks, status, headers = run_wsgi_app(self._application, environ, buffered=True)
        response = list(chunks), status, headers.to_wsgi_list()
        if status.startswith("2") and _size(response) <= _MAXIMUM_BYTES:
            self._store(call, response)
        return response

    def _store(self, call: str, response: StoredResponse) -> None:
        with self._lock:
            if earlier := self._stored.pop(call, None):
                self._stored_bytes -= _size(earlier)
            self._stored[call] = response
            self._stored_bytes += _size(response)
            while len(self._stored) > _MAXIMUM_RESPONSES or self._stored_bytes > _MAXIMUM_TOTAL_BYTES:
                _, oldest = self._stored.popitem(last=False)
                self._stored_bytes -= _size(oldest)


def _size(response: StoredResponse) -> int:
    return sum(map(len, response[0]))
