"""Requests under way: each has a token and a progress event, and is carried on in the background until it is done."""

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local_aws.cloudcontrol.handlers import NotStabilizedError, Waiting, error_code
from local_aws.faults import InjectedError
from local_aws.personalize.errors import ServiceError
from local_aws.personalize.workers import Workers

_log = logging.getLogger(__name__)
_POLL_SECONDS = 0.05
UNDER_WAY = ("PENDING", "IN_PROGRESS")


@dataclass
class ResourceRequest:
    """One request to create, update or delete a resource."""

    type_name: str
    operation: str
    status: str = "IN_PROGRESS"
    identifier: str | None = None
    error_code: str | None = None
    message: str | None = None
    token: str = field(default_factory=lambda: str(uuid.uuid4()))
    event_time: float = 0.0

    def event(self) -> dict[str, Any]:
        """The ProgressEvent that tells of it."""
        members = {
            "TypeName": self.type_name,
            "Identifier": self.identifier,
            "RequestToken": self.token,
            "Operation": self.operation,
            "OperationStatus": self.status,
            "EventTime": self.event_time,
            "StatusMessage": self.message,
            "ErrorCode": self.error_code,
        }
        return {name: value for name, value in members.items() if value is not None}


class Requests:
    """All requests by token; thread safe."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._workers = Workers(2)
        self._requests: dict[str, ResourceRequest] = {}
        self._clients: dict[str, tuple[Any, str]] = {}
        self._lock = threading.Lock()

    def start(self, request: ResourceRequest, handler: Waiting) -> ResourceRequest:
        """Begin to carry out a request."""
        request.event_time = self._clock()
        with self._lock:
            self._requests[request.token] = request
        self._workers.submit(lambda: self._go_on(request, handler))
        return request

    def get(self, token: str) -> ResourceRequest:
        """The request of that token. Raises ServiceError (RequestTokenNotFoundException)."""
        if request := self._requests.get(token):
            return request
        raise ServiceError(f"Request with token {token} was not found", code="RequestTokenNotFoundException")

    def of_client_token(self, client_token: str | None, content: Any) -> ResourceRequest | None:
        """The request that was made with this client token before, or None.

        Raises ServiceError (ClientTokenConflictException) if it asked for something else.
        """
        held_content, token = self._clients.get(client_token or "", (None, ""))
        if not token:
            return None
        if held_content != content:
            raise ServiceError("The client token was used for another request.", code="ClientTokenConflictException")
        return self._requests[token]

    def remember_client_token(self, client_token: str | None, content: Any, request: ResourceRequest) -> None:
        """Answer a repeated call with the same request."""
        if client_token:
            self._clients[client_token] = (content, request.token)

    def busy(self, identifier: str) -> bool:
        """Whether a request on that resource is under way."""
        return any(r.identifier == identifier and r.status in UNDER_WAY for r in list(self._requests.values()))

    def all(self) -> list[ResourceRequest]:
        """Every request, oldest first."""
        with self._lock:
            return list(self._requests.values())

    def cancel(self, token: str) -> ResourceRequest:
        """Stop waiting for a request; what it has done stays done. Raises ServiceError."""
        request = self.get(token)
        if request.status not in UNDER_WAY:
            raise ServiceError(f"The request {token} is {request.status}.", code="ConcurrentModificationException")
        self._end(request, "CANCEL_COMPLETE")
        return request

    def close(self) -> None:
        """Stop all background work."""
        self._workers.close()

    def _go_on(self, request: ResourceRequest, handler: Waiting) -> None:
        if request.status not in UNDER_WAY:
            return
        try:
            next(handler)
        except StopIteration:
            self._end(request, "SUCCESS")
        except (ServiceError, InjectedError, NotStabilizedError) as error:
            self._end(request, "FAILED", error_code(error), str(error))
        except Exception as error:
            _log.exception("%s of %s failed", request.operation, request.type_name)
            self._end(request, "FAILED", "InternalFailure", f"{type(error).__name__}: {error}")
        else:
            self._workers.submit(lambda: self._go_on(request, handler), _POLL_SECONDS)

    def _end(self, request: ResourceRequest, status: str, code: str | None = None, message: str | None = None) -> None:
        request.error_code, request.message = code, message
        request.event_time = self._clock()
        request.status = status
