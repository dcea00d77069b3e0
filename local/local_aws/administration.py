"""`/_local/`: the state of the local AWS, and operations for tests."""

import time
from collections.abc import Callable, Mapping
from importlib.metadata import version

from werkzeug import Request, Response

from local_aws.http.responses import json_response

PREFIX = "/_local/"


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
        """Answer one request; 404 for an unknown path."""
        name = request.path.removeprefix(PREFIX).partition("/")[0]
        if name not in self._handlers:
            return json_response({"message": f"no such path; there are {', '.join(sorted(self._handlers))}"}, 404)
        return self._handlers[name](request)

    def _health(self, request: Request) -> Response:
        uptime = round(time.time() - self._started, 3)
        versions = {"moto": version("moto"), "awslambdaric": version("awslambdaric")}
        return json_response(
            {"status": "ready", "version": versions, "services": self._services, "uptimeSeconds": uptime}
        )
