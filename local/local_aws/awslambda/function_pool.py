"""The processes of one function: warm ones first, new ones as long as there is room, waiting after that."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local_aws.awslambda.execution_environment import Environment
from local_aws.awslambda.model import Function, ThrottledError


class FunctionPool:
    """Hands out environments of one function, all its versions together, as reserved concurrency counts them."""

    def __init__(self, start: Callable[[Function], Environment], capacity: int) -> None:
        """Make an empty pool.

        Args:
            start: starts an environment.
            capacity: most processes at a time; further calls wait, for this machine is not a region.
        """
        self._start = start
        self._capacity = capacity
        self._changed = threading.Condition()
        self._idle: list[Environment] = []
        self._busy: list[Environment] = []
        self._starting = 0
        self._in_flight = 0
        self._closed = False

    @contextmanager
    def environment(self, function: Function) -> Iterator[Environment]:
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

    def snapshot(self) -> list[tuple[Environment, bool]]:
        """Every environment, and whether it is busy."""
        with self._changed:
            return [(item, True) for item in self._busy] + [(item, False) for item in self._idle]

    def stop(self, *, keep: Callable[[Environment], bool] = lambda environment: False) -> int:
        """Stop every environment for which `keep` is false, busy or not; returns how many."""
        doomed = [environment for environment, _ in self.snapshot() if not keep(environment)]
        for environment in doomed:
            self._forget(environment)
            environment.stop()
        return len(doomed)

    def close(self) -> None:
        """Stop everything and lend nothing more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.stop()

    def reap(self, idle_seconds: float) -> None:
        """Stop environments that have waited for work too long, or that died meanwhile."""
        oldest = time.monotonic() - idle_seconds
        with self._changed:
            doomed = [item for item in self._idle if item.idle_since < oldest or not item.alive]
            self._idle = [item for item in self._idle if item not in doomed]
        for environment in doomed:
            environment.stop()

    def _enter(self, function: Function) -> None:
        with self._changed:
            limit = function.reserved_concurrency
            if limit is not None and self._in_flight >= limit:
                raise ThrottledError(function.name)
            self._in_flight += 1

    def _acquire(self, function: Function) -> Environment:
        stale: list[Environment] = []
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

    def _pop_idle(self, function: Function, stale: list[Environment]) -> Environment | None:
        """Take the most recently used environment that fits; collect those that the version has outgrown."""
        for environment in reversed(self._idle):
            if environment.function.version != function.version:
                continue
            self._idle.remove(environment)
            if environment.alive and environment.function.fingerprint == function.fingerprint:
                return environment
            stale.append(environment)
            return self._pop_idle(function, stale)
        return None

    def _start_new(self, function: Function) -> Environment:
        try:
            environment = self._start(function)
        finally:
            with self._changed:
                self._starting -= 1
                self._changed.notify()
        with self._changed:
            self._busy.append(environment)
        return environment

    def _release(self, environment: Environment) -> None:
        with self._changed:
            if environment in self._busy:
                self._busy.remove(environment)
                if environment.alive and not self._closed:
                    self._idle.append(environment)
            self._changed.notify()

    def _forget(self, environment: Environment) -> None:
        with self._changed:
            for group in (self._idle, self._busy):
                if environment in group:
                    group.remove(environment)
            self._changed.notify()
