"""Throttling with token buckets.

Source: "Throttle requests to your HTTP APIs for better throughput in API Gateway", developer guide.
"""

import threading
import time
from collections.abc import Callable


class TokenBuckets:
    """One bucket for each name; a new bucket is full."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, name: str, rate: float, burst: float) -> bool:
        """Take one token, and return whether there was one.

        Args:
            name: of the bucket.
            rate: new tokens per second.
            burst: capacity of the bucket.
        """
        with self._lock:
            now = self._clock()
            level, at = self._levels.get(name, (burst, now))
            level = min(burst, level + (now - at) * rate)
            taken = level >= 1
            self._levels[name] = level - taken, now
        return taken
