"""The items with their ids, ages and categories. An item without events is represented by similar items with events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from local_aws.recommender.types import Items

COLD_ITEM_NEIGHBOURS = 20
BINS = 8
MAX_COLUMNS = 12

MetadataValue = str | float | None


@dataclass(frozen=True)
class MetadataColumn:
    """One metadata column: its categories, or the edges of the bins of its numbers, and how informative it is.

    `lift` is the log of how much more often two items of one category have the same user than by chance.
    """

    name: str
    labels: tuple[str, ...]
    edges: tuple[float, ...]
    lift: float = 0.0

    @classmethod
    def fit(cls, name: str, values: Sequence[MetadataValue]) -> "MetadataColumn":
        """Learn the categories (those of at least two items) and the bins from the values of a column."""
        numbers = [float(value) for value in values if isinstance(value, int | float) and _is_number(value)]
        edges = tuple(np.unique(np.quantile(numbers, np.arange(1, BINS) / BINS)).tolist()) if numbers else ()
        counts: dict[str, int] = {}
        for value in values:
            for label in _labels(value, edges):
                counts[label] = counts.get(label, 0) + 1
        return cls(name, tuple(sorted(label for label, count in counts.items() if count > 1)), edges)

    def encode(self, values: Sequence[MetadataValue]) -> sparse.csr_matrix:
        """Return (items, labels): the categories of each item. Each row sums to 1, or is empty."""
        index = {label: position for position, label in enumerate(self.labels)}
        found = [[index[label] for label in _labels(value, self.edges) if label in index] for value in values]
        starts = np.concatenate([[0], np.cumsum([len(row) for row in found], dtype=np.int64)])
        data = [1 / len(row) for row in found for _ in row]
        columns = np.array([position for row in found for position in row], np.int32)
        return sparse.csr_matrix((np.array(data, np.float32), columns, starts), shape=(len(found), len(self.labels)))


@dataclass(frozen=True)
class Catalogue:
    """The items in the order of the model: first the `warm` ones, which have events, then the cold ones without.

    `categories` holds a matrix (items, labels) for each of `columns`. `creation_times` (items,) are epoch seconds, NaN
    if unknown. `cold_item_neighbours` (cold items, warm items) gives the weights of the warm items that represent a
    cold one.
    """

    item_ids: tuple[str, ...]
    warm: int
    creation_times: NDArray[np.float64]
    columns: tuple[MetadataColumn, ...]
    categories: tuple[sparse.csr_matrix, ...]
    cold_item_neighbours: sparse.csr_matrix

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Position of each item id."""
        return {item: position for position, item in enumerate(self.item_ids)}

    def __len__(self) -> int:
        return len(self.item_ids)

    def extend_to_cold_items(self, warm: NDArray[np.float32], result: NDArray[np.float32]) -> NDArray[np.float32]:
        """Write the values (k, warm items) for all items into `result` (k, items), and return it.

        A cold item gets the weighted mean of its neighbours, or 0 without neighbours.
        """
        result[:, : self.warm] = warm
        if len(self) > self.warm:
            result[:, self.warm :] = (self.cold_item_neighbours @ warm.T).T
        return result

    @cached_property
    def unknown_items(self) -> NDArray[np.int64]:
        """Positions of the items that have neither events nor neighbours."""
        return self.warm + np.flatnonzero(np.diff(self.cold_item_neighbours.indptr) == 0)

    @cached_property
    def described_items(self) -> NDArray[np.int64]:
        """Positions of the items without events that have neighbours."""
        return self.warm + np.flatnonzero(np.diff(self.cold_item_neighbours.indptr))

    def with_items(self, items: Items) -> "Catalogue":
        """Return a catalogue that ends with the items that this one does not hold. They have no events."""
        new = [row for row, item in enumerate(items.item_ids) if item not in self.positions]
        new = list({items.item_ids[row]: row for row in new}.values())
        if not new:
            return self
        absent = [None] * len(items.item_ids)
        columns = [items.metadata.get(column.name, absent) for column in self.columns]
        added = [c.encode([values[row] for row in new]) for c, values in zip(self.columns, columns, strict=True)]
        pairs = zip(self.categories, added, strict=True)
        extended = replace(
            self,
            item_ids=self.item_ids + tuple(items.item_ids[row] for row in new),
            creation_times=np.concatenate([self.creation_times, _creation_times(items, new)]),
            categories=tuple(sparse.vstack(pair, format="csr") for pair in pairs),
        )
        return replace(extended, cold_item_neighbours=extended.find_cold_item_neighbours())

    def find_cold_item_neighbours(self) -> sparse.csr_matrix:
        """Return (cold items, warm items): the weights of the warm items most similar to each cold one.

        The similarity is the sum of the cosines of the items' categories in each column, times the column's lift.
        """
        cold = len(self) - self.warm
        similarity = sparse.csr_matrix((cold, self.warm), dtype=np.float32)
        for column, categories in zip(self.columns, self.categories, strict=True):
            units = _unit_rows(categories)
            similarity = similarity + column.lift * (units[self.warm :] @ units[: self.warm].T)
        similarity.sort_indices()  # so that of equal neighbours those of lower position are taken
        rows = [_nearest(similarity[[position]]) for position in range(cold)]
        starts = np.concatenate([[0], np.cumsum([len(positions) for positions, _ in rows], dtype=np.int64)])
        columns = np.concatenate([np.zeros(0, np.int32), *(positions for positions, _ in rows)]).astype(np.int32)
        data = np.concatenate([np.zeros(0, np.float32), *(weights for _, weights in rows)]).astype(np.float32)
        return sparse.csr_matrix((data, columns, starts), shape=(cold, self.warm))


