"""The public API of the package, which the local Personalize calls."""

import pytest

from local_aws.recommender import Event, Interactions, Model, ScoredItem, TrainingError, evaluate, train


@pytest.fixture(scope="module")
def interactions() -> Interactions:
    rows = [
        (f"user{u}", f"item{(u % 5) * 10 + (u * k) % 9}", float(1000 * u + k)) for u in range(100) for k in range(12)
    ]
    return Interactions(*map(list, zip(*rows, strict=True)))


@pytest.fixture(scope="module")
def model(interactions: Interactions) -> Model:
    return train(interactions, None)


def test_given_no_history_then_the_scores_descend_and_share_one(model: Model) -> None:
    recommended = model.recommend([], 1000)
    scores = [scored.score for scored in recommended]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1)


def test_given_allowed_items_then_only_these_are_recommended(model: Model) -> None:
    recommended = model.recommend([Event("item1", 1.0)], 10, allowed={"item3", "item12", "unknown"})
    assert {scored.item_id for scored in recommended} == {"item3", "item12"}


def test_given_an_unknown_item_then_it_is_ranked_last_without_score(model: Model) -> None:
    recommended = model.rank([Event("item1", 1.0)], ["unknown", "item3", "item12", "item3"])
    assert [scored.item_id for scored in recommended][-1] == "unknown"
    assert recommended[-1] == ScoredItem("unknown", None)
    assert len(recommended) == 3


def test_given_an_event_then_the_recommendations_follow_it(model: Model) -> None:
    best = model.recommend([Event("item42", 1.0)], 3)[0].item_id
    assert best.startswith("item4")


def test_given_bytes_then_the_same_model_returns(model: Model) -> None:
    loaded = Model.from_bytes(model.to_bytes())
    assert loaded.recommend([Event("item12", 1.0)], 5) == model.recommend([Event("item12", 1.0)], 5)


def test_given_too_few_interactions_then_the_reason_names_the_minimum() -> None:
    with pytest.raises(TrainingError, match="3, needed are 1000"):
        train(Interactions(["a"] * 3, ["b"] * 3, [1.0, 2.0, 3.0]), None)


def test_given_one_user_then_the_reason_names_the_users() -> None:
    with pytest.raises(TrainingError, match="1, needed are 25"):
        train(Interactions(["a"] * 1000, ["b"] * 1000, [1.0] * 1000), None)


def test_given_a_split_then_the_documented_metrics_are_measured(interactions: Interactions) -> None:
    assert sorted(evaluate(interactions, None)) == [
        "coverage",
        "mean_reciprocal_rank_at_25",
        "normalized_discounted_cumulative_gain_at_10",
        "normalized_discounted_cumulative_gain_at_25",
        "normalized_discounted_cumulative_gain_at_5",
        "precision_at_10",
        "precision_at_25",
        "precision_at_5",
    ]
