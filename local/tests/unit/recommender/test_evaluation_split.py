"""The split that Personalize documents."""

from local_aws.recommender import Interactions
from local_aws.recommender.evaluation_split import split


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