def build(warm: Sequence[str], items: Items | None, cooccurrence: sparse.csr_matrix) -> Catalogue:
    """Return the catalogue of the `warm` items and of those that only `items` names.

    `cooccurrence` (warm, warm) counts the users that two items share. It decides how informative each column is.
    """
    described = items or Items([])
    columns, categories = _columns(warm, described, cooccurrence)
    known = Catalogue(
        tuple(warm),
        len(warm),
        np.array(describe(described, warm).creation_timestamps, np.float64),
        tuple(columns),
        tuple(categories),
        sparse.csr_matrix((0, len(warm)), dtype=np.float32),
    )
    return known.with_items(describe(described, sorted(described.item_ids)))


def select_informative_columns(warm: Sequence[str], items: Items, cooccurrence: sparse.csr_matrix) -> Items:
    """Return the items with only the most informative metadata columns, in the order of the columns."""
    columns, _ = _columns(warm, items, cooccurrence)
    best = sorted((column for column in columns if column.lift > 0), key=lambda column: -column.lift)[:MAX_COLUMNS]
    names = {column.name for column in best}
    metadata = {name: values for name, values in items.metadata.items() if name in names}
    return Items(items.item_ids, metadata, items.creation_timestamps)


def _columns(
    warm: Sequence[str], items: Items, cooccurrence: sparse.csr_matrix
) -> tuple[list[MetadataColumn], list[sparse.csr_matrix]]:
    """Return each metadata column, and its categories (warm items, labels)."""
    known = describe(items, warm)
    columns, categories = [], []
    for name, values in items.metadata.items():
        column = MetadataColumn.fit(name, values)
        matrix = column.encode(known.metadata[name])
        columns.append(replace(column, lift=_lift(matrix, cooccurrence)))
        categories.append(matrix)
    return columns, categories


def describe(items: Items | None, ids: Sequence[str]) -> Items:
    """Return exactly these ids, with the metadata that `items` has for them."""
    described = items or Items([])
    rows = {item: row for row, item in enumerate(described.item_ids)}
    chosen = [rows.get(item, -1) for item in ids]
    columns = described.metadata.items()
    metadata = {name: [values[row] if row >= 0 else None for row in chosen] for name, values in columns}
    return Items(ids, metadata, _creation_times(described, chosen).tolist())


def _creation_times(items: Items, rows: Sequence[int]) -> NDArray[np.float64]:
    times = items.creation_timestamps
    known = [None if times is None or row < 0 else times[row] for row in rows]
    return np.array([np.nan if time is None else time for time in known], np.float64)


def _lift(categories: sparse.csr_matrix, cooccurrence: sparse.csr_matrix) -> float:
    """Return the log of (share of co-occurrences within a category / share expected by chance), at least 0."""
    counts = cooccurrence - sparse.diags(cooccurrence.diagonal())
    weights = np.asarray(counts.sum(axis=1)).ravel()
    total = float(weights.sum())
    if not total or not categories.shape[1]:
        return 0.0
    inside = float((categories.T @ counts @ categories).diagonal().sum()) / total
    chance = float(((categories.T @ weights) ** 2).sum()) / total**2
    return max(0.0, float(np.log(inside / chance))) if inside and chance else 0.0


def _unit_rows(categories: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the rows with length 1, so that only equal sets of categories have cosine 1."""
    norms = np.sqrt(np.asarray(categories.power(2).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(norms, 1e-9).astype(np.float32)) @ categories)


def _nearest(similarity: sparse.csr_matrix) -> tuple[NDArray[np.integer], NDArray[np.float32]]:
    best = np.argsort(-similarity.data, kind="stable")[:COLD_ITEM_NEIGHBOURS]
    weights = np.exp(similarity.data[best] - (similarity.data[best[0]] if len(best) else 0.0))
    return similarity.indices[best], weights / max(float(weights.sum()), 1e-9)


def _is_number(value: MetadataValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


def _labels(value: MetadataValue, edges: tuple[float, ...]) -> list[str]:
    if isinstance(value, int | float) and _is_number(value):
        return [f"#{int(np.searchsorted(edges, value, side='right'))}"]
    return sorted(set(value.split("|"))) if isinstance(value, str) and value else []
