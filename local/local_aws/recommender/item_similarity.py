"""Item-to-item models, each computed in closed form from the training sequences.

`ease`: EASE^R (Steck 2019), a ridge regression of each item on the other items of the same users, with zero diagonal.
`sequential_regression`: a ridge regression of the near future on the decayed past, the transition part of SLIST (Choi
et al. 2021).
`transition_probabilities` and `cosine_similarity`: counts of what follows an item and of what has the same users.
For a large catalogue `local_regression` takes the place of both regressions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

from local_aws.recommender.sequences import Sequences
from local_aws.recommender.sparse_products import strongest

NEIGHBOURS = 200
MAX_DENSE_STORAGE_ITEMS = 2500
MAX_DOUBLE_PRECISION_ITEMS = 3000
PAST_WINDOW = 8
FUTURE_WINDOW = 4

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class SimilarityMatrix:
    """Weights from an item (row) to an item (column): a dense array or, for many items, the strongest ones as CSR."""

    weights: Matrix | sparse.csr_matrix

    @classmethod
    def of(cls, weights: Matrix | sparse.csr_matrix) -> "SimilarityMatrix":
        """Keep all weights of a small catalogue, and of a large one the strongest NEIGHBOURS of each item."""
        if weights.shape[0] <= MAX_DENSE_STORAGE_ITEMS:
            return cls(weights if isinstance(weights, np.ndarray) else weights.toarray())
        rows = sparse.csr_matrix(weights)
        return cls(strongest(rows, NEIGHBOURS, np.abs(rows.data)))

    def rows(self, items: NDArray[np.int64]) -> "Matrix | SparseRows":
        """Return (n, size): the weights from each of the `items` (n,)."""
        if isinstance(self.weights, np.ndarray):
            return cast(Matrix, self.weights[items])
        return SparseRows.of(self.weights, items)


class SparseRows(NamedTuple):
    """Some rows of a sparse matrix, one after the other: `columns` and `data` (entries,), and `lengths` (n,)."""

    columns: NDArray[np.integer]
    data: Matrix
    lengths: NDArray[np.integer]

    @classmethod
    def of(cls, matrix: sparse.csr_matrix, rows: NDArray[np.int64]) -> "SparseRows":
        """Return the `rows` (n,). The matrix's own indexing takes four times as long for a few rows."""
        starts = matrix.indptr[rows]
        lengths = matrix.indptr[rows + 1] - starts
        entries = np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
        return cls(matrix.indices[entries], matrix.data[entries], lengths)


def sum_similarities(
    parts: Sequence[tuple[Matrix | SparseRows, Matrix]], size: int
) -> tuple[NDArray[np.int64], Matrix]:
    """Return the columns (c,), in ascending order, that hold a weight, and the weighted sums of the rows (sums, c).

    Each part is some rows (n, size) of a similarity matrix, and weights (k, n) for them, which give k of the sums.
    """
    mask, places = np.zeros(size, bool), np.empty(size, np.int32)
    for rows, _ in parts:
        mask[slice(None) if isinstance(rows, np.ndarray) else rows.columns] = True
    columns = np.flatnonzero(mask)
    places[columns] = np.arange(len(columns))
    sums = np.zeros((sum(len(weights) for _, weights in parts), len(columns)), np.float32)
    done = 0
    for rows, weights in parts:
        result = sums[done : done + len(weights)]
        done += len(weights)
        if isinstance(rows, np.ndarray):
            np.matmul(weights, rows, out=result)
        else:
            held, owners = places[rows.columns], np.repeat(np.arange(len(rows.lengths)), rows.lengths)
            for row, of_rows in zip(result, weights, strict=True):
                row[:] = np.bincount(held, of_rows[owners] * rows.data, len(columns))
    return columns, sums


def user_item_matrix(sequences: Sequences, items: int, damping: float) -> sparse.csr_matrix:
    """Return (users, items): 1 / (number of the user's items) ** `damping` for each item of the user, else 0."""
    ones = np.ones(len(sequences.items), np.float32)
    matrix = sparse.csr_matrix((ones, (sequences.users, sequences.items)), shape=(len(sequences.starts) - 1, items))
    matrix.sum_duplicates()
    lengths = np.diff(matrix.indptr)
    matrix.data = np.repeat(np.maximum(lengths, 1) ** -damping, lengths).astype(np.float32)
    return matrix


def ease(gram: Matrix, ridge: float) -> Matrix:
    """Return the coefficients of EASE^R for the `gram` matrix (n, n). `ridge` is in units of its mean diagonal."""
    inverse = _inverse(gram, ridge * float(np.diag(gram).mean()))
    inverse /= -np.diag(inverse).copy()
    np.fill_diagonal(inverse, 0.0)
    return inverse


