"""The split that Personalize documents."""

from local_aws.recommender import Interactions
from local_aws.recommender.evaluation_split import queries_of_new_users, split, split_by_time


def test_given_users_then_a_tenth_is_queried_for_its_newest_tenth(interactions: Interactions) -> None:
    training, queries = split(interactions)
    assert len(queries) == 4
    assert not {query.user_id for query in queries} & set(training.user_ids)
    for query in queries:
        assert len(query.history) == 18
        assert [e.timestamp for e in query.history] == sorted(e.timestamp for e in query.history)
        assert len(query.targets) <= 2


def test_given_other_order_of_rows_then_the_same_users_are_queried(interactions: Interactions) -> None:
    reversed_rows = Interactions(
        interactions.user_ids[::-1], interactions.item_ids[::-1], interactions.timestamps[::-1]
    )
    assert {q.user_id for q in split(interactions)[1]} == {q.user_id for q in split(reversed_rows)[1]}


def test_given_a_time_cut_then_nothing_after_it_is_trained_on_and_the_next_five_events_are_the_targets() -> None:
    rows = [("early", f"a{time}", float(time)) for time in range(8)]
    rows += [("both", f"b{time}", float(time)) for time in range(4, 14)]
    rows += [("new", f"c{time}", float(time)) for time in range(12, 14)]
    training, queries = split_by_time(Interactions(*map(list, zip(*rows, strict=True))), after=0.4)
    assert max(training.timestamps) == 7
    assert [(query.user_id, query.now) for query in queries] == [("both", 8.0)]
    assert [event.item_id for event in queries[0].history] == ["b4", "b5", "b6", "b7"]
    assert queries[0].targets == {"b8", "b9", "b10", "b11", "b12"}


def test_given_users_after_the_cut_then_their_first_events_are_the_history() -> None:
    rows = [("old", "a", float(time)) for time in range(16)] + [("new", f"c{time}", 100.0 + time) for time in range(4)]
    interactions = Interactions(*map(list, zip(*rows, strict=True)))
    (query,) = queries_of_new_users(interactions, 2, after=0.2)
    assert ([event.item_id for event in query.history], query.targets) == (["c0", "c1"], {"c2", "c3"})
    assert queries_of_new_users(interactions, 4, after=0.2) == []
