"""The address of an HTTP API that every program can resolve: `http://127.0.0.1:{port}/_aws/execute-api/{api id}`.

Python, Node and others ask the system for names below `localhost`, and many systems do not know them. LocalStack has
the same paths.
"""

import re

from moto.settings import moto_server_port
from werkzeug import Request

PATH = re.compile(r"/_aws/execute-api/(?P<api>[a-z0-9]+)(?P<path>/.*)?", re.DOTALL)


def endpoint(api_id: str) -> str:
    """Return the address of an API; requests append the paths of its routes."""
    return f"http://127.0.0.1:{moto_server_port()}/_aws/execute-api/{api_id}"


def to_host(request: Request) -> Request:
    """Return a request to a path of an API as the same request to the API's host name."""
    found = PATH.fullmatch(request.environ["PATH_INFO"])
    if found is None:
        raise ValueError(f"{request.path} is not a path of an HTTP API")
    host = f"{found['api']}.execute-api.localhost"
    return Request({**request.environ, "HTTP_HOST": host, "PATH_INFO": found["path"] or "/"})
