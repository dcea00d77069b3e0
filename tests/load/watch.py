"""Looks every second at how far the consumers are behind, and at memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.load.target import Target

_EVERY = 1.0


@dataclass(frozen=True)
class Sample:
    """One look: seconds since the start, and for each consumer records behind and age of the oldest (seconds)."""

    at: float
    behind: dict[str, int]
    age: dict[str, float]
    server: float
    functions: float
    processes: int


@dataclass
class Watch:
    """All looks so far; `stalls` is the longest time that each lane stood still with records before it."""

    target: Target
    samples: list[Sample] = field(default_factory=list)
    stalls: dict[tuple[str, str, int], float] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    _moved: dict[tuple[str, str, int], tuple[int, float]] = field(default_factory=dict)

    def behind(self) -> int:
        """Records that the slower consumer has still to do, when last looked at."""
        return max(self.samples[-1].behind.values(), default=0) if self.samples else 0

    def look(self) -> Sample:
        """Look once."""
        lanes = self.target.lanes()
        behind: dict[str, int] = {}
        age: dict[str, float] = {}
        for lane in lanes:
            self._note(lane)
            name = consumer(lane)
            behind[name] = behind.get(name, 0) + lane["behind"]
            age[name] = max(age.get(name, 0.0), lane["ageSeconds"])
        sample = Sample(time.monotonic() - self.started, behind, age, *self.target.memory())
        self.samples.append(sample)
        return sample

    def _note(self, lane: dict[str, Any]) -> None:
        key, now = (consumer(lane), lane["shardId"], lane["lane"]), time.monotonic()
        position, since = self._moved.get(key, (-1, now))
        if lane["position"] != position or not lane["behind"]:
            self._moved[key] = (lane["position"], now)
        else:
            self.stalls[key] = max(self.stalls.get(key, 0.0), now - since)


def consumer(lane: dict[str, Any]) -> str:
    """The lane's function, without the environment's prefix and the alias."""
    name = lane["function"].split(":function:")[-1].split(":")[0]
    return name.split("animal-recommender-")[-1].replace("-", "_")


@contextmanager
def watching(target: Target) -> Iterator[Watch]:
    """Look on while the block runs."""
    watch, over = Watch(target), threading.Event()
    watch.look()

    def look_on() -> None:
        while not over.wait(_EVERY):
            watch.look()

    thread = threading.Thread(target=look_on)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
