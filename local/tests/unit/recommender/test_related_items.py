"""Items related to an item, by common users and by metadata."""

import numpy as np
import pytest
from scipy import sparse

from local_aws.recommender import Event, Interactions, Items, Model, Settings, search, train, train_and_evaluate
from local_aws.recommender.related_items import Cooccurrences

END = 1_700_000_000.0
FAMILIES = ("cat", "dog", "fish")


def visits() -> Interactions:
    """Sixty users, each of whom views only items of one family; `dog0` is the most popular item."""
    random = np.random.default_rng(3)
    rows = []
    for user in range(60):
        family = FAMILIES[user % 3]
        for step, number in enumerate(random.integers(8, size=20)):
            rows.append((f"user{user}", f"{family}{number}", END + 60 * step))
        rows.append((f"user{user}", "dog0" if family == "dog" else f"{family}{user % 8}", END + 2000))
    rows += [(f"one{number}", "dog0", END) for number in range(100)]
    users, items, times = map(list, zip(*rows, strict=True))
    return Interactions(users, items, times)


def items(*more: str) -> Items:
    ids = [f"{family}{number}" for family in FAMILIES for number in range(8)] + list(more)
    return Items(ids, {"FAMILY": [item.rstrip("0123456789") for item in ids]})


@pytest.fixture(scope="module", params=["sims", "similar-items"])
def model(request: pytest.FixtureRequest) -> Model:
    return train(visits(), items("cat99"), Settings(recipe=request.param))


def related(model: Model, item: str) -> list[str]:
    return [scored.item_id for scored in model.recommend([Event(item, END)], 9)]


def test_given_an_item_then_those_of_the_same_users_come_first(model: Model) -> None:
    assert all(item.startswith("fish") for item in related(model, "fish3")[:7])


def test_given_an_unknown_item_then_popular_items_are_recommended(model: Model) -> None:
    assert related(model, "no-such-item")[0] == "dog0"


def test_given_a_stored_model_then_it_recommends_the_same(model: Model) -> None:
    stored = Model.from_bytes(model.to_bytes())
    assert related(stored, "cat1") == related(model, "cat1")


def test_given_an_item_without_events_then_only_metadata_relate_it() -> None:
    trained = {recipe: train(visits(), items("cat99"), Settings(recipe=recipe)) for recipe in ("sims", "similar-items")}
    assert all(item.startswith("cat") for item in related(trained["similar-items"], "cat99")[:7])
    assert related(trained["sims"], "cat99")[0] == "dog0"


def test_given_popularity_discounts_then_a_greater_one_ranks_the_popular_item_lower() -> None:
    users = sparse.csr_matrix(np.array([[50, 5, 4], [5, 6, 4], [4, 4, 6]], np.float32))
    plain = Cooccurrences(popularity_discount=0.0).similarities(users).toarray()
    discounted = Cooccurrences(popularity_discount=1.0).similarities(users).toarray()
    assert plain[1, 0] > plain[1, 2]
    assert discounted[1, 0] < discounted[1, 2]


def test_given_too_few_common_users_then_two_items_are_not_similar() -> None:
    users = sparse.csr_matrix(np.array([[9, 2, 3], [2, 9, 0], [3, 0, 9]], np.float32))
    similar = Cooccurrences.from_hyperparameters({"min_cointeraction_count": "3"}).similarities(users).toarray()
    assert similar[0, 1] == 0.0
    assert similar[0, 2] > 0.0


def test_given_families_then_the_metrics_beat_those_of_popularity() -> None:
    of_relations = train_and_evaluate(visits(), items(), Settings(recipe="sims"))[1]
    of_counts = train_and_evaluate(visits(), items(), Settings(recipe="popularity-count"))[1]
    name = "normalized_discounted_cumulative_gain_at_10"
    assert of_relations[name] > of_counts[name]


def test_given_candidates_when_searched_then_the_best_one_is_returned() -> None:
    candidates = [{"min_cointeraction_count": "50"}, {"min_cointeraction_count": "1"}]
    assert search(visits(), items(), Settings(recipe="sims"), candidates) == candidates[1]
    few = Interactions(*(column[:1050] for column in (visits().user_ids, visits().item_ids, visits().timestamps)))
    assert search(few, items(), Settings(recipe="sims"), candidates) == candidates[0]
