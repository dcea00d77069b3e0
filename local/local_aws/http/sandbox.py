"""Documents that are not the server's own cannot act as pages of this server.

What a bucket or an HTTP API returns may be a page, and a browser would give it the origin of the endpoint: its scripts
could use the console's administration, and sign requests to every service. As a sandboxed document it has an origin of
its own, which is refused like that of every other page (`request_origin`). Programs, and pages that fetch, see no
difference: a browser applies the header only when it shows a document.
https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy/sandbox
"""

from collections.abc import Callable, Iterable
from typing import Any

from local_aws.http.web_server import WsgiApplication

# Scripts may run: what they could harm is out of their reach. Without `allow-same-origin` the origin is opaque.
_HEADER = ("Content-Security-Policy", "sandbox allow-scripts")


def sandboxed(application: WsgiApplication) -> WsgiApplication:
    """Wrap an application, so that a document that it returns is sandboxed.

    The header is added to what the application sends: several policies hold at the same time.
    """

    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, [*headers, _HEADER], *more)

        return application(environ, start)

    return call
