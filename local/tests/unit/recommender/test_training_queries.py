"""The queries that the weights are fitted to."""

import numpy as np
import pytest

from local_aws.recommender import Interactions
from local_aws.recommender.sequences import Sequences, encode, index_names
from local_aws.recommender.training_queries import (
    _sample_candidates,
    queries_after,
    queries_of_users,
    time_of_cut,
)


def sequences(rows: list[tuple[str, float]]) -> Sequences:
    interactions = Interactions([user for user, _ in rows], ["i"] * len(rows), [time for _, time in rows])
    return encode(interactions, index_names(interactions.item_ids), {})


def test_given_a_cut_then_every_target_comes_after_it_and_every_history_before_its_targets() -> None:
    rows = sequences([(f"u{user}", float(10 * user + step)) for user in range(30) for step in range(40)])
    cut = time_of_cut(rows, 0.3)
    queries = queries_after(rows, cut, 1000, np.random.default_rng(0))
    assert np.mean(rows.times >= cut) >= 0.3
    assert all(query.begin < query.middle < query.end <= query.middle + 5 for query in queries)
    assert all(rows.times[query.middle] >= max(cut, query.now) for query in queries)


def test_given_users_on_both_sides_then_each_has_a_query_at_the_cut_and_new_users_have_later_ones() -> None:
    rows = sequences([("both", 1.0), ("both", 2.0), ("both", 5.0), ("new", 6.0), ("new", 7.0), ("old", 1.0)])
    queries = queries_after(rows, 4.0, 100, np.random.default_rng(0))
    assert {(query.begin, query.middle, query.now) for query in queries} == {(0, 2, 4.0), (3, 4, 7.0)}


def test_given_long_users_then_short_histories_are_as_frequent_as_long_ones() -> None:
    rows = sequences([(f"u{user}", float(step)) for user in range(300) for step in range(100)])
    lengths = [query.middle - query.begin for query in queries_after(rows, 0.0, 3000, np.random.default_rng(0))]
    short, long = np.sum(np.array(lengths) < 10), np.sum(np.array(lengths) >= 10)
    assert 0.7 < short / long < 1.4


def test_given_users_without_later_queries_then_more_users_are_asked() -> None:
    rows = sequences([(f"u{user}", float(step)) for user in range(30) for step in range(2)])
    assert len(queries_after(rows, 1.0, 20, np.random.default_rng(0))) == 20


def test_given_a_long_history_then_a_sample_stands_for_its_older_items() -> None:
    seen = np.arange(100, 300)
    random = np.random.default_rng(0)
    candidates, offsets = _sample_candidates(1000, seen[:20], np.arange(0), seen, random)
    rest_of_history = np.isin(candidates, seen[20:])
    assert np.exp(offsets[rest_of_history]).sum() == pytest.approx(180)
    assert np.exp(offsets).sum() == pytest.approx(1000)


def test_given_held_out_users_then_the_newest_tenth_is_the_target() -> None:
    rows = sequences([("u", float(step)) for step in range(20)])
    first, *earlier = queries_of_users(rows, np.array([0]), np.random.default_rng(0))
    assert (first.begin, first.middle, first.end, first.now) == (0, 18, 20, 17.0)
    assert all(query.middle < query.end < 20 for query in earlier)
