"""The processes of one function: an idle one first, a new one while there is room, otherwise the call waits."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local_aws.awslambda.execution_environment import ExecutionEnvironment
from local_aws.awslambda.model import Function, ThrottledError


class FunctionPool:
    """The environments of one function, of all its versions together, as reserved concurrency counts them."""

    def __init__(self, start: Callable[[Function], ExecutionEnvironment], capacity: int) -> None:
        """Make an empty pool.

        Args:
            start: starts an environment.
            capacity: maximum number of processes; more calls wait, because one machine is not a region.
        """
        self._start = start
        self._capacity = capacity
        self._changed = threading.Condition()
        self._idle: list[ExecutionEnvironment] = []
        self._busy: list[ExecutionEnvironment] = []
        self._starting = 0
        self._in_flight = 0
        self._closed = False

    @contextmanager
    def lend(self, function: Function) -> Iterator[ExecutionEnvironment]:
        """Lend an environment for one invocation.

        Raises:
            ThrottledError: reserved concurrency is used up.
        """
        self._enter(function)
        try:
            environment = self._acquire(function)
            try:
                yield environment
            finally:
                self._release(environment)
        finally:
            with self._changed:
                self._in_flight -= 1

    def snapshot(self) -> list[tuple[ExecutionEnvironment, bool]]:
        """Return every environment, and whether it is busy."""
        with self._changed:
            return [(item, True) for item in self._busy] + [(item, False) for item in self._idle]

    def stop(self, *, keep: Callable[[ExecutionEnvironment], bool] = lambda environment: False) -> int:
        """Stop every environment for which `keep` is false, busy or not, and return how many."""
        stopping = [environment for environment, _ in self.snapshot() if not keep(environment)]
        for environment in stopping:
            self._forget(environment)
            environment.stop()
        return len(stopping)

    def close(self) -> None:
        """Stop every environment and lend no more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.stop()

    def reap(self, idle_seconds: float) -> None:
        """Stop environments that were idle for too long, or whose process has ended."""
        oldest = time.monotonic() - idle_seconds
        with self._changed:
            stopping = [item for item in self._idle if item.idle_since < oldest or not item.alive]
            self._idle = [item for item in self._idle if item not in stopping]
        for environment in stopping:
            environment.stop()

    def _enter(self, function: Function) -> None:
        with self._changed:
            limit = function.reserved_concurrency
            if limit is not None and self._in_flight >= limit:
                raise ThrottledError(function.name)
            self._in_flight += 1

    def _acquire(self, function: Function) -> ExecutionEnvironment:
        stale: list[ExecutionEnvironment] = []
        with self._changed:
            while True:
                if self._closed:
                    raise ThrottledError(function.name)
                environment = self._pop_idle(function, stale)
                if environment:
                    self._busy.append(environment)
                    break
                if len(self._busy) + len(self._idle) + self._starting < self._capacity:
                    self._starting += 1
                    break
                if self._idle:
                    stale.append(self._idle.pop(0))
                    continue
                self._changed.wait()
        for retired in stale:
            retired.stop()
        return environment or self._start_new(function)

    def _pop_idle(self, function: Function, stale: list[ExecutionEnvironment]) -> ExecutionEnvironment | None:
        """Take the most recently used environment that fits; add those with an old configuration to `stale`."""
        for environment in reversed(self._idle):
            if environment.function.version != function.version:
                continue
            self._idle.remove(environment)
            if environment.alive and environment.function.fingerprint == function.fingerprint:
                return environment
            stale.append(environment)
            return self._pop_idle(function, stale)
        return None

    def _start_new(self, function: Function) -> ExecutionEnvironment:
        try:
            environment = self._start(function)
        finally:
            with self._changed:
                self._starting -= 1
                self._changed.notify()
        with self._changed:
            self._busy.append(environment)
        return environment

    def _release(self, environment: ExecutionEnvironment) -> None:
        with self._changed:
            if environment in self._busy:
                self._busy.remove(environment)
                if environment.alive and not self._closed:
                    self._idle.append(environment)
            self._changed.notify()

    def _forget(self, environment: ExecutionEnvironment) -> None:
        with self._changed:
            for group in (self._idle, self._busy):
                if environment in group:
                    group.remove(environment)
            self._changed.notify()
