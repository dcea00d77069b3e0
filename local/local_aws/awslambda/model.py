"""The runtime's model: a function, an invocation of it, and its outcome."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class LoggingConfig:
    """A function's logging configuration: log group, format, and the levels of its lines and the platform's."""

    group: str
    format: str = "Text"
    application_level: str | None = None
    system_level: str = "INFO"


@dataclass(frozen=True)
class Function:
    """One version of a function, as it is configured now.

    Attributes:
        name: plain name, without version.
        version: `$LATEST` or a number.
        arn: unqualified ARN.
        timeout: seconds.
        memory: MB.
        code: the zip; `code_sha256` is its digest in base64.
        layers: zip and digest of each layer, in order.
        kms_key_arn: the customer managed key of the environment variables; empty without one.
        is_traced: whether its tracing is active.
        reserved_concurrency: None when nothing is reserved; 0 stops the function.
    """

    name: str
    version: str
    arn: str
    account_id: str
    region: str
    handler: str
    runtime: str
    timeout: float
    memory: int
    role: str
    environment: Mapping[str, str]
    code_sha256: str
    logging: LoggingConfig
    reserved_concurrency: int | None = None
    kms_key_arn: str = ""
    is_traced: bool = False
    code: bytes = field(default=b"", repr=False, compare=False)
    layers: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)

    @property
    def fingerprint(self) -> tuple[Any, ...]:
        """A value that is equal for two configurations if a process of one can run invocations of the other."""
        return (
            self.version,
            self.code_sha256,
            self.handler,
            self.runtime,
            self.timeout,
            self.memory,
            self.role,
            self.kms_key_arn,
            tuple(sorted(self.environment.items())),
            tuple(digest for digest, _ in self.layers),
            self.logging,
        )


@dataclass(frozen=True)
class Invocation:
    """One event for a function.

    Attributes:
        request_id: the id that the function and the caller get.
        payload: JSON text.
        invoked_arn: the ARN that the caller used, with its alias.
        trace_id: X-Ray's header.
        client_context: JSON text, base64 decoded, or None.
    """

    request_id: str
    payload: bytes
    invoked_arn: str
    trace_id: str
    client_context: str | None = None


@dataclass(frozen=True)
class Outcome:
    """The outcome of an invocation.

    Attributes:
        payload: JSON text: the handler's result or the error object.
        version: the version that ran.
        error: None, or `Unhandled` as in the header X-Amz-Function-Error.
        error_type: the error object's type, for logs and destinations.
        log: what the invocation printed, with the platform's lines.
    """

    payload: bytes
    version: str
    error: str | None = None
    error_type: str | None = None
    log: str = ""


class NotInvokedError(Exception):
    """The function did not run."""


class RoleNotAssumedError(NotInvokedError):
    """Lambda may not assume the function's role."""


class KeyDeniedError(NotInvokedError):
    """The function's role may not decrypt the environment variables. The text is the message of KMS."""


class ThrottledError(NotInvokedError):
    """The function's reserved concurrency is in use: Lambda returns TooManyRequestsException."""


def error_payload(error_type: str, message: str) -> bytes:
    """Return the error object of a failure that the function itself could not report."""
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode()
