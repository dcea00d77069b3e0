"""The history of one user as the features read it: each item once, newest first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_ITEMS = 1000
COUNT_HALF_LIVES = (3.0, 30.0)  # in events


@dataclass(frozen=True)
class UserHistory:
    """The distinct items of a history, newest first. All columns are (n,).

    `ranks` counts from 0 for the newest item. `counts` is the number of events of each item, and `decayed_counts`
    (half-lives, n) counts an event half for every COUNT_HALF_LIVES newer ones. `strengths` is the greatest event weight
    of each item, and `ages` the seconds between the newest event of the item and the newest of all.
    `newest` (epoch seconds) is the time of the newest event, and `query_time` that for which recommendations are made.
    """

    items: NDArray[np.int64]
    ranks: NDArray[np.float32]
    counts: NDArray[np.float32]
    decayed_counts: NDArray[np.float32]
    strengths: NDArray[np.float32]
    ages: NDArray[np.float32]
    newest: float
    query_time: float

    @classmethod
    def from_events(
        cls,
        items: NDArray[np.integer],
        times: NDArray[np.float64],
        weights: NDArray[np.float32],
        query_time: float | None = None,
    ) -> "UserHistory":
        """Build a history from events, newest last. Without `query_time` it is the time of the newest event."""
        newest_first = np.asarray(items[::-1], np.int64)
        distinct, first, inverse, counts = np.unique(
            newest_first, return_index=True, return_inverse=True, return_counts=True
        )
        ages = np.arange(len(newest_first))
        decayed = [np.bincount(inverse, np.exp2(-ages / life), len(distinct)) for life in COUNT_HALF_LIVES]
        strengths = np.zeros(len(distinct), np.float32)
        np.maximum.at(strengths, inverse, weights[::-1])
        order = np.argsort(first)[:MAX_ITEMS]
        newest = float(times[-1]) if len(times) else 0.0
        return cls(
            distinct[order],
            np.arange(len(order), dtype=np.float32),
            counts[order].astype(np.float32),
            np.array(decayed, np.float32)[:, order],
            strengths[order],
            (newest - times[::-1][first[order]]).astype(np.float32),
            newest,
            newest if query_time is None else query_time,
        )

    def __len__(self) -> int:
        return len(self.items)

    @property
    def pause(self) -> float:
        """Seconds between the newest event and the query."""
        return max(0.0, self.query_time - self.newest)

    def decayed_weights(self, half_life: float) -> NDArray[np.float32]:
        """Return the (n,) weight of each item: its strength, halved for every `half_life` newer items."""
        weights: NDArray[np.float32] = (self.strengths * np.exp2(-self.ranks / half_life)).astype(np.float32)
        return weights
