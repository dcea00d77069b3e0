"""The parts of the recommender, each against what can be computed by hand or in another way."""

from math import log2

import numpy as np
import pytest

from local_aws.recommender import Interactions, Items, item_similarity
from local_aws.recommender.catalogue import Column
from local_aws.recommender.conditional_logit import Choices, fit
from local_aws.recommender.evaluation_split import split
from local_aws.recommender.features import SEEN
from local_aws.recommender.metrics import ndcg, precision, reciprocal_rank, summarise
from local_aws.recommender.popularity import Popularity
from local_aws.recommender.sequences import encode, event_weights, positions
from local_aws.recommender.statistics import Ridges, learn
from local_aws.recommender.user_history import Past


def interactions(users: int = 40, events: int = 20) -> Interactions:
    rows = [(f"u{u:02}", f"i{(u + k * k) % 17:02}", float(100 * u + k)) for u in range(users) for k in range(events)]
    return Interactions(*map(list, zip(*rows, strict=True)))


class TestMetrics:
    def test_given_a_hit_at_the_second_place(self) -> None:
        assert reciprocal_rank(["a", "b"], {"b"}) == 0.5
        assert ndcg(["a", "b"], {"b"}, 5) == pytest.approx(1 / log2(3))
        assert precision(["a", "b"], {"b"}, 5) == 0.2

    def test_given_a_perfect_list_then_one(self) -> None:
        assert ndcg(["a", "b", "c"], {"a", "b"}, 10) == pytest.approx(1)

    def test_given_a_hit_behind_the_25th_place_then_nothing(self) -> None:
        assert reciprocal_rank([str(n) for n in range(30)], {"27"}) == 0

    def test_given_two_users_then_means_and_the_share_of_the_catalogue(self) -> None:
        found = summarise([["a"], ["b"]], [{"a"}, {"a"}], 4)
        assert found["mean_reciprocal_rank_at_25"] == 0.5
        assert found["coverage"] == 0.5


class TestProtocol:
    def test_given_users_then_a_tenth_is_asked_for_its_newest_tenth(self) -> None:
        training, questions = split(interactions())
        assert len(questions) == 4
        assert not {q.user_id for q in questions} & set(training.user_ids)
        for question in questions:
            assert len(question.history) == 18
            assert [e.timestamp for e in question.history] == sorted(e.timestamp for e in question.history)
            assert len(question.answers) <= 2

    def test_given_other_order_of_rows_then_the_same_users_are_asked(self) -> None:
        rows = interactions()
        turned = Interactions(rows.user_ids[::-1], rows.item_ids[::-1], rows.timestamps[::-1])
        assert {q.user_id for q in split(rows)[1]} == {q.user_id for q in split(turned)[1]}


class TestGraphs:
    def test_given_a_gram_matrix_then_taste_solves_the_ridge_regression_without_self(self) -> None:
        people = (np.random.default_rng(0).random((50, 6)) < 0.4).astype(np.float32)
        gram = people.T @ people
        ridge = 0.5
        weights = item_similarity.taste(gram, ridge)
        penalty = ridge * np.diag(gram).mean()
        for item in range(6):
            others = [other for other in range(6) if other != item]
            x = people[:, others]
            expected = np.linalg.solve(x.T @ x + penalty * np.eye(5), x.T @ people[:, item])
            assert weights[others, item] == pytest.approx(expected, abs=1e-5)

    def test_given_sequences_then_the_past_fades_and_stays_within_a_person(self) -> None:
        rows = Interactions(["a", "a", "a", "b"], ["x", "y", "z", "x"], [1, 2, 3, 0])
        sequences = encode(rows, positions(rows.item_ids), {})
        assert item_similarity.decayed(sequences, 3, 0.5).toarray().tolist() == [
            [0, 0, 0],
            [1, 0, 0],
            [0.5, 1, 0],
            [0, 0, 0],
        ]
        assert item_similarity.decayed(sequences, 3, 0.5, forward=True).toarray()[0].tolist() == [1, 0.5, 0.25]

    def test_given_a_sparse_and_a_dense_graph_then_the_scores_are_equal(self) -> None:
        dense = np.random.default_rng(0).random((5, 5)).astype(np.float32)
        shares = np.array([[1, 0.5], [0, 2]], np.float32)
        places = np.array([3, 1])
        from_sparse = item_similarity.Graph(item_similarity.sparse.csr_matrix(dense)).scores(places, shares)
        assert from_sparse == pytest.approx(item_similarity.Graph(dense).scores(places, shares), rel=1e-6)

    def test_given_repeats_in_a_row_then_one_remains(self) -> None:
        rows = Interactions(["a"] * 4 + ["b"], ["x", "x", "y", "x", "x"], [1, 2, 3, 4, 5])
        single = item_similarity.without_echoes(encode(rows, positions(rows.item_ids), {}))
        assert single.items.tolist() == [0, 1, 0, 0]
        assert single.starts.tolist() == [0, 3, 4]


