"""Operation name -> the function that carries it out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local_aws.personalize.service import Service

Handler = Callable[[Service, dict[str, Any]], dict[str, Any] | None]


@dataclass(frozen=True)
class Operation:
    """A working operation. `locked`: it works on resources and runs alone; the others look after themselves."""

    handler: Handler
    locked: bool = True


OPERATIONS: dict[str, Operation] = {}


def operation(name: str, *, locked: bool = True) -> Callable[[Handler], Handler]:
    """Register the function below as the operation `name` of the service model."""

    def register(handler: Handler) -> Handler:
        OPERATIONS[name] = Operation(handler, locked)
        return handler

    return register
