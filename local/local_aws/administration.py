"""`/_local/`: the state of the local AWS, and operations for tests and for the console."""

import time
from collections.abc import Callable, Mapping
from importlib.metadata import version

from werkzeug import Request, Response
from werkzeug.test import EnvironBuilder

from local_aws.http.parameters import InvalidParameterError
from local_aws.http.request_origin import find_refusal_of_change
from local_aws.http.responses import json_response

PREFIX = "/_local/"
_SAFE_METHODS = ("GET", "HEAD")
# No other page may embed what is below /_local/, nor a browser take it for something else than it is.
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}


def name_in_path(request: Request) -> str:
    """Return what follows the first part of a path: `f` of `/_local/functions/f`."""
    return request.path.removeprefix(PREFIX).partition("/")[2]


class Administration:
    """Answers `/_local/health`, and the paths that the services handle."""

    def __init__(self, handlers: Mapping[str, Callable[[Request], Response]], services: Mapping[str, str]) -> None:
        """Make the administration.

        Args:
            handlers: first part of a path -> handler.
            services: name of a service -> what answers it; moto answers the others.
        """
        self._services = {**services, "others": "moto"}
        self._handlers = {"health": self._health, **handlers}
        self._started = time.time()

    def handle(self, request: Request) -> Response:
        """Answer one request; 404 for an unknown path, 403 for a page of another origin that changes something."""
        response = self._answer(request)
        response.headers.extend(_HEADERS)
        return response

    def read(self, path: str) -> Response:
        """Return the response to GET of a path after `/_local/`, with its query: `mails?limit=3`."""
        name, _, query = path.partition("?")
        environ = EnvironBuilder(path=PREFIX + name, query_string=query).get_environ()
        return self._answer(Request(environ))

    def _answer(self, request: Request) -> Response:
        if refusal := _refusal(request):
            return json_response({"message": f"Refused: {refusal}."}, 403)
        name = request.path.removeprefix(PREFIX).partition("/")[0]
        if name not in self._handlers:
            return json_response({"message": f"no such path; there are {', '.join(sorted(self._handlers))}"}, 404)
        try:
            return self._handlers[name](request)
        except InvalidParameterError as error:
            return json_response({"message": str(error)}, 400)

    def _health(self, request: Request) -> Response:
        uptime = round(time.time() - self._started, 3)
        versions = {"moto": version("moto"), "awslambdaric": version("awslambdaric")}
        return json_response(
            {"status": "ready", "version": versions, "services": self._services, "uptimeSeconds": uptime}
        )


def _refusal(request: Request) -> str | None:
    if request.method in _SAFE_METHODS:
        return None
    headers = (request.headers.get(name) for name in ("Host", "Origin", "Sec-Fetch-Site", "Content-Type"))
    return find_refusal_of_change(*headers)
