"""The requests of Cloud Control. Each has a token and a progress event, and runs in the background until it ends."""

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local_aws.cloudcontrol.handlers import NotStabilizedError, Steps, error_code
from local_aws.faults import InjectedError
from local_aws.personalize.errors import ServiceError
from local_aws.personalize.worker_pool import WorkerPool

_log = logging.getLogger(__name__)
_POLL_SECONDS = 0.05
PENDING_STATUSES = ("PENDING", "IN_PROGRESS")


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

    @property
    def pending(self) -> bool:
        """Whether the request has not ended."""
        return self.status in PENDING_STATUSES

    def progress_event(self) -> dict[str, Any]:
        """Return the ProgressEvent of the request."""
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
    """All requests by token. Thread safe."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._workers = WorkerPool(2)
        self._requests: dict[str, ResourceRequest] = {}
        self._client_tokens: dict[str, tuple[Any, str]] = {}
        self._lock = threading.Lock()

    def start(self, request: ResourceRequest, handler: Steps) -> ResourceRequest:
        """Start to run the handler of a request in the background."""
        request.event_time = self._clock()
        with self._lock:
            self._requests[request.token] = request
        self._workers.submit(lambda: self._run_step(request, handler))
        return request

    def get(self, token: str) -> ResourceRequest:
        """Return the request with that token.

        Raises:
            ServiceError: RequestTokenNotFoundException.
        """
        if request := self._requests.get(token):
            return request
        raise ServiceError(f"Request with token {token} was not found", code="RequestTokenNotFoundException")

    def find_by_client_token(self, client_token: str | None, content: Any) -> ResourceRequest | None:
        """Return the request that an earlier call with this client token started, or None.

        Raises:
            ServiceError: ClientTokenConflictException, if the earlier call had another content.
        """
        earlier_content, token = self._client_tokens.get(client_token or "", (None, ""))
        if not token:
            return None
        if earlier_content != content:
            raise ServiceError("The client token was used for another request.", code="ClientTokenConflictException")
        return self._requests[token]

    def record_client_token(self, client_token: str | None, content: Any, request: ResourceRequest) -> None:
        """Record the client token of a call, so that a repeated call gets the same request."""
        if client_token:
            self._client_tokens[client_token] = (content, request.token)

    def has_pending(self, identifier: str) -> bool:
        """Return whether a request on that resource is pending."""
        return any(request.identifier == identifier and request.pending for request in list(self._requests.values()))

    def all(self) -> list[ResourceRequest]:
        """Return every request, oldest first."""
        with self._lock:
            return list(self._requests.values())

    def cancel(self, token: str) -> ResourceRequest:
        """Stop waiting for a request. What it has already done is not undone.

        Raises:
            ServiceError: There is no such request, or it has ended.
        """
        request = self.get(token)
        if not request.pending:
            raise ServiceError(f"The request {token} is {request.status}.", code="ConcurrentModificationException")
        self._end(request, "CANCEL_COMPLETE")
        return request

    def close(self) -> None:
        """Stop all background work."""
        self._workers.close()

    def _run_step(self, request: ResourceRequest, handler: Steps) -> None:
        if not request.pending:
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
            self._workers.submit(lambda: self._run_step(request, handler), _POLL_SECONDS)

    def _end(self, request: ResourceRequest, status: str, code: str | None = None, message: str | None = None) -> None:
        request.error_code, request.message = code, message
        request.event_time = self._clock()
        request.status = status
