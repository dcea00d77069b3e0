"""The offline metrics, against values computed by hand."""

from math import log2

import pytest

from local_aws.recommender.metrics import average_metrics, ndcg, precision, reciprocal_rank


def test_given_a_hit_at_the_second_place() -> None:
    assert reciprocal_rank(["a", "b"], {"b"}) == 0.5
    assert ndcg(["a", "b"], {"b"}, 5) == pytest.approx(1 / log2(3))
    assert precision(["a", "b"], {"b"}, 5) == 0.2


def test_given_a_perfect_list_then_one() -> None:
    assert ndcg(["a", "b", "c"], {"a", "b"}, 10) == pytest.approx(1)


def test_given_a_hit_behind_the_25th_place_then_nothing() -> None:
    assert reciprocal_rank([str(n) for n in range(30)], {"27"}) == 0


def test_given_two_users_then_means_and_the_share_of_the_catalogue() -> None:
    metrics = average_metrics([["a"], ["b"]], [{"a"}, {"a"}], 4)
    assert metrics["mean_reciprocal_rank_at_25"] == 0.5
    assert metrics["coverage"] == 0.5
