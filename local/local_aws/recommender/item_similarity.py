"""Item-to-item models, each computed in closed form from the training sequences.

`ease`: EASE^R (Steck 2019), a ridge regression of each item on the other items of the same users, with zero diagonal.
`sequential_regression`: a ridge regression of the near future on the decayed past, the transition part of SLIST (Choi
et al. 2021).
`transition_probabilities` and `cosine_similarity`: counts of what follows an item and of what has the same users. They
are sparse, so they cover a catalogue of any size.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

from local_aws.recommender.sequences import Sequences

MAX_REGRESSION_ITEMS = 5000
NEIGHBOURS = 200
MAX_DENSE_STORAGE_ITEMS = 2500
MAX_DOUBLE_PRECISION_ITEMS = 3000
REGRESSION_EVENTS = 300_000
PAST_WINDOW = 8
FUTURE_WINDOW = 4

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class SimilarityMatrix:
    """Weights from an item (row) to an item (column): a dense array or, for many items, the strongest ones as CSR."""

    weights: Matrix | sparse.csr_matrix

    def scores(self, items: NDArray[np.int64], item_weights: Matrix) -> Matrix:
        """Return (k, size): the sum of the rows `items` (n,), weighted by each row of `item_weights` (k, n)."""
        if isinstance(self.weights, np.ndarray):
            return item_weights @ self.weights[items]
        rows = self.weights[items]
        products = np.repeat(item_weights, np.diff(rows.indptr), axis=1) * rows.data
        size = self.weights.shape[1]
        return np.stack([np.bincount(rows.indices, weights=row, minlength=size) for row in products]).astype(np.float32)


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
    counts = sparse.csr_matrix(past.T @ present)
    counts.setdiag(0)
    counts.eliminate_zeros()
    totals = np.asarray(counts.sum(axis=1)).ravel()
    counts.data /= np.repeat(totals + shrinkage, np.diff(counts.indptr)).astype(np.float32)
    return counts


def cosine_similarity(cooccurrence: sparse.csr_matrix, shrinkage: float = 5.0) -> sparse.csr_matrix:
    """Return the cosine of the items' users. `shrinkage` is added to each denominator."""
    norms = np.sqrt(cooccurrence.diagonal()).astype(np.float32)
    result = sparse.csr_matrix(cooccurrence, copy=True)
    result.setdiag(0)
    result.eliminate_zeros()
    rows = np.repeat(np.arange(len(norms)), np.diff(result.indptr))
    result.data /= norms[rows] * norms[result.indices] + shrinkage
    return result


def keep_strongest(weights: Matrix | sparse.csr_matrix, positions: NDArray[np.int64], items: int) -> SimilarityMatrix:
    """Return a matrix over `items` from weights among the items at `positions`.

    Beyond MAX_DENSE_STORAGE_ITEMS items only the strongest NEIGHBOURS of each item are kept.
    """
    if items <= MAX_DENSE_STORAGE_ITEMS:
        full = np.zeros((items, items), np.float32)
        full[np.ix_(positions, positions)] = weights if isinstance(weights, np.ndarray) else weights.toarray()
        return SimilarityMatrix(full)
    rows: list[NDArray[np.int64]] = [np.zeros(0, np.int64)] * items
    values: list[Matrix] = [np.zeros(0, np.float32)] * items
    for position, (columns, row) in zip(positions, _rows(weights), strict=True):
        keep = _largest(row)
        rows[position], values[position] = positions[columns[keep]], row[keep]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    data = (np.concatenate(values), np.concatenate(rows).astype(np.int32), starts)
    return SimilarityMatrix(sparse.csr_matrix(data, shape=(items, items)))


def decayed_neighbours(sequences: Sequences, items: int, decay: float, *, forward: bool = False) -> sparse.csr_matrix:
    """Return (events, items): the items before each event, with weights that decay by `decay` for each step.

    With `forward` it is the item of the event and the items after it.
    """
    count = len(sequences.items)
    users = sequences.users
    parts = [(np.arange(count), np.arange(count), 1.0)] if forward else []
    for gap in range(1, (FUTURE_WINDOW if forward else PAST_WINDOW) + 1):
        late = np.arange(gap, count)
        late = late[users[late] == users[late - gap]]
        parts.append((late - gap, late, decay**gap) if forward else (late, late - gap, decay ** (gap - 1)))
    rows, columns = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    data = np.concatenate([np.full(len(part[0]), part[2], np.float32) for part in parts])
    return sparse.csr_matrix((data, (rows, sequences.items[columns])), shape=(count, items))


def one_hot(sequences: Sequences, items: int) -> sparse.csr_matrix:
    """Return (events, items): 1 at the item of each event."""
    count = len(sequences.items)
    return sparse.csr_matrix((np.ones(count, np.float32), sequences.items, np.arange(count + 1)), shape=(count, items))


def drop_consecutive_repeats(sequences: Sequences) -> Sequences:
    """Return the sequences without the events that have the same item as the event before them."""
    users = sequences.users
    keep = np.ones(len(users), bool)
    keep[1:] = (sequences.items[1:] != sequences.items[:-1]) | (users[1:] != users[:-1])
    lengths = np.bincount(users[keep], minlength=len(sequences.starts) - 1)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return Sequences(sequences.items[keep], sequences.times[keep], sequences.weights[keep], starts)


def _rows(weights: Matrix | sparse.csr_matrix) -> Iterator[tuple[NDArray[np.int64], Matrix]]:
    if isinstance(weights, np.ndarray):
        columns = np.arange(weights.shape[1])
        yield from ((columns, row) for row in weights)
        return
    for start, end in zip(weights.indptr[:-1], weights.indptr[1:], strict=True):
        yield weights.indices[start:end], weights.data[start:end]


def _largest(row: Matrix) -> NDArray[np.int64]:
    if len(row) <= NEIGHBOURS:
        return np.flatnonzero(row)
    return np.sort(np.argpartition(-np.abs(row), NEIGHBOURS)[:NEIGHBOURS])


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
