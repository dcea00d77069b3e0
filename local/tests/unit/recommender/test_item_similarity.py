"""The item-to-item models, each against a result that is computed by hand or in another way."""

import numpy as np
import pytest
from scipy import sparse

from local_aws.recommender import Interactions, item_similarity
from local_aws.recommender.sequences import encode, index_names


def test_given_a_gram_matrix_then_ease_solves_the_ridge_regression_without_self() -> None:
    users = (np.random.default_rng(0).random((50, 6)) < 0.4).astype(np.float32)
    gram = users.T @ users
    ridge = 0.5
    weights = item_similarity.ease(gram, ridge)
    penalty = ridge * np.diag(gram).mean()
    for item in range(6):
        others = [other for other in range(6) if other != item]
        x = users[:, others]
        expected = np.linalg.solve(x.T @ x + penalty * np.eye(5), x.T @ users[:, item])
        assert weights[others, item] == pytest.approx(expected, abs=1e-5)


def test_given_sequences_then_the_past_decays_and_stays_within_a_user() -> None:
    rows = Interactions(["a", "a", "a", "b"], ["x", "y", "z", "x"], [1, 2, 3, 0])
    sequences = encode(rows, index_names(rows.item_ids), {})
    assert item_similarity.decayed_neighbours(sequences, 3, 0.5, np.arange(4)).toarray().tolist() == [
        [0, 0, 0],
        [1, 0, 0],
        [0.5, 1, 0],
        [0, 0, 0],
    ]
    future = item_similarity.decayed_neighbours(sequences, 3, 0.5, np.array([0]), forward=True)
    assert future.toarray()[0].tolist() == [1, 0.5, 0.25]


def test_given_a_sparse_and_a_dense_matrix_then_the_scores_are_equal() -> None:
    dense = np.random.default_rng(0).random((5, 5)).astype(np.float32)
    item_weights = np.array([[1, 0.5], [0, 2]], np.float32)
    rows = dense[[3, 1]]
    columns, from_dense = item_similarity.sum_similarities([(rows, item_weights)], 5)
    sparse_rows = item_similarity.SparseRows.of(sparse.csr_matrix(dense), np.array([3, 1]))
    _, from_sparse = item_similarity.sum_similarities([(sparse_rows, item_weights)], 5)
    assert columns.tolist() == [0, 1, 2, 3, 4]
    assert from_sparse == pytest.approx(from_dense, rel=1e-6)


def test_given_sparse_rows_then_only_their_columns_are_summed() -> None:
    matrix = sparse.csr_matrix(np.array([[0, 2, 0, 0], [0, 1, 0, 3]], np.float32))
    rows = item_similarity.SparseRows.of(matrix, np.arange(2))
    columns, sums = item_similarity.sum_similarities([(rows, np.array([[1, 10]], np.float32))] * 2, 4)
    assert columns.tolist() == [1, 3]
    assert sums.tolist() == [[12, 30], [12, 30]]


def test_given_repeats_in_a_row_then_one_remains() -> None:
    rows = Interactions(["a"] * 4 + ["b"], ["x", "x", "y", "x", "x"], [1, 2, 3, 4, 5])
    single = item_similarity.drop_consecutive_repeats(encode(rows, index_names(rows.item_ids), {}))
    assert single.items.tolist() == [0, 1, 0, 0]
    assert single.starts.tolist() == [0, 3, 4]