def test_given_a_history_then_each_item_once_newest_first() -> None:
    past = Past.of(np.array([4, 2, 4]), np.array([10.0, 20.0, 30.0]), np.array([1, 1, 2], np.float32))
    assert past.items.tolist() == [4, 2]
    assert past.counts.tolist() == [2, 1]
    assert past.strengths.tolist() == [2, 1]
    assert past.ages.tolist() == [0, 10]
    assert past.moment == 30


def test_given_rare_event_types_then_they_count_more_unless_named() -> None:
    weights = event_weights(["view"] * 400 + ["apply"] * 25 + [None], {"buy": 7.0})
    assert weights == {"view": 1.0, "apply": 4.0, "buy": 7.0}


def test_given_a_moment_then_only_what_came_before_counts() -> None:
    items = np.array([0] * 300 + [1] * 300, np.int32)
    popularity = Popularity.of(items, np.arange(600.0), 2)
    early, late = (popularity.lately(moment, popularity.counts()) for moment in (300.0, 600.0))
    assert early[0, 0] > early[0, 1]
    assert late[0, 0] < late[0, 1]


def test_given_choices_then_the_odds_are_learned() -> None:
    """Of two candidates the one with the signal is taken three times in four: its weight is log 3."""
    signals = np.tile(np.array([[1.0], [0.0]], np.float32), (400, 1))
    chosen = np.tile(np.array([1, 0, 1, 0, 1, 0, 0, 1], np.float32), 100)
    weights = fit(Choices(signals, np.arange(0, 801, 2), chosen, np.zeros(800, np.float32)))
    assert weights[0] == pytest.approx(np.log(3), abs=0.05)


def test_given_a_column_then_categories_lists_and_numbers_are_encoded() -> None:
    column = Column.of("genre", ["a|b", "a", "b", "only once", None])
    assert column.labels == ("a", "b")
    assert column.encode(["a|b", "c", None]).toarray().tolist() == [[0.5, 0.5], [0, 0], [0, 0]]
    prices = Column.of("price", [float(n) for n in range(100)])
    assert len(prices.labels) == 8
    assert prices.encode([-5.0]).toarray().argmax() == 0


def test_given_knowledge_then_its_signals_have_names() -> None:
    rows = interactions()
    names = sorted(set(rows.item_ids))
    items = Items([*names, "new"], {"KIND": ["even" if int(n[1:]) % 2 else "odd" for n in names] + ["odd"]})
    sequences = encode(rows, positions(rows.item_ids), {})
    knowledge = learn(sequences, names, items, Ridges())
    past = Past.of(np.array([1, 17, 3]), np.array([1.0, 2.0, 3.0]), np.ones(3, np.float32))
    general = knowledge.general(past)
    assert general.shape == (len(knowledge.names()) - len(SEEN), 18)
    assert knowledge.seen(past).shape == (len(SEEN), 3)
    assert np.isfinite(general).all()
