"""Kill a program at a chosen call of AWS, before or after the call has its effect."""

from collections.abc import Callable
from typing import Any


class Killed(BaseException):
    """The program ended here. No handler of exceptions catches it."""


class Calls:
    """Counts the calls of clients, and kills the program at one of them.

    `at` counts from 0: an even number kills before the effect of a call, an odd one after it.
    """

    def __init__(self, at: int) -> None:
        self._moment, self._at = 0, at

    def watch(self, client: Any) -> Any:
        """Return the client, with its calls counted."""
        return _Watched(client, self._tick)

    def _tick(self) -> None:
        self._moment += 1
        if self._moment == self._at + 1:
            raise Killed


class _Watched:
    def __init__(self, client: Any, tick: Callable[[], None]) -> None:
        self._client, self._tick = client, tick

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name in ("exceptions", "get_paginator"):
            return found

        def call(**parameters: Any) -> Any:
            self._tick()
            answer = found(**parameters)
            self._tick()
            return answer

        return call
