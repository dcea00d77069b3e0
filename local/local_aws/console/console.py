"""`/_local/console`: the page, its files, and the stream of changes that it reads.

The page gets everything from paths below `/_local/`. It names those that it shows:
`GET /_local/console/changes?watch=alarms&watch=mails%3Flimit%3D50` answers with server-sent events. Each has a document
`{"path": …, "status": …, "document": …}`, at first of every path, then whenever one has changed.
"""

import re
from collections.abc import Callable
from importlib.resources import files

from werkzeug import Request, Response

from local_aws.administration import name_in_path
from local_aws.console.change_streams import ChangeStreams, TakenResponse
from local_aws.http.request_origin import is_same_origin
from local_aws.http.responses import json_response
from local_aws.http.web_server import TAKE_SOCKET

_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_FILE = re.compile(r"[a-z][a-z-]*\.(css|js|svg)")
_MOST_WATCHED = 40
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


class Console:
    """Serves the page and its files, and keeps the streams of changes."""

    def __init__(self, read: Callable[[str], Response]) -> None:
        """Start without a stream.

        Args:
            read: returns the response to GET of a path below `/_local/`.
        """
        self._streams = ChangeStreams(read)

    def handle(self, request: Request) -> Response:
        """Answer a request to `/_local/console` or a path below it."""
        name = name_in_path(request)
        if request.method != "GET" and not (request.method == "HEAD" and name != "changes"):
            return json_response({"message": "only GET"}, 405)
        return self._watch(request) if name == "changes" else _file(name or "index.html")

    def close(self) -> None:
        """End every stream."""
        self._streams.close()

    def _watch(self, request: Request) -> Response:
        headers = (request.headers.get(name) for name in ("Host", "Origin", "Sec-Fetch-Site"))
        if not is_same_origin(*headers):
            return json_response({"message": "Refused: only the console may read the changes."}, 403)
        paths = request.args.getlist("watch")
        if not 1 <= len(paths) <= _MOST_WATCHED:
            return json_response({"message": f"watch: expected 1 to {_MOST_WATCHED} paths"}, 400)
        if any(path.lstrip("/").startswith("console") for path in paths):
            return json_response({"message": "watch: the console itself cannot be watched"}, 400)
        if not self._streams.has_room():
            return json_response({"message": "too many open pages"}, 503)
        if TAKE_SOCKET not in request.environ:
            return json_response({"message": "this web server cannot keep a stream open"}, 501)
        return TakenResponse(lambda taken: self._streams.add(taken, tuple(dict.fromkeys(paths))))


def _file(name: str) -> Response:
    file = files("local_aws.console") / "page" / name
    if not (name == "index.html" or _FILE.fullmatch(name)) or not file.is_file():
        return json_response({"message": f"no such file: {name}"}, 404)
    kind = _TYPES[name.rpartition(".")[2]]
    return Response(file.read_bytes(), headers=_HEADERS, content_type=f"{kind}; charset=utf-8")
