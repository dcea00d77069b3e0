"""Refusals of requests, each with the HTTP status and the document of its response."""

from collections.abc import Sequence
from typing import Any

from animal_recommender.validation import FieldError


class RequestError(Exception):
    """A request that is refused: the HTTP status, the document of the response, and its further headers."""

    def __init__(self, status: int, document: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(document["message"])
        self.status = status
        self.document = document
        self.headers = headers or {}


class UnauthorizedError(RequestError):
    """It is not known who asks: 401, with a reason that has nothing of the request."""

    def __init__(self, reason: str) -> None:
        # https://www.rfc-editor.org/rfc/rfc6750#section-3
        super().__init__(401, {"message": f"Unauthorized: {reason}"}, {"WWW-Authenticate": "Bearer"})


class ForbiddenError(RequestError):
    """The request asks for something of another visitor: 403, with the fields that do."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(403, {"message": "Forbidden", "errors": [error.as_dict() for error in errors]})


class ConflictError(RequestError):
    """What the request names is in a state in which it cannot be done: 409, with the fields that name it."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(409, {"message": "Conflict", "errors": [error.as_dict() for error in errors]})
