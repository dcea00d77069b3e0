"""One history as the signals read it: each item once, the newest first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LONGEST = 1000


@dataclass(frozen=True)
class Past:
    """Distinct items of a history, newest first; all columns (n,).

    `ranks` 0 is the newest item, `counts` how often each was met, `strengths` its strongest event's weight,
    `ages` seconds from its newest event to the newest of all; `moment` is that newest time (epoch seconds).
    """

    items: NDArray[np.int64]
    ranks: NDArray[np.float32]
    counts: NDArray[np.float32]
    strengths: NDArray[np.float32]
    ages: NDArray[np.float32]
    moment: float

    @classmethod
    def of(
        cls,
        items: NDArray[np.integer],
        times: NDArray[np.float64],
        weights: NDArray[np.float32],
        moment: float | None = None,
    ) -> "Past":
        """From a history, newest event last; `moment` (epoch seconds) instead of the time of its newest event."""
        newest_first = np.asarray(items[::-1], np.int64)
        distinct, first, inverse, counts = np.unique(
            newest_first, return_index=True, return_inverse=True, return_counts=True
        )
        strengths = np.zeros(len(distinct), np.float32)
        np.maximum.at(strengths, inverse, weights[::-1])
        order = np.argsort(first)[:LONGEST]
        end = float(times[-1]) if len(times) else 0.0
        return cls(
            distinct[order],
            np.arange(len(order), dtype=np.float32),
            counts[order].astype(np.float32),
            strengths[order],
            (end - times[::-1][first[order]]).astype(np.float32),
            end if moment is None else moment,
        )

    def __len__(self) -> int:
        return len(self.items)

    def fading(self, half_life: float) -> NDArray[np.float32]:
        """(n,) weight of each item: strength, halved with every `half_life` items that came after it."""
        return (self.strengths * np.exp2(-self.ranks / half_life)).astype(np.float32)