def sequential_regression(past: sparse.csr_matrix, future: sparse.csr_matrix, ridge: float) -> Matrix:
    """Return the coefficients (n, n) of a ridge regression of the future on the past, both (events, n)."""
    gram = (past.T @ past).toarray()
    lower = _cholesky(gram, ridge * float(np.diag(gram).mean()))
    solve = lapack.dpotrs if lower.dtype == np.float64 else lapack.spotrs
    products = (past.T @ future).toarray().astype(lower.dtype, order="F")
    coefficients = np.ascontiguousarray(solve(lower, products, lower=1, overwrite_b=1)[0], dtype=np.float32)
    np.fill_diagonal(coefficients, 0.0)
    return coefficients


def transition_probabilities(
    past: sparse.csr_matrix, present: sparse.csr_matrix, shrinkage: float = 5.0
) -> sparse.csr_matrix:
    """Return the share of each item among the events after an item. `shrinkage` is added to each denominator."""
    counts = without_diagonal(sparse.csr_matrix(past.T @ present))
    totals = np.asarray(counts.sum(axis=1)).ravel()
    counts.data /= np.repeat(totals + shrinkage, np.diff(counts.indptr)).astype(np.float32)
    return counts


def cosine_similarity(cooccurrence: sparse.csr_matrix, shrinkage: float = 5.0) -> sparse.csr_matrix:
    """Return the cosine of the items' users. `shrinkage` is added to each denominator."""
    norms = np.sqrt(cooccurrence.diagonal()).astype(np.float32)
    result = without_diagonal(cooccurrence)
    rows = np.repeat(np.arange(len(norms)), np.diff(result.indptr))
    result.data /= norms[rows] * norms[result.indices] + shrinkage
    return result


def without_diagonal(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return a copy with a zero diagonal."""
    result = sparse.csr_matrix(matrix, copy=True)
    result.setdiag(0)
    result.eliminate_zeros()
    return result


def decayed_neighbours(
    sequences: Sequences, items: int, decay: float, events: NDArray[np.int64], *, forward: bool = False
) -> sparse.csr_matrix:
    """Return (events, items): the items before each of the `events`, with weights that decay by `decay` for each step.

    With `forward` it is the item of the event and the items after it.
    """
    users, parts = sequences.users, []
    for gap in range(0 if forward else 1, (FUTURE_WINDOW if forward else PAST_WINDOW) + 1):
        near = events + gap if forward else events - gap
        inside = np.flatnonzero((near >= 0) & (near < len(users)))
        rows = inside[users[near[inside]] == users[events[inside]]]
        parts.append((rows, near[rows], np.full(len(rows), decay ** (gap if forward else gap - 1), np.float32)))
    rows, near, data = (np.concatenate([part[side] for part in parts]) for side in range(3))
    return sparse.csr_matrix((data, (rows, sequences.items[near])), shape=(len(events), items))


def one_hot(sequences: Sequences, items: int, events: NDArray[np.int64]) -> sparse.csr_matrix:
    """Return (events, items): 1 at the item of each of the `events`."""
    count = len(events)
    data = (np.ones(count, np.float32), sequences.items[events], np.arange(count + 1))
    return sparse.csr_matrix(data, shape=(count, items))


def drop_consecutive_repeats(sequences: Sequences) -> Sequences:
    """Return the sequences without the events that have the same item as the event before them."""
    users = sequences.users
    keep = np.ones(len(users), bool)
    keep[1:] = (sequences.items[1:] != sequences.items[:-1]) | (users[1:] != users[:-1])
    return sequences.select_events(keep)


def _cholesky(gram: Matrix, ridge: float) -> NDArray[np.floating]:
    """Return the lower Cholesky factor of `gram` + `ridge` I, in double precision where that is cheap.

    Raises:
        LinAlgError: The matrix is not positive definite.
    """
    precision = np.float64 if len(gram) <= MAX_DOUBLE_PRECISION_ITEMS else np.float32
    work: NDArray[np.floating] = gram.astype(precision, order="F")
    work[np.diag_indices_from(work)] += ridge
    factorise = lapack.dpotrf if work.dtype == np.float64 else lapack.spotrf
    lower, failed = factorise(work, lower=1, overwrite_a=1, clean=1)
    if failed:
        raise np.linalg.LinAlgError("the items' Gram matrix is not positive definite")
    return cast(NDArray[np.floating], lower)


def _inverse(gram: Matrix, ridge: float) -> Matrix:
    """Return the inverse of `gram` + `ridge` I."""
    lower = _cholesky(gram, ridge)
    invert = lapack.dpotri if lower.dtype == np.float64 else lapack.spotri
    result, _ = invert(lower, lower=1, overwrite_c=1)
    diagonal = np.diag(result).copy()
    result += result.T
    result[np.diag_indices_from(result)] = diagonal
    return np.ascontiguousarray(result, dtype=np.float32)
