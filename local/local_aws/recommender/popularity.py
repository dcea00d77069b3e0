"""The popularity of items among all users: over all time, and recently. A recent period is a number of events."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

WINDOWS = (0.5, 2.0, 8.0)  # events for each item of the catalogue
MINIMUM_WINDOW = 200
TREND_SMOOTHING = 1.0
SHARE_SMOOTHING = 0.3
MAX_CHECKPOINTS = 256
FEATURES_WITHOUT_EVENTS = np.array([np.log(SHARE_SMOOTHING), 0.0] * len(WINDOWS), np.float32)
"""The `recent_features` of an item without any event."""


@dataclass(frozen=True)
class Popularity:
    """The training events in order of time: `items` (events,) positions, `times` (events,) epoch seconds.

    `size` is the number of items that have events.
    """

    items: NDArray[np.int32]
    times: NDArray[np.float64]
    size: int

    @classmethod
    def from_events(cls, items: NDArray[np.int32], times: NDArray[np.float64], size: int) -> "Popularity":
        """Sort events that come in any order."""
        order = np.argsort(times, kind="stable")
        return cls(items[order], times[order], size)

    def counts(self) -> NDArray[np.float32]:
        """Return the (size,) number of events of each item."""
        return np.bincount(self.items, minlength=self.size).astype(np.float32)

    def first_event_times(self) -> NDArray[np.float64]:
        """Return the (size,) time of the first event of each item."""
        first = np.full(self.size, np.inf)
        np.minimum.at(first, self.items, self.times)
        return first

    def events_before(self, query_time: float) -> int:
        """Return the number of events before a time."""
        return int(np.searchsorted(self.times, query_time))

    def recent_features(self, query_time: float, counts: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (2 * windows, size) features of the last events before `query_time`.

        For each window they are the log of the item's share of these events, and the log of the ratio between that
        share and its share of all events. Only earlier events are read, as at serving time.
        """
        end = self.events_before(query_time)
        shares = counts / max(len(self.items), 1)
        counts_until_end = self._counts_before(end)
        rows = []
        for window in WINDOWS:
            length = min(max(int(window * self.size), MINIMUM_WINDOW), end)
            recent = counts_until_end - self._counts_before(end - length)
            rows.append(np.log(recent * (self.size / max(length, 1)) + SHARE_SMOOTHING))
            rows.append(np.log((recent + TREND_SMOOTHING) / (length * shares + TREND_SMOOTHING)))
        return np.array(rows, dtype=np.float32)

    def _counts_before(self, end: int) -> NDArray[np.float32]:
        """Return the (size,) number of events of each item among the first `end` events."""
        checkpoint = end // self._stride
        rest = np.bincount(self.items[checkpoint * self._stride : end], minlength=self.size)
        counts: NDArray[np.float32] = self._checkpoints[checkpoint] + rest.astype(np.float32)
        return counts

    @cached_property
    def _stride(self) -> int:
        return max(self.size, len(self.items) // MAX_CHECKPOINTS, 1)

    @cached_property
    def _checkpoints(self) -> NDArray[np.float32]:
        """(checkpoints, size) events of each item before every `_stride`-th event."""
        starts = range(0, len(self.items), self._stride)
        rows = [np.bincount(self.items[start : start + self._stride], minlength=self.size) for start in starts]
        return np.vstack([np.zeros(self.size), np.cumsum(rows, axis=0)]).astype(np.float32)
