"""Worker threads for work that must not block a response: imports, trainings, and tasks with a delay."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)


class WorkerPool:
    """Run tasks after a delay on a few threads.

    The threads are daemons, so an unfinished training does not delay the exit of the process.
    """

    def __init__(self, count: int) -> None:
        self._scheduled: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._running = 0
        self._closed = False
        self._changed = threading.Condition()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, task: Callable[[], None], delay: float = 0.0) -> None:
        """Run `task` once, `delay` seconds from now or as soon after that as a thread is free."""
        with self._changed:
            heapq.heappush(self._scheduled, (time.monotonic() + delay, next(self._order), task))
            self._changed.notify()

    def wait_idle(self, timeout: float, horizon: float = 60.0) -> bool:
        """Wait until no task runs and none is scheduled within `horizon` seconds. Return False after `timeout`."""

        def idle() -> bool:
            return not self._running and (not self._scheduled or self._scheduled[0][0] > time.monotonic() + horizon)

        with self._changed:
            return self._changed.wait_for(idle, timeout)

    def close(self) -> None:
        """Start no further task."""
        with self._changed:
            self._closed = True
            self._scheduled.clear()
            self._changed.notify_all()

    def _run(self) -> None:
        while task := self._next():
            try:
                task()
            except Exception:
                _log.exception("a background task failed")
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._closed:
                wait = self._scheduled[0][0] - time.monotonic() if self._scheduled else None
                if wait is not None and wait <= 0:
                    self._running += 1
                    return heapq.heappop(self._scheduled)[2]
                self._changed.wait(wait)
        return None
