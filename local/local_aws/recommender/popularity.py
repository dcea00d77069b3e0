"""How much an item is wanted by everybody: over all time, and lately, where 'lately' is a number of events."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

WINDOWS = (0.5, 2.0, 8.0)  # events for each item of the catalogue
SMALLEST_WINDOW = 200
DOUBT = 1.0
FAINT = 0.3
MOST_MARKS = 256


@dataclass(frozen=True)
class Popularity:
    """The training events in the order of time: `items` (events,) positions, `times` (events,) epoch seconds.

    `size` is the number of items that have events.
    """

    items: NDArray[np.int32]
    times: NDArray[np.float64]
    size: int

    @classmethod
    def of(cls, items: NDArray[np.int32], times: NDArray[np.float64], size: int) -> "Popularity":
        """From events in any order."""
        order = np.argsort(times, kind="stable")
        return cls(items[order], times[order], size)

    def counts(self) -> NDArray[np.float32]:
        """(size,) events of each item."""
        return np.bincount(self.items, minlength=self.size).astype(np.float32)

    def births(self) -> NDArray[np.float64]:
        """(size,) time of each item's first event."""
        first = np.full(self.size, np.inf)
        np.minimum.at(first, self.items, self.times)
        return first

    def lately(self, moment: float, counts: NDArray[np.float32]) -> NDArray[np.float32]:
        """(2 * windows, size): log of an item's share of the last events before `moment`; and of that to its usual one.

        Only events before the moment are read, as at serving time.
        """
        end = int(np.searchsorted(self.times, moment))
        shares = counts / max(len(self.items), 1)
        until_end = self._until(end)
        rows = []
        for window in WINDOWS:
            length = min(max(int(window * self.size), SMALLEST_WINDOW), end)
            met = until_end - self._until(end - length)
            rows.append(np.log(met * (self.size / max(length, 1)) + FAINT))
            rows.append(np.log((met + DOUBT) / (length * shares + DOUBT)))
        return np.array(rows, dtype=np.float32)

    def _until(self, end: int) -> NDArray[np.float32]:
        """(size,) events of each item among the first `end`."""
        mark = end // self._stride
        rest = np.bincount(self.items[mark * self._stride : end], minlength=self.size)
        return self._marks[mark] + rest.astype(np.float32)

    @cached_property
    def _stride(self) -> int:
        return max(self.size, len(self.items) // MOST_MARKS, 1)

    @cached_property
    def _marks(self) -> NDArray[np.float32]:
        """(marks, size) events of each item before every `_stride`-th event."""
        starts = range(0, len(self.items), self._stride)
        rows = [np.bincount(self.items[start : start + self._stride], minlength=self.size) for start in starts]
        return np.vstack([np.zeros(self.size), np.cumsum(rows, axis=0)]).astype(np.float32)
