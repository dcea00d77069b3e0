"""What speaks for each item, given one history: the rows that the choice model weighs against each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from local.recommender.catalogue import Catalogue
from local.recommender.graphs import Graph
from local.recommender.past import Past
from local.recommender.popularity import WINDOWS, Popularity

Matrix = NDArray[np.float32]

ALL = 1e9
VIEWS = {"taste": (ALL, 10.0, 2.0), "soon": (4.0, 1.0), "next": (2.0, 0.3), "similar": (ALL, 3.0)}
TRAIT_VIEWS = (ALL, 2.0)
TRAIT_DOUBT = 2.0
FAINT = 0.01
POPULAR = ("popularity", "unborn", *(f"{kind} {window:g}" for window in WINDOWS for kind in ("lately", "trend")))
SEEN = ("seen", "last", "lately", "rank", "often", "strongly", "returns", "ago")


@dataclass(frozen=True)
class Knowledge:
    """Everything that the training learned before the signals are weighed.

    `returns` (warm items,) is the log-odds that people come back to an item; `trendy` False leaves out what is
    wanted lately.
    """

    catalogue: Catalogue
    graphs: Mapping[str, Graph]
    popularity: Popularity
    returns: Matrix
    trendy: bool = True

    @cached_property
    def counts(self) -> Matrix:
        """(warm items,) events of each."""
        return self.popularity.counts()

    @cached_property
    def births(self) -> NDArray[np.float64]:
        """(warm items,) time of the first event."""
        return self.popularity.births()

    def names(self) -> list[str]:
        """The names of the rows of `general`, then of `seen`."""
        graphs = [f"{name} {view:g} {kind}" for name in self.graphs for view in VIEWS[name] for kind in ("raw", "log")]
        traits = [f"{column.name} {view:g}" for column in self.catalogue.columns for view in TRAIT_VIEWS]
        return [*POPULAR, *graphs, *traits, *SEEN]

    def general(self, past: Past) -> Matrix:
        """(signals, items): what speaks for any item."""
        warm = np.vstack([self._popular(past.moment), self._graphs(past)])
        spread = self.catalogue.spread(warm)
        return np.vstack([spread, self._traits(past)]) if self.catalogue.columns else spread

    def popular(self, moment: float) -> Matrix:
        """(popularity signals, items): those of `general` that need no history."""
        return self.catalogue.spread(self._popular(moment))

    def seen(self, past: Past) -> Matrix:
        """(signals, items of the past): what speaks for coming back to each of them."""
        warm = past.items < self.catalogue.warm
        returns = np.where(warm, self.returns[np.where(warm, past.items, 0)], 0.0)
        rows = [
            np.ones(len(past)),
            past.ranks == 0,
            np.exp2(-past.ranks / 6),
            np.log1p(past.ranks),
            np.log(past.counts),
            np.log(np.maximum(past.strengths, 1e-3)),
            returns,
            np.log1p(past.ages / 3600),
        ]
        return np.array(rows, dtype=np.float32)

    def _popular(self, moment: float) -> Matrix:
        lately = self.popularity.lately(moment, self.counts)
        unborn = (self.births >= moment).astype(np.float32)
        rows = np.vstack([np.log1p(self.counts), unborn, lately])
        if not self.trendy:
            rows[1:] = 0
        return rows

    def _inputs(self, past: Past, weights: Matrix) -> tuple[NDArray[np.int64], Matrix]:
        """Warm items and their weights (k, items): an item without events passes its weight to its kin."""
        cold = past.items >= self.catalogue.warm
        if not cold.any():
            return past.items, weights
        kin = self.catalogue.blends[past.items[cold] - self.catalogue.warm].tocoo()
        shares = weights[:, cold][:, kin.row] * kin.data
        return np.concatenate([past.items[~cold], kin.col]), np.hstack([weights[:, ~cold], shares])

    def _graphs(self, past: Past) -> Matrix:
        rows = []
        for name, graph in self.graphs.items():
            items, shares = self._inputs(past, np.stack([past.fading(view) for view in VIEWS[name]]))
            scores = graph.scores(items, shares)
            peaks = np.maximum(scores.max(axis=1, keepdims=True), 1e-9)
            logs = np.log(np.maximum(scores, 0) / peaks + FAINT)
            rows.append(np.stack([scores, logs], axis=1).reshape(-1, scores.shape[1]))
        return np.vstack(rows)

    def _traits(self, past: Past) -> Matrix:
        """(trait columns * views, items): how much more than everybody this history likes each item's categories."""
        traits, usual = self._all_traits
        weights = np.stack([past.fading(view) for view in TRAIT_VIEWS])
        met = (traits[past.items].T @ weights.T).T
        doubted = weights.sum(axis=1, keepdims=True) + TRAIT_DOUBT
        liking = np.log((met + TRAIT_DOUBT * usual) / (doubted * usual))
        blocks = self._column_of_label[:, None, :] * liking
        return np.asarray(traits @ blocks.reshape(-1, blocks.shape[2]).T, np.float32).T

    @cached_property
    def _all_traits(self) -> tuple[sparse.csr_matrix, Matrix]:
        """(items, labels of all columns) and (labels,) the share of each category in all events."""
        met = [traits[: self.catalogue.warm].T @ self.counts + 1.0 for traits in self.catalogue.traits]
        usual = np.concatenate([row / row.sum() for row in met]).astype(np.float32)
        return sparse.csr_matrix(sparse.hstack(self.catalogue.traits)), usual

    @cached_property
    def _column_of_label(self) -> Matrix:
        """(trait columns, labels of all columns): 1 where the label is of the column."""
        sizes = [traits.shape[1] for traits in self.catalogue.traits]
        return np.repeat(np.eye(len(sizes), dtype=np.float32), sizes, axis=1)
