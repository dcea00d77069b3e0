"""One endpoint for everything: starts the services and routes each request to its service."""

import json
import logging
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, TypeVar

from werkzeug import Request, Response

from local_aws import registry
from local_aws.administration import PREFIX, Administration
from local_aws.console import Console
from local_aws.http.retry import with_retry
from local_aws.http.sandbox import sandboxed
from local_aws.http.web_server import WsgiApplication
from local_aws.iam.signatures import read_scope
from local_aws.service import Context, RequestHandler, SignedRequest
from local_aws.settings import ServerSettings

_log = logging.getLogger(__name__)
# One request there would erase everything (`/moto-api/reset`).
_MOTO_ADMINISTRATION = "/moto-api"
Key = TypeVar("Key")
Value = TypeVar("Value")


class Application:
    """All services behind one endpoint; a WSGI application."""

    def __init__(self, settings: ServerSettings, endpoint: str) -> None:
        """Start every service.

        Args:
            settings: of the server.
            endpoint: URL of the server.
        """
        registry.correct_moto()
        context = Context(settings, endpoint)
        self._authorizer = context.authorizer
        self._services = registry.start(context)
        running = self._services.values()
        self._signed = _merge(service.signed for service in running)
        self._hosts = _merge(service.hosts for service in running)
        self._paths = _merge(service.paths for service in running)
        self._allow_origins = [service.allows_origin for service in running if service.allows_origin]
        self._pages = [service.pages for service in running if service.pages]
        self._console = Console(lambda path: self._administration.read(path))
        handlers = _merge(service.administration for service in running) | {"console": self._console.handle}
        self._administration = Administration(handlers, _merge(service.health for service in running))

    @cached_property
    def _moto(self) -> WsgiApplication:
        """Moto's application. It loads Flask, which a server without requests for moto does not need."""
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication

        registry.correct_moto_for("moto_server")
        application: WsgiApplication = DomainDispatcherApplication(self._moto_application)
        return application

    def close(self) -> None:
        """Stop the console, and every service, the last that was started first."""
        self._console.close()
        for service in reversed(self._services.values()):
            for part in service.parts:
                part.close()

    def allows_origin(self, environ: dict[str, Any], origin: str) -> bool:
        """Return whether pages of an origin, which is not of this machine, may send a request."""
        return any(allows(Request(environ), origin) for allows in self._allow_origins)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        try:
            return self._route(environ)(environ, start_response)
        except NotImplementedError as error:
            # 501 is not retried by the SDKs, as 500 is: Terraform would hang on an action that moto lacks.
            return _failure(501, "NotImplemented", error)(environ, start_response)
        except Exception as error:
            _log.exception("%s %s failed", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            return _failure(500, "InternalFailure", error)(environ, start_response)

    def _route(self, environ: dict[str, Any]) -> WsgiApplication:
        if handle := _first(self._hosts, re.Pattern.match, environ.get("HTTP_HOST", "")):
            return handle(Request(environ))  # not sandboxed: this host, and so this origin, has nothing else
        if handle := _first(self._paths, re.Pattern.fullmatch, environ["PATH_INFO"]):
            return sandboxed(handle(Request(environ)))
        if is_moto_administration(environ["PATH_INFO"]):
            return _failure(404, "NotFound", LookupError("moto's own administration is switched off; see /_local/"))
        if environ["PATH_INFO"].startswith(PREFIX):
            return self._administration.handle(Request(environ))
        scope = read_scope(environ)
        if scope is None:
            return self._find_page(Request(environ)) or sandboxed(self._moto)
        actor = scope.actor
        if denial := self._authorizer.check_request(environ, actor, scope.signing_name, scope.region):
            return denial
        handler = self._signed.get(scope.signing_name)
        application = handler(SignedRequest(environ, actor, scope.region)) if handler else None
        return sandboxed(application or self._moto)

    def _find_page(self, request: Request) -> Response | None:
        return next((page for find in self._pages if (page := find(request))), None)

    def _moto_application(self, name: Any) -> Any:
        """Make moto's application of a service, on the first request for it."""
        service = self._services.get(name)
        if service and service.prepare_moto:
            service.prepare_moto()
        from moto.moto_server.werkzeug_app import create_backend_app

        return with_retry(create_backend_app(name))


def is_moto_administration(path: str) -> bool:
    """Return whether a path is one of moto's own administration, in any case and also by way of `..`."""
    return posixpath.normpath("/" + path.lstrip("/")).lower().startswith(_MOTO_ADMINISTRATION)


def _first(
    handlers: Mapping[re.Pattern[str], RequestHandler], fits: Callable[[re.Pattern[str], str], Any], text: str
) -> RequestHandler | None:
    return next((handle for pattern, handle in handlers.items() if fits(pattern, text)), None)


def _merge(mappings: Iterable[Mapping[Key, Value]]) -> dict[Key, Value]:
    return {key: value for mapping in mappings for key, value in mapping.items()}


def _failure(status: int, code: str, error: Exception) -> Response:
    message = f"{type(error).__name__}: {error}"
    body = json.dumps({"__type": code, "message": message, "Message": message})
    return Response(body, status, {"x-amzn-ErrorType": code}, content_type="application/json")
