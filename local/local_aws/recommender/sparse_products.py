"""Products and regressions of sparse matrices for catalogues that are too large for dense ones.

A dense inverse needs time with the cube of the number of items, and memory with its square. Here each product keeps
only the strongest entries of a row, and each item has a regression of its own on its nearest neighbours. That is a
sparse approximate inverse (as SANSA, Spisak et al. 2023) whose pattern is chosen beforehand (as fsSLIM, Ning and
Karypis 2011): both grow with the number of items.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

KEPT_PRODUCTS = 200  # of each row
MAX_BLOCK_PAIRS = 2e7
MAX_REGRESSION_NEIGHBOURS = 100
MAX_REGRESSION_PAIRS = 2e7  # of neighbours of one item, over all items
BATCH_PAIRS = 2_000_000

Scores = NDArray[np.floating]


def strongest(matrix: sparse.csr_matrix, count: int, scores: Scores) -> sparse.csr_matrix:
    """Return the matrix with the `count` entries of each row that have the greatest `scores` (entries,)."""
    keep = np.ones(matrix.nnz, bool)
    lengths = np.diff(matrix.indptr)
    for row in np.flatnonzero(lengths > count):
        start, end = matrix.indptr[row], matrix.indptr[row + 1]
        surplus = end - start - count
        keep[start + np.argpartition(scores[start:end], surplus - 1)[:surplus]] = False
    starts = np.concatenate([[0], np.cumsum(np.minimum(lengths, count))])
    return sparse.csr_matrix((matrix.data[keep], matrix.indices[keep], starts), shape=matrix.shape)


def strongest_products(
    left: sparse.csr_matrix, right: sparse.csr_matrix, norms: Scores | None = None
) -> sparse.csr_matrix:
    """Return left.T @ right (items, items) with the strongest entries of each row, in blocks to save memory.

    An entry is the stronger the greater it is in units of the `norms` (items,) of its column.
    """
    rows = sparse.csr_matrix(left.T)
    norms = np.ones(right.shape[1], np.float32) if norms is None else np.maximum(norms, 1e-9)
    pairs = np.add.reduceat(np.append(np.diff(right.indptr)[rows.indices], 0), rows.indptr[:-1])
    block = (np.cumsum(pairs * (np.diff(rows.indptr) > 0)) // MAX_BLOCK_PAIRS).astype(np.int64)
    borders = np.concatenate([[0], np.flatnonzero(np.diff(block)) + 1, [rows.shape[0]]])
    parts = []
    for start, end in pairwise(borders.tolist()):
        product = sparse.csr_matrix(rows[start:end] @ right)
        parts.append(strongest(product, KEPT_PRODUCTS, product.data / norms[product.indices]))
    return sparse.csr_matrix(sparse.vstack(parts, format="csr"))


def local_regression(gram: sparse.csr_matrix, products: sparse.csr_matrix, ridge: float) -> sparse.csr_matrix:
    """Return (items, items): for each item (column) the coefficients of a ridge regression on its neighbours (rows).

    Args:
        gram: (items, items) products of the inputs.
        products: (items, items) products of the inputs (rows) with the outputs. Their diagonal is ignored.
        ridge: In units of the mean diagonal of `gram`.
    """
    diagonal = gram.diagonal()
    penalty = ridge * float(diagonal.mean())
    most = int(min(MAX_REGRESSION_NEIGHBOURS, max(4, np.sqrt(2 * MAX_REGRESSION_PAIRS / len(diagonal)))))
    targets = sparse.csr_matrix(products.T)
    targets.setdiag(0)
    targets.eliminate_zeros()
    targets = strongest(targets, most, np.abs(targets.data) / np.sqrt(diagonal[targets.indices] + penalty))
    symmetric = sparse.csr_matrix(gram.maximum(gram.T))
    symmetric.sum_duplicates()
    lengths = np.diff(targets.indptr)
    for size in np.unique(lengths[lengths > 0]).tolist():
        of_size = np.flatnonzero(lengths == size)
        for batch in np.array_split(of_size, max(1, len(of_size) * size**2 // (2 * BATCH_PAIRS))):
            entries = targets.indptr[batch][:, None] + np.arange(size)
            inputs = _gram_of(symmetric, targets.indices[entries], diagonal + penalty)
            targets.data[entries] = np.linalg.solve(inputs, targets.data[entries][..., None])[..., 0]
    return sparse.csr_matrix(targets.T)


def _gram_of(symmetric: sparse.csr_matrix, neighbours: NDArray[np.integer], diagonal: Scores) -> NDArray[np.float32]:
    """Return (batch, n, n): the rows and columns `neighbours` (batch, n) of a symmetric matrix, with this diagonal."""
    size = neighbours.shape[1]
    first, second = np.triu_indices(size, 1)
    result = np.zeros((len(neighbours), size, size), np.float32)
    if size > 1:
        values = symmetric[neighbours[:, first].ravel(), neighbours[:, second].ravel()]
        result[:, first, second] = result[:, second, first] = np.asarray(values).reshape(len(neighbours), -1)
    result[:, np.arange(size), np.arange(size)] = diagonal[neighbours]
    return result
