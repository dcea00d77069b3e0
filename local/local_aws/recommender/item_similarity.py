"""Item-to-item graphs, each the closed-form answer to one question about the training sequences.

`taste`: EASE^R (Steck 2019): which items belong to the same people, as a ridge regression with zero diagonal.
`soon`: the same regression from a decayed past to the near future (SLIST's transition part, Choi et al. 2021).
`next` and `similar`: plain counts of what follows and what goes together; sparse, so they hold for any catalogue.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

from local_aws.recommender.sequences import Sequences

DENSE_ITEMS = 5000
NEIGHBOURS = 200
DENSE_STORAGE = 2500
DOUBLE_PRECISION = 3000
REGRESSION_EVENTS = 300_000
REACH = 8
FUTURE = 4

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Graph:
    """Weights from an item (row) to an item (column): a dense array or, for many items, the strongest as CSR."""

    weights: Matrix | sparse.csr_matrix

    def scores(self, items: NDArray[np.int64], shares: Matrix) -> Matrix:
        """Sum of the rows `items` (n,), weighted by each row of `shares` (k, n): (k, items of the graph)."""
        if isinstance(self.weights, np.ndarray):
            return shares @ self.weights[items]
        rows = self.weights[items]
        spread = np.repeat(shares, np.diff(rows.indptr), axis=1) * rows.data
        size = self.weights.shape[1]
        return np.stack([np.bincount(rows.indices, weights=row, minlength=size) for row in spread]).astype(np.float32)


def incidence(sequences: Sequences, items: int, damping: float) -> sparse.csr_matrix:
    """Users x items, 1 where the user met the item, divided by (number of the user's items) ** `damping`."""
    ones = np.ones(len(sequences.items), np.float32)
    matrix = sparse.csr_matrix((ones, (sequences.users, sequences.items)), shape=(len(sequences.starts) - 1, items))
    matrix.sum_duplicates()
    lengths = np.diff(matrix.indptr)
    matrix.data = np.repeat(np.maximum(lengths, 1) ** -damping, lengths).astype(np.float32)
    return matrix


def taste(together: Matrix, ridge: float) -> Matrix:
    """EASE^R's coefficients from the Gram matrix `together` (n, n), with `ridge` times its mean diagonal."""
    inverse = _inverse(together, ridge * float(np.diag(together).mean()))
    inverse /= -np.diag(inverse).copy()
    np.fill_diagonal(inverse, 0.0)
    return inverse


def soon(past: sparse.csr_matrix, future: sparse.csr_matrix, ridge: float) -> Matrix:
    """Ridge regression of the near future on the decayed past, both (events, n)."""
    gram = (past.T @ past).toarray()
    lower = _cholesky(gram, ridge * float(np.diag(gram).mean()))
    solve = lapack.dpotrs if lower.dtype == np.float64 else lapack.spotrs
    meetings = (past.T @ future).toarray().astype(lower.dtype, order="F")
    coefficients = np.ascontiguousarray(solve(lower, meetings, lower=1, overwrite_b=1)[0], dtype=np.float32)
    np.fill_diagonal(coefficients, 0.0)
    return coefficients


def following(past: sparse.csr_matrix, present: sparse.csr_matrix, doubt: float = 5.0) -> sparse.csr_matrix:
    """Share of each item among what follows an item; `doubt` events are held against every item."""
    counts = sparse.csr_matrix(past.T @ present)
    counts.setdiag(0)
    counts.eliminate_zeros()
    totals = np.asarray(counts.sum(axis=1)).ravel()
    counts.data /= np.repeat(totals + doubt, np.diff(counts.indptr)).astype(np.float32)
    return counts


def similar(together: sparse.csr_matrix, doubt: float = 5.0) -> sparse.csr_matrix:
    """Cosine of the items' users, shrunk by `doubt`."""
    norms = np.sqrt(together.diagonal()).astype(np.float32)
    result = sparse.csr_matrix(together, copy=True)
    result.setdiag(0)
    result.eliminate_zeros()
    rows = np.repeat(np.arange(len(norms)), np.diff(result.indptr))
    result.data /= norms[rows] * norms[result.indices] + doubt
    return result


def strongest(weights: Matrix | sparse.csr_matrix, places: NDArray[np.int64], items: int) -> Graph:
    """A graph over `items`, from weights among the items at `places`; many items keep only the strongest neighbours."""
    if items <= DENSE_STORAGE:
        full = np.zeros((items, items), np.float32)
        full[np.ix_(places, places)] = weights.toarray() if sparse.issparse(weights) else weights
        return Graph(full)
    rows = [np.zeros(0, np.int64)] * items
    values = [np.zeros(0, np.float32)] * items
    for place, (columns, row) in zip(places, _rows(weights), strict=True):
        keep = _largest(row)
        rows[place], values[place] = places[columns[keep]], row[keep]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    data = (np.concatenate(values), np.concatenate(rows).astype(np.int32), starts)
    return Graph(sparse.csr_matrix(data, shape=(items, items)))


def decayed(sequences: Sequences, items: int, decay: float, *, forward: bool = False) -> sparse.csr_matrix:
    """(events, items): what came before each event, or (forward) the event and what came after, fading by `decay`."""
    count = len(sequences.items)
    users = sequences.users
    parts = [(np.arange(count), np.arange(count), 1.0)] if forward else []
    for gap in range(1, (FUTURE if forward else REACH) + 1):
        late = np.arange(gap, count)
        late = late[users[late] == users[late - gap]]
        parts.append((late - gap, late, decay**gap) if forward else (late, late - gap, decay ** (gap - 1)))
    rows, columns = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    data = np.concatenate([np.full(len(part[0]), part[2], np.float32) for part in parts])
    return sparse.csr_matrix((data, (rows, sequences.items[columns])), shape=(count, items))


def one_hot(sequences: Sequences, items: int) -> sparse.csr_matrix:
    """(events, items): 1 at the item of each event."""
    count = len(sequences.items)
    return sparse.csr_matrix((np.ones(count, np.float32), sequences.items, np.arange(count + 1)), shape=(count, items))


def without_echoes(sequences: Sequences) -> Sequences:
    """The sequences without an event on the item of the event before."""
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
    """Lower Cholesky factor of `gram` + `ridge` I; in double precision where that is cheap."""
    work = gram.astype(np.float64 if len(gram) <= DOUBLE_PRECISION else np.float32, order="F")
    work[np.diag_indices_from(work)] += ridge
    factor = lapack.dpotrf if work.dtype == np.float64 else lapack.spotrf
    lower, failed = factor(work, lower=1, overwrite_a=1, clean=1)
    if failed:
        raise np.linalg.LinAlgError("the items' Gram matrix is not positive definite")
    return lower


def _inverse(gram: Matrix, ridge: float) -> Matrix:
    """Inverse of `gram` + `ridge` I."""
    lower = _cholesky(gram, ridge)
    invert = lapack.dpotri if lower.dtype == np.float64 else lapack.spotri
    result, _ = invert(lower, lower=1, overwrite_c=1)
    diagonal = np.diag(result).copy()
    result += result.T
    result[np.diag_indices_from(result)] = diagonal
    return np.ascontiguousarray(result, dtype=np.float32)
