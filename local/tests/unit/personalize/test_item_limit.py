"""The greatest number of items of a model."""

from local_aws.personalize.item_limit import limit_items
from local_aws.recommender import Interactions, Items

INTERACTIONS = Interactions(["u", "u", "v", "v"], ["a", "b", "a", "c"], [1, 2, 3, 4])
ITEMS = Items(["a", "new", "old", "none"], {"KIND": ["x", "y", "z", "w"]}, [5.0, 9.0, 7.0, None])


def test_given_few_items_then_all_are_considered() -> None:
    assert limit_items(INTERACTIONS, ITEMS, 6) == (INTERACTIONS, ITEMS)


def test_given_too_many_items_then_the_most_used_and_the_newest_are_considered() -> None:
    interactions, items = limit_items(INTERACTIONS, ITEMS, 4)
    assert list(interactions.item_ids) == ["a", "b", "a", "c"]
    assert items
    assert list(items.item_ids) == ["a", "new"]
    assert (items.metadata, items.creation_timestamps) == ({"KIND": ["x", "y"]}, [5.0, 9.0])


def test_given_no_catalogue_then_the_most_used_items_are_considered() -> None:
    interactions, items = limit_items(INTERACTIONS, None, 1)
    assert (list(interactions.user_ids), list(interactions.item_ids), items) == (["u", "v"], ["a", "a"], None)
