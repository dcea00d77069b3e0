"""A clock that only a test moves, and work that runs when the clock passes the time it is due."""

import heapq
import itertools
from collections.abc import Callable

from local_aws.personalize.worker_pool import WorkerPool


class ManualClock:
    """Time that passes only in `sleep`, which runs the work that becomes due.

    The work runs in the thread that calls `sleep`, in the order in which it is due, so tests repeat exactly.
    """

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now
        self.pauses: list[float] = []
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def __call__(self) -> float:
        """Return the time in epoch seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move the clock on, run what is due by then, and note the pause."""
        self.pauses.append(seconds)
        end = self.now + seconds
        while self._due and self._due[0][0] <= end:
            due, _, task = heapq.heappop(self._due)
            self.now = max(self.now, due)
            task()
        self.now = end

    def call_later(self, delay: float, task: Callable[[], None]) -> None:
        """Run `task` when the clock is `delay` seconds on."""
        heapq.heappush(self._due, (self.now + delay, next(self._order), task))

    def workers(self, count: int) -> "ManualWorkers":
        """Make a queue that is moved by this clock; its work is never done at the same time, whatever `count` is."""
        return ManualWorkers(self)


class ManualWorkers(WorkerPool):
    """Work that a ManualClock runs, instead of threads. A fault that holds a training would block the test for ever."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(0)
        self._clock = clock

    def submit(self, task: Callable[[], None], delay: float = 0.0) -> None:
        """Run `task` once, when the clock is `delay` seconds on."""
        self._clock.call_later(delay, task)
