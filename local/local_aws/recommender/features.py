"""What speaks for each item, given one history: the rows that the choice model weighs against each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from local_aws.recommender.catalogue import Catalogue
from local_aws.recommender.item_similarity import Graph
from local_aws.recommender.popularity import WINDOWS, Popularity
from local_aws.recommender.user_history import Past

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
        views = [f"{name} {view:g}" for name in self.graphs for view in VIEWS[name]]
        traits = [f"{column.name} {view:g}" for column in self.catalogue.columns for view in TRAIT_VIEWS]
        return [*POPULAR, *(f"{view} log" for view in views), *traits, *views, *SEEN]

    @cached_property
    def orders(self) -> int:
        """How many of the first rows of `general` order the items each in its own way (the others repeat an order)."""
        return len(POPULAR) + self._views + len(TRAIT_VIEWS) * len(self.catalogue.columns)

    def general(self, past: Past) -> Matrix:
        """(signals, items): what speaks for any item."""
        result = np.empty((self.orders + self._views, len(self.catalogue)), np.float32)
        self.catalogue.spread(self._popular(past.moment), result[: len(POPULAR)])
        logs, raws = result[len(POPULAR) : len(POPULAR) + self._views], result[self.orders :]
        self._graphs(past, raws)
        peaks = np.maximum(raws.max(axis=1, keepdims=True), 1e-9)
        np.log(np.maximum(raws, 0) / peaks + FAINT, out=logs)
        if self.catalogue.columns:
            result[len(POPULAR) + self._views : self.orders] = self._traits(past)
        return result

    def popular(self, moment: float) -> Matrix:
        """(popularity signals, items): those of `general` that need no history."""
        result = np.empty((len(POPULAR), len(self.catalogue)), np.float32)
        return self.catalogue.spread(self._popular(moment), result)

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
        rows = np.vstack([self._fame, unborn, lately])
        if not self.trendy:
            rows[1:] = 0
        return rows

    @cached_property
    def _fame(self) -> Matrix:
        return np.log1p(self.counts)

    def _inputs(self, past: Past, weights: Matrix) -> tuple[NDArray[np.int64], Matrix]:
        """Warm items and their weights (k, items): an item without events passes its weight to its kin."""
        cold = past.items >= self.catalogue.warm
        if not cold.any():
            return past.items, weights
        kin = self.catalogue.blends[past.items[cold] - self.catalogue.warm].tocoo()
        shares = weights[:, cold][:, kin.row] * kin.data
        return np.concatenate([past.items[~cold], kin.col]), np.hstack([weights[:, ~cold], shares])

    @cached_property
    def _views(self) -> int:
        return sum(len(VIEWS[name]) for name in self.graphs)

    def _graphs(self, past: Past, result: Matrix) -> None:
        start = 0
        for name, graph in self.graphs.items():
            items, shares = self._inputs(past, np.stack([past.fading(view) for view in VIEWS[name]]))
            self.catalogue.spread(graph.scores(items, shares), result[start : start + len(shares)])
            start += len(shares)

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
