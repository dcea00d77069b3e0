"""A static site: files of folders, with the headers that a good web server sends.

Pages of the site are served from the endpoint itself, so they may call the HTTP APIs at its paths without CORS. Who may
read them is decided before, as for every request (`http/request_origin.py`).
"""

import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from werkzeug import Request, Response
from werkzeug.exceptions import NotFound
from werkzeug.utils import send_from_directory

_INDEX = "index.html"
# The same on every machine, whatever its own table of types says.
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".svg": "image/svg+xml",
}
_HEADERS = {
    # A browser asks each time whether a file has changed: developers see their changes at once.
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}


class StaticSite:
    """The files of a site, by their paths."""

    def __init__(self, sources: Mapping[str, Path]) -> None:
        """Make a site.

        Args:
            sources: path that begins with `/` -> the folder or file that is served there. The longest path wins.
        """
        self._sources = dict(sorted(sources.items(), key=lambda source: len(source[0]), reverse=True))

    def find(self, request: Request) -> Response | None:
        """Return the file that a request names; None if it names none."""
        if request.method not in ("GET", "HEAD"):
            return None
        candidates = (_locate(prefix, source, request.path) for prefix, source in self._sources.items())
        responses = (_send(*found, request) for found in candidates if found)
        return next((response for response in responses if response), None)


def _locate(prefix: str, source: Path, path: str) -> tuple[Path, str] | None:
    """Return the folder, and the name in it, of a path; None if the path is not below the prefix."""
    if source.is_file():
        return (source.parent, source.name) if path == prefix else None
    start = prefix.rstrip("/") + "/"
    return (source, path.removeprefix(start) or _INDEX) if path.startswith(start) else None


def _send(folder: Path, name: str, request: Request) -> Response | None:
    """Return the file, or None if there is none; hidden ones are not there."""
    if any(part.startswith(".") for part in name.split("/")):
        return None
    kind = _TYPES.get(PurePosixPath(name).suffix)
    try:
        response = send_from_directory(folder.resolve(), name, request.environ, mimetype=kind)
    except NotFound:
        return None
    response.headers.update(_HEADERS)
    return response


def parse_sources(text: str) -> dict[str, Path]:
    """Read the value of `LOCAL_AWS_SITE`: `{path}={folder or file}`, several with the separator of PATH between them.

    Raises:
        ValueError: a part has another form, or names nothing that exists.
    """
    sources = {}
    for part in filter(None, text.split(os.pathsep)):
        path, _, source = part.partition("=")
        if not (path.startswith("/") and source and Path(source).exists()):
            raise ValueError(f"LOCAL_AWS_SITE: {part!r} must be /path=folder, and the folder or file must exist")
        sources[path] = Path(source)
    return sources
