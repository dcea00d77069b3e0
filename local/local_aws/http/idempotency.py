"""Answers that did not arrive: a call that is repeated for that reason is not carried out twice.

SDKs give all attempts of one call the same invocation id. Terraform's AWS client now and then drops an answer that
comes before it has finished its own part of sending (aws-sdk-go-v2 closes a request's body as soon as it sees the
answer, and a service on the same machine answers within a millisecond), and calls again: a second CreateRole would be
told that the role exists. AWS is too far away for that to happen; here it is mended where it arises.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.test import run_wsgi_app

from local_aws.http.web_server import WsgiApplication

Answer = tuple[list[bytes], str, list[tuple[str, str]]]

_KEPT = 4096  # answers; at full speed those of ten seconds, and a client repeats within one or two
_LARGEST = 65536  # bytes of one
_SAFE = {"GET", "HEAD"}  # methods that may be carried out any number of times


class AnsweredOnce:
    """A WSGI application before another one, which gives a repeated call the answer that its first attempt got."""

    def __init__(self, application: WsgiApplication) -> None:
        self._application = application
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request. Only answers of success are kept: after an error a call is to be tried again."""
        call = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
        if call is None or environ["REQUEST_METHOD"] in _SAFE:
            return self._application(environ, start_response)
        body, status, headers = self._kept.get(call) or self._carry_out(call, environ)
        start_response(status, headers)
        return body

    def _carry_out(self, call: str, environ: dict[str, Any]) -> Answer:
        chunks, status, headers = run_wsgi_app(self._application, environ, buffered=True)
        answer = list(chunks), status, headers.to_wsgi_list()
        if status.startswith("2") and sum(map(len, answer[0])) <= _LARGEST:
            self._keep(call, answer)
        return answer

    def _keep(self, call: str, answer: Answer) -> None:
        with self._lock:
            self._kept[call] = answer
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
