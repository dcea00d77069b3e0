"""A small local AWS for tests: Personalize and Cloud Control as in the server, and moto for S3 and STS."""

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug import Request
from werkzeug.serving import WSGIRequestHandler, make_server

from local_aws import cloudcontrol, personalize
from local_aws.personalize import PersonalizeSettings

_SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([a-z-]+)/")
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_: object) -> None:
        pass


@dataclass
class LocalAws:
    """The endpoint of the services, and the application of Personalize."""

    url: str
    personalize: personalize.PersonalizeApp
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """Return a boto3 client of this endpoint."""
        if service not in self.clients:
            create: Callable[..., Any] = boto3.client
            keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
            self.clients[service] = create(service, endpoint_url=self.url, **keys)
        return self.clients[service]

    @property
    def environment(self) -> dict[str, str]:
        """The environment for programs that use this endpoint."""
        return os.environ | CREDENTIALS | {"AWS_ENDPOINT_URL": self.url, "AWS_EC2_METADATA_DISABLED": "true"}


@contextmanager
def serving() -> Iterator[LocalAws]:
    """Run a server with short transitional statuses, for all tests of a module."""
    running: list[LocalAws] = []
    app = personalize.create_app(
        settings=PersonalizeSettings(step_seconds=0.05), s3=lambda role, job: running[0].client("s3")
    )
    control = cloudcontrol.create_app(app)
    moto = DomainDispatcherApplication(create_backend_app)

    def wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        scope = _SERVICE.search(environ.get("HTTP_AUTHORIZATION", ""))
        service = scope.group(1) if scope else ""
        if service == "personalize":
            return app.handle(Request(environ))(environ, start)
        if service in ("cloudcontrolapi", "cloudformation"):
            return control.handle(Request(environ))(environ, start)
        return moto(environ, start)

    server = make_server("127.0.0.1", 0, wsgi, threaded=True, request_handler=_QuietHandler)
    running.append(LocalAws(f"http://127.0.0.1:{server.port}", app))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield running[0]
    server.shutdown()
    control.close()
    app.close()
