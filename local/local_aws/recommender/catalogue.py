"""What is known of the items themselves: ids, ages and categories; an item without events is a blend of its kin."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from local_aws.recommender.types import Items

KIN = 20
BINS = 8
MOST_COLUMNS = 12


@dataclass(frozen=True)
class Column:
    """One metadata column: its categories, or the edges of the bins of its numbers, and how much it tells.

    `lift` is the log of how much more often two items of one category belong to one person than chance has it.
    """

    name: str
    labels: tuple[str, ...]
    edges: tuple[float, ...]
    lift: float = 0.0

    @classmethod
    def of(cls, name: str, values: Sequence[str | float | None]) -> "Column":
        """Learn categories (those of two items or more) and bins from a column's values."""
        numbers = [float(value) for value in values if _is_number(value)]
        edges = tuple(np.unique(np.quantile(numbers, np.arange(1, BINS) / BINS)).tolist()) if numbers else ()
        counts: dict[str, int] = {}
        for value in values:
            for label in _labels(value, edges):
                counts[label] = counts.get(label, 0) + 1
        return cls(name, tuple(sorted(label for label, count in counts.items() if count > 1)), edges)

    def encode(self, values: Sequence[str | float | None]) -> sparse.csr_matrix:
        """(items, labels): the categories of each item, each row summing to 1, or empty."""
        index = {label: place for place, label in enumerate(self.labels)}
        found = [[index[label] for label in _labels(value, self.edges) if label in index] for value in values]
        starts = np.concatenate([[0], np.cumsum([len(row) for row in found], dtype=np.int64)])
        data = [1 / len(row) for row in found for _ in row]
        columns = np.array([place for row in found for place in row], np.int32)
        return sparse.csr_matrix((np.array(data, np.float32), columns, starts), shape=(len(found), len(self.labels)))


