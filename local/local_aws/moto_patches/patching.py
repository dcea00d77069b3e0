"""How a correction takes the place of one of moto's methods."""

from collections.abc import Callable
from functools import wraps
from typing import Any


def around(owner: type, name: str) -> Callable[[Callable[..., Any]], None]:
    """Replace `owner.name` by the decorated function, which gets the original method first, then self and arguments."""

    def decorate(replacement: Callable[..., Any]) -> None:
        original = getattr(owner, name)

        @wraps(original)
        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            return replacement(original, self, *args, **kwargs)

        setattr(owner, name, method)

    return decorate


def added(owner: type) -> Callable[[Callable[..., Any]], None]:
    """Give `owner` the decorated function as a method of the same name, which moto lacks or does wrongly."""

    def decorate(method: Callable[..., Any]) -> None:
        setattr(owner, method.__name__, method)

    return decorate
