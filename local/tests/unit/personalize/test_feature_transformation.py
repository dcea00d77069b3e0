"""Which interactions are used by the percentiles of a solution."""

from local_aws.personalize.feature_transformation import transform
from local_aws.recommender import Interactions


def interactions(lengths: dict[str, int]) -> Interactions:
    rows = [(user, f"i{number % 4}", float(number)) for user, length in lengths.items() for number in range(length)]
    users, items, times = map(list, zip(*rows, strict=True))
    return Interactions(users, items, times)


HISTORIES = {"short": 1, "usual": 8, "another": 8, "long": 100}


def test_given_no_percentiles_then_every_interaction_is_used() -> None:
    given = interactions(HISTORIES)
    assert transform(given, {}) is given


def test_given_percentiles_of_histories_then_short_and_long_ones_are_left_out() -> None:
    within = {"min_user_history_length_percentile": "0.2", "max_user_history_length_percentile": "0.8"}
    assert set(transform(interactions(HISTORIES), within).user_ids) == {"usual", "another"}


def test_given_a_percentile_of_items_then_the_most_frequent_are_left_out() -> None:
    given = Interactions(["a", "b", "c", "a"], ["often", "often", "often", "rare"], [1.0, 2.0, 3.0, 4.0])
    assert transform(given, {"max_item_interaction_count_percentile": "0.5"}).item_ids == ["rare"]
