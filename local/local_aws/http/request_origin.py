"""Keep web pages away: serve only requests to this machine's own host names and from its own origins.

A browser lets any page send requests to 127.0.0.1. After DNS rebinding such a page can even read the responses: its own
host name resolves to 127.0.0.1 for a while, and the browser takes the server for a part of the page's site. So a
loopback address alone protects nothing. What protects is the `Host` header, which a page cannot choose, and what the
browser says about the page: `Origin`, and `Sec-Fetch-Site` on requests that carry no origin (W3C, "Fetch Metadata
Request Headers").
"""

import ipaddress
import json
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from werkzeug import Response

from local_aws.http.web_server import WsgiApplication

# HTTP APIs are also served under the host names that AWS gives them. No attacker controls names below amazonaws.com.
_API_HOST = re.compile(r"[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
_HOST_HEADER = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:\[\]/@\s]+)(:\d{1,5})?", re.IGNORECASE)


def is_own_host(header: str, extra: frozenset[str] = frozenset()) -> bool:
    """Tell whether a Host header names this machine.

    Own names are loopback addresses, `localhost`, `*.localhost` (RFC 6761: always loopback), the host names of HTTP
    APIs, and those in `extra` (lower case, without a port).
    """
    match = _HOST_HEADER.fullmatch(header)
    if match is None:
        return False
    name = match["name"].lower().rstrip(".")
    return name in extra or _is_loopback_name(name) or _API_HOST.fullmatch(name) is not None


def is_own_origin(header: str, extra: frozenset[str] = frozenset()) -> bool:
    """Tell whether an Origin header is one of this machine's; `null` (a sandboxed page, a file) never is.

    Host names of HTTP APIs count as hosts only: no page is served under them.
    """
    try:
        parts = urlsplit(header)
        name = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and (name in extra or _is_loopback_name(name))


def _is_loopback_name(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


class OwnRequestsOnly:
    """A WSGI application that answers 403 to foreign hosts and origins, before anything else sees the request."""

    def __init__(self, application: WsgiApplication, extra_hosts: Iterable[str] = ()) -> None:
        """Wrap an application.

        Args:
            application: what answers own requests.
            extra_hosts: further host names of this machine, for example the name that the server listens under.
        """
        self._application = application
        self._extra = frozenset(name.lower() for name in extra_hosts)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass an own request on; refuse a foreign one."""
        if reason := self._refusal(environ):
            return _forbidden(reason)(environ, start_response)
        return self._application(environ, start_response)

    def _refusal(self, environ: dict[str, Any]) -> str | None:
        host, origin = environ.get("HTTP_HOST", ""), environ.get("HTTP_ORIGIN")
        if not is_own_host(host, self._extra):
            return f"the host {host!r} is not one of this machine; LOCAL_AWS_HOSTS can add names"
        if origin is not None and not is_own_origin(origin, self._extra):
            return f"pages of the origin {origin!r} may not call the local AWS"
        if environ.get("HTTP_SEC_FETCH_SITE") == "cross-site":
            return "pages of other sites may not call the local AWS"
        return None


def _forbidden(reason: str) -> Response:
    # Printable ASCII only: the reason repeats what the caller sent.
    body = json.dumps({"__type": "ForbiddenOrigin", "message": f"Refused: {reason}."})
    return Response(body, 403, {"x-amzn-ErrorType": "ForbiddenOrigin"}, content_type="application/json")
