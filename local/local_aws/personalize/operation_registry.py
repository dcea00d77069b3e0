"""The registry of operations: the function that handles each operation name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local_aws.personalize.service import Service

Handler = Callable[[Service, dict[str, Any]], dict[str, Any] | None]


@dataclass(frozen=True)
class Operation:
    """An available operation.

    A `locked` operation reads or changes resources, and is called with the lock of the service. The others are thread
    safe without it.
    """

    handler: Handler
    locked: bool = True


OPERATIONS: dict[str, Operation] = {}


def operation(name: str, *, locked: bool = True) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler of the operation `name` of the service model."""

    def register(handler: Handler) -> Handler:
        OPERATIONS[name] = Operation(handler, locked)
        return handler

    return register
