"""Products and regressions of sparse matrices, each against the dense result."""

import numpy as np
import pytest
from scipy import sparse

from local_aws.recommender import item_similarity, sparse_products


def users_by_items(items: int = 12, users: int = 80) -> sparse.csr_matrix:
    return sparse.csr_matrix((np.random.default_rng(0).random((users, items)) < 0.3).astype(np.float32))


def test_given_rows_of_any_length_then_the_greatest_scores_remain() -> None:
    matrix = sparse.csr_matrix(np.array([[5, 1, 3], [0, 0, 2], [0, 0, 0]], np.float32))
    kept = sparse_products.strongest(matrix, 2, -matrix.data)
    assert kept.toarray().tolist() == [[0, 1, 3], [0, 0, 2], [0, 0, 0]]


def test_given_small_blocks_then_the_product_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = users_by_items()
    monkeypatch.setattr(sparse_products, "MAX_BLOCK_PAIRS", 50)
    product = sparse_products.strongest_products(matrix, matrix)
    assert product.toarray() == pytest.approx((matrix.T @ matrix).toarray())


def test_given_all_items_as_neighbours_then_the_local_regressions_are_ease() -> None:
    matrix = users_by_items()
    gram = sparse.csr_matrix(matrix.T @ matrix)
    local = sparse_products.local_regression(gram, gram, 0.5)
    assert local.toarray() == pytest.approx(item_similarity.ease(gram.toarray(), 0.5), abs=1e-4)


def test_given_few_neighbours_then_the_strongest_coefficients_are_like_those_of_ease(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix = users_by_items()
    gram = sparse.csr_matrix(matrix.T @ matrix)
    monkeypatch.setattr(sparse_products, "MAX_REGRESSION_NEIGHBOURS", 4)
    local = sparse_products.local_regression(gram, gram, 0.5)
    assert np.diff(local.tocsc().indptr).tolist() == [4] * 12
    kept = local.toarray() != 0
    assert np.corrcoef(local.toarray()[kept], item_similarity.ease(gram.toarray(), 0.5)[kept])[0, 1] > 0.8