@dataclass(frozen=True)
class Catalogue:
    """Items in the model's order: first the `warm` ones, which have events, then those without.

    `traits` hold a matrix (items, labels) for each of `columns`; `born` (items,) is epoch seconds, NaN if unknown;
    `blends` (cold items, warm items) say which known items stand for one without events.
    """

    item_ids: tuple[str, ...]
    warm: int
    born: NDArray[np.float64]
    columns: tuple[Column, ...]
    traits: tuple[sparse.csr_matrix, ...]
    blends: sparse.csr_matrix

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Position of each item id."""
        return {item: place for place, item in enumerate(self.item_ids)}

    def __len__(self) -> int:
        return len(self.item_ids)

    def spread(self, warm: NDArray[np.float32], result: NDArray[np.float32]) -> NDArray[np.float32]:
        """Values (k, warm items) written for all items into `result` (k, items), which is returned.

        An item without events gets the blend of its kin's, and 0 without kin.
        """
        result[:, : self.warm] = warm
        if len(self) > self.warm:
            result[:, self.warm :] = (self.blends @ warm.T).T
        return result

    @cached_property
    def alone(self) -> NDArray[np.int64]:
        """Items of which nothing is known: no events and no kin."""
        return self.warm + np.flatnonzero(np.diff(self.blends.indptr) == 0)

    def with_items(self, items: Items) -> "Catalogue":
        """The same catalogue and, behind it, those of `items` that it did not hold, without events."""
        fresh = [row for row, item in enumerate(items.item_ids) if item not in self.places]
        fresh = list({items.item_ids[row]: row for row in fresh}.values())
        if not fresh:
            return self
        absent = [None] * len(items.item_ids)
        columns = [items.metadata.get(column.name, absent) for column in self.columns]
        added = [c.encode([values[row] for row in fresh]) for c, values in zip(self.columns, columns, strict=True)]
        traits = tuple(sparse.vstack([old, new], format="csr") for old, new in zip(self.traits, added, strict=True))
        grown = replace(
            self,
            item_ids=self.item_ids + tuple(items.item_ids[row] for row in fresh),
            born=np.concatenate([self.born, _born(items, fresh)]),
            traits=traits,
        )
        return replace(grown, blends=grown.kin())

    def kin(self) -> sparse.csr_matrix:
        """(cold items, warm items): for each cold item the most alike warm ones, by the lifts of what they share."""
        cold = len(self) - self.warm
        likeness = sparse.csr_matrix((cold, self.warm), dtype=np.float32)
        for column, traits in zip(self.columns, self.traits, strict=True):
            likeness = likeness + column.lift * (traits[self.warm :] @ traits[: self.warm].T)
        rows = [_closest(likeness[[place]]) for place in range(cold)]
        starts = np.concatenate([[0], np.cumsum([len(places) for places, _ in rows], dtype=np.int64)])
        columns = np.concatenate([places for places, _ in rows] or [np.zeros(0)]).astype(np.int32)
        data = np.concatenate([shares for _, shares in rows] or [np.zeros(0)]).astype(np.float32)
        return sparse.csr_matrix((data, columns, starts), shape=(cold, self.warm))


def build(warm: Sequence[str], items: Items | None, together: sparse.csr_matrix) -> Catalogue:
    """The catalogue of the `warm` items and of those that only `items` names.

    `together` (warm, warm) counts whose people overlap; it decides which columns tell something.
    """
    given = items or Items([])
    rows = {item: row for row, item in enumerate(given.item_ids)}
    columns, traits = [], []
    for name, values in given.metadata.items():
        column = Column.of(name, values)
        matrix = column.encode([values[rows[item]] if item in rows else None for item in warm])
        columns.append(replace(column, lift=_lift(matrix, together)))
        traits.append(matrix)
    best = sorted(range(len(columns)), key=lambda place: -columns[place].lift)[:MOST_COLUMNS]
    best = sorted(place for place in best if columns[place].lift > 0)
    known = Catalogue(
        tuple(warm),
        len(warm),
        _born(given, [rows.get(item, -1) for item in warm]),
        tuple(columns[place] for place in best),
        tuple(traits[place] for place in best),
        sparse.csr_matrix((0, len(warm)), dtype=np.float32),
    )
    order = sorted(range(len(given.item_ids)), key=lambda row: given.item_ids[row])
    return known.with_items(_rows(given, order))


def among(items: Items | None, ids: Collection[str]) -> Items | None:
    """Only what `items` says about these ids."""
    return items and _rows(items, [row for row, item in enumerate(items.item_ids) if item in ids])


def _rows(items: Items, rows: Sequence[int]) -> Items:
    born = items.creation_timestamps
    metadata = {name: [values[row] for row in rows] for name, values in items.metadata.items()}
    created = None if born is None else [born[row] for row in rows]
    return Items([items.item_ids[row] for row in rows], metadata, created)


def _born(items: Items, rows: Sequence[int]) -> NDArray[np.float64]:
    times = items.creation_timestamps
    known = [None if times is None or row < 0 else times[row] for row in rows]
    return np.array([np.nan if time is None else time for time in known], np.float64)


def _lift(traits: sparse.csr_matrix, together: sparse.csr_matrix) -> float:
    """Log of (share of co-occurrences inside of a category / what chance gives), at least 0."""
    counts = together - sparse.diags(together.diagonal())
    weights = np.asarray(counts.sum(axis=1)).ravel()
    total = float(weights.sum())
    if not total or not traits.shape[1]:
        return 0.0
    inside = float((traits.T @ counts @ traits).diagonal().sum()) / total
    chance = float(((traits.T @ weights) ** 2).sum()) / total**2
    return max(0.0, float(np.log(inside / chance))) if inside and chance else 0.0


def _closest(likeness: sparse.csr_matrix) -> tuple[NDArray[np.integer], NDArray[np.float32]]:
    best = np.argsort(-likeness.data, kind="stable")[:KIN]
    shares = np.exp(likeness.data[best] - (likeness.data[best[0]] if len(best) else 0.0))
    return likeness.indices[best], shares / max(float(shares.sum()), 1e-9)


def _is_number(value: str | float | None) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value)


def _labels(value: str | float | None, edges: tuple[float, ...]) -> list[str]:
    if _is_number(value):
        return [f"#{int(np.searchsorted(edges, value, side='right'))}"]
    return sorted(set(value.split("|"))) if isinstance(value, str) and value else []
