"""How a correction takes the place of one of moto's methods."""

from collections.abc import Callable, Iterator
from functools import wraps
from types import ModuleType
from typing import Any

Correction = Callable[[], None]


def correction(function: Correction) -> Correction:
    """Mark a function that corrects moto. Its docstring gives the cause: the file of moto and what is wrong there."""
    function.is_correction = True  # type: ignore[attr-defined]
    return function


def corrections_in(module: ModuleType) -> Iterator[Correction]:
    """Yield the corrections of a module in the order of their definition."""
    yield from (member for member in vars(module).values() if getattr(member, "is_correction", False))


def wrap_method(owner: type, name: str) -> Callable[[Callable[..., Any]], None]:
    """Replace `owner.name` by the decorated function, which gets the original method first, then self and arguments."""

    def decorate(replacement: Callable[..., Any]) -> None:
        original = getattr(owner, name)

        @wraps(original)
        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            return replacement(original, self, *args, **kwargs)

        setattr(owner, name, method)

    return decorate


def set_method(owner: type) -> Callable[[Callable[..., Any]], None]:
    """Give `owner` the decorated function as a method of the same name, which moto lacks or does wrongly."""

    def decorate(method: Callable[..., Any]) -> None:
        setattr(owner, method.__name__, method)

    return decorate
