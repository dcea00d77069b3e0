"""Retries within the time of an invocation."""

import random
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


class Deadline:
    """The time that an invocation may use for calls, `reserve` seconds before Lambda ends it.

    The reserve is for the last call and the response. It is at most a quarter of the time that remains.
    """

    def __init__(self, context: "LambdaContext", reserve: float, clock: Callable[[], float] = time.monotonic) -> None:
        remaining = context.get_remaining_time_in_millis() / 1000
        self._clock = clock
        self._end = clock() + remaining - min(reserve, remaining / 4)

    def allows(self, seconds: float) -> bool:
        """Return whether another call may start after a wait of `seconds`."""
        return self._clock() + seconds < self._end


def backoff_delays(first: float = 0.1, longest: float = 5.0) -> Iterator[float]:
    """Yield the waits between attempts in seconds, without end: doubling, with jitter so that callers spread."""
    ceiling = first
    while True:
        yield ceiling * (0.5 + random.random() / 2)
        ceiling = min(ceiling * 2, longest)
