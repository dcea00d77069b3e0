"""One endpoint for everything: starts the services and routes each request to its service."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug import Request, Response

from local_aws import registry
from local_aws.administration import PREFIX, Administration
from local_aws.http.retry import with_retry
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
        handlers, health = (service.administration for service in running), (service.health for service in running)
        self._administration = Administration(_merge(handlers), _merge(health))
        self._moto = DomainDispatcherApplication(self._moto_application)

    def close(self) -> None:
        """Stop every service, the last that was started first."""
        for service in reversed(self._services.values()):
            for part in service.parts:
                part.close()

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
        if handle := self._handler_of_host(environ.get("HTTP_HOST", "")):
            return handle(Request(environ))
        if environ["PATH_INFO"].startswith(_MOTO_ADMINISTRATION):
            return _failure(404, "NotFound", LookupError("moto's own administration is switched off; see /_local/"))
        if environ["PATH_INFO"].startswith(PREFIX):
            return self._administration.handle(Request(environ))
        scope = read_scope(environ)
        if scope is None:
            return self._moto
        actor = scope.actor
        if denial := self._authorizer.check_request(environ, actor, scope.signing_name, scope.region):
            return denial
        handler = self._signed.get(scope.signing_name)
        application = handler(SignedRequest(environ, actor, scope.region)) if handler else None
        return application or self._moto

    def _handler_of_host(self, host: str) -> RequestHandler | None:
        return next((handle for pattern, handle in self._hosts.items() if pattern.match(host)), None)

    def _moto_application(self, name: Any) -> Any:
        """Make moto's application of a service, on the first request for it."""
        service = self._services.get(name)
        if service and service.prepare_moto:
            service.prepare_moto()
        return with_retry(create_backend_app(name))


def _merge(mappings: Iterable[Mapping[Key, Value]]) -> dict[Key, Value]:
    return {key: value for mapping in mappings for key, value in mapping.items()}


def _failure(status: int, code: str, error: Exception) -> Response:
    message = f"{type(error).__name__}: {error}"
    body = json.dumps({"__type": code, "message": message, "Message": message})
    return Response(body, status, {"x-amzn-ErrorType": code}, content_type="application/json")
