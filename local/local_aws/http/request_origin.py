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

from werkzeug import Response

from local_aws.http.web_server import WsgiApplication

# HTTP APIs are also served under the host names that AWS gives them. No attacker controls names below amazonaws.com.
_API_HOST = re.compile(r"[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
_HOST = r"(?P<name>\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?"
_HOST_HEADER = re.compile(_HOST, re.IGNORECASE | re.ASCII)
_ORIGIN_HEADER = re.compile(f"https?://{_HOST}", re.IGNORECASE | re.ASCII)
_OWN_SITES = ("none", "same-origin", "same-site")  # an address that was typed, and pages of this machine


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
    match = _ORIGIN_HEADER.fullmatch(header)
    if match is None:
        return False
    name = match["name"].lower().rstrip(".")
    return name in extra or _is_loopback_name(name)


def find_refusal(
    host: str | None, origin: str | None, fetch_site: str | None, *, extra: frozenset[str] = frozenset()
) -> str | None:
    """Return why a request with these headers (None: it has none) is refused; None if it is an own request."""
    if not is_own_host(host or "", extra):
        return f"the host {host or ''!r} is not one of this machine; LOCAL_AWS_HOSTS can add names"
    if origin is not None and not is_own_origin(origin, extra):
        return f"pages of the origin {origin!r} may not call the local AWS"
    if fetch_site is not None and fetch_site.lower() not in _OWN_SITES:
        return "pages of other sites may not call the local AWS"
    return None


def find_refusal_of_change(
    host: str | None, origin: str | None, fetch_site: str | None, content_type: str | None
) -> str | None:
    """Return why a request of a browser that changes something is refused; None for one of an own page, or a program.

    Another page of this machine (another port) may be anybody's, so only the page of this very origin may change
    something. JSON is a type that no form can send, and no page of another origin without asking first. Programs send
    neither `Origin` nor `Sec-Fetch-Site`.
    """
    if origin is None and fetch_site is None:
        return None
    if not is_same_origin(host, origin, fetch_site):
        return "only a page of the same origin may change something here"
    if (content_type or "").partition(";")[0].strip().lower() != "application/json":
        return "the Content-Type of a page's request must be application/json"
    return None


def is_same_origin(host: str | None, origin: str | None, fetch_site: str | None) -> bool:
    """Tell whether a request comes from a page of the host that it is for; also if nothing names a page."""
    if origin is not None and origin.lower() != f"http://{host}".lower():
        return False
    return fetch_site is None or fetch_site.lower() in ("same-origin", "none")


def _is_loopback_name(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


class OwnRequestsOnly:
    """A WSGI application that answers 403 to foreign hosts and origins, before anything else sees the request.

    Only what is meant for pages of other origins answers them: an HTTP API the origins that it allows itself.
    """

    def __init__(
        self,
        application: WsgiApplication,
        extra_hosts: Iterable[str] = (),
        allows_origin: Callable[[dict[str, Any], str], bool] = lambda environ, origin: False,
    ) -> None:
        """Wrap an application.

        Args:
            application: what answers own requests.
            extra_hosts: further host names of this machine, for example the name that the server listens under.
            allows_origin: tells whether what a request asks for is meant for pages of a foreign origin, as an HTTP API
                with this origin in its CORS configuration is.
        """
        self._application = application
        self._extra = frozenset(name.lower() for name in extra_hosts)
        self._allows_origin = allows_origin

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass an own request on; refuse a foreign one."""
        if reason := self._refusal(environ):
            return _forbidden(reason)(environ, start_response)
        return self._application(environ, start_response)

    def _refusal(self, environ: dict[str, Any]) -> str | None:
        host, origin, site = (environ.get(name) for name in ("HTTP_HOST", "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE"))
        reason = find_refusal(host, origin, site, extra=self._extra)
        if reason and origin is not None and is_own_host(host or "", self._extra):
            return None if self._allows_origin(environ, origin) else reason
        return reason


def _forbidden(reason: str) -> Response:
    # Printable ASCII only: the reason repeats what the caller sent.
    body = json.dumps({"__type": "ForbiddenOrigin", "message": f"Refused: {reason}."})
    return Response(body, 403, {"x-amzn-ErrorType": "ForbiddenOrigin"}, content_type="application/json")
