"""Who makes the request that is being answered, for what moto answers differently for different callers."""

from contextvars import ContextVar

from local_aws.iam.actors import Actor

_caller: ContextVar[Actor | None] = ContextVar("caller", default=None)


def set_caller(actor: Actor | None) -> None:
    """Remember who makes the request of this thread."""
    _caller.set(actor)


def get_caller() -> Actor | None:
    """Return who makes the request of this thread; None outside of requests."""
    return _caller.get()
