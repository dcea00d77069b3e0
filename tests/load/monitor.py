"""Sample every second how far the consumers are behind the stream, and how much memory is used."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import linear_regression
from typing import Any

from tests.load.memory import Memory
from tests.load.target import Target

_EVERY = 1.0


@dataclass(frozen=True)
class Sample:
    """One sample: seconds since the start; for each consumer the records behind and the oldest one's age (seconds).

    `sent`: records sent so far.
    """

    at: float
    sent: int
    behind: dict[str, int]
    age: dict[str, float]
    memory: Memory


@dataclass
class Monitor:
    """All samples so far; `stalls` is the longest time that each lane made no progress although it had records.

    `sent`: the records that the producer has sent; it counts them here.
    """

    target: Target
    sent: int = 0
    samples: list[Sample] = field(default_factory=list)
    stalls: dict[tuple[str, str, int], float] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    _progress: dict[tuple[str, str, int], tuple[int, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def behind(self) -> int:
        """Return the records that the slower consumer had still to process at the last sample."""
        return max(self.samples[-1].behind.values(), default=0) if self.samples else 0

    def memory_growth(self) -> float:
        """Return by how many bytes the server's memory grew with each record in the second half of the records."""
        later = [sample for sample in self.samples if sample.sent >= self.sent / 2]
        if len({sample.sent for sample in later}) < 2:
            return 0.0
        sent, memory = [sample.sent for sample in later], [sample.memory.server for sample in later]
        return linear_regression(sent, memory).slope * 1024 * 1024

    def sample(self) -> Sample:
        """Take one sample. Two threads may call this: the monitor's own, and the test that waits for the end."""
        with self._lock:
            return self._sample()

    def _sample(self) -> Sample:
        lanes = self.target.lanes()
        behind: dict[str, int] = {}
        age: dict[str, float] = {}
        for lane in lanes:
            self._record_progress(lane)
            name = consumer(lane)
            behind[name] = behind.get(name, 0) + lane["behind"]
            age[name] = max(age.get(name, 0.0), lane["ageSeconds"])
        sample = Sample(time.monotonic() - self.started, self.sent, behind, age, self.target.memory())
        self.samples.append(sample)
        return sample

    def _record_progress(self, lane: dict[str, Any]) -> None:
        key, now = (consumer(lane), lane["shardId"], lane["lane"]), time.monotonic()
        position, since = self._progress.get(key, (-1, now))
        if lane["position"] != position or not lane["behind"]:
            self._progress[key] = (lane["position"], now)
        else:
            self.stalls[key] = max(self.stalls.get(key, 0.0), now - since)


def consumer(lane: dict[str, Any]) -> str:
    """Return the lane's function, without the environment's prefix and the alias."""
    name = lane["function"].split(":function:")[-1].split(":")[0]
    return name.split("animal-recommender-")[-1].replace("-", "_")


@contextmanager
def monitoring(target: Target) -> Iterator[Monitor]:
    """Take a sample every second while the block runs."""
    monitor, over = Monitor(target), threading.Event()
    monitor.sample()

    def take_samples() -> None:
        while not over.wait(_EVERY):
            monitor.sample()

    thread = threading.Thread(target=take_samples)
    thread.start()
    try:
        yield monitor
    finally:
        over.set()
        thread.join()


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that a `share` of the values do not exceed; 0 if there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
