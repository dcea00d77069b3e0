"""The public API of the package, which the local Personalize calls."""

from collections import Counter

import pytest

from local_aws.recommender import (
    Event,
    Interactions,
    Items,
    Model,
    ScoredItem,
    Settings,
    TrainingError,
    evaluate,
    train,
    train_and_evaluate,
)


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


def test_given_popularity_count_then_every_history_gets_the_items_with_the_most_events(
    interactions: Interactions,
) -> None:
    counting = train(interactions, Items(["never-seen"]), Settings(recipe="popularity-count"))
    counts = Counter(interactions.item_ids)

    lists = [counting.recommend(history, 1000) for history in ([], [Event("item42", 1.0)], [Event("item3", 5.0)] * 3)]

    assert all([scored.item_id for scored in ranked] == [s.item_id for s in lists[0]] for ranked in lists)
    events = [counts[scored.item_id] for scored in lists[0]]
    assert events == sorted(events, reverse=True)
    assert len(events) == len(counts)
    assert Model.from_bytes(counting.to_bytes()).recommend([], 5) == counting.recommend([], 5)


def test_given_users_with_a_taste_then_popularity_count_has_lower_metrics_by_the_same_protocol(
    interactions: Interactions,
) -> None:
    personal = evaluate(interactions, None)
    counting = evaluate(interactions, None, Settings(recipe="popularity-count"))

    ndcg = "normalized_discounted_cumulative_gain_at_10"
    assert counting.keys() == personal.keys()
    assert 0 < counting[ndcg] < personal[ndcg]
    assert counting["coverage"] < personal["coverage"]


def test_given_a_trade_off_out_of_range_then_it_is_rejected() -> None:
    with pytest.raises(ValueError, match="future_share"):
        Settings(future_share=1.5)


def test_given_no_share_of_the_future_then_the_weights_are_those_of_the_documented_protocol(
    interactions: Interactions, model: Model
) -> None:
    documented = train(interactions, None, Settings(future_share=0.0))
    assert documented.to_bytes() != model.to_bytes()
    assert documented.recommend([Event("item42", 1.0)], 1)[0].item_id.startswith("item4")


def test_given_too_few_interactions_then_the_reason_names_the_minimum() -> None:
    with pytest.raises(TrainingError, match="3, needed are 1000"):
        train(Interactions(["a"] * 3, ["b"] * 3, [1.0, 2.0, 3.0]), None)


def test_given_one_user_then_the_reason_names_the_users() -> None:
    with pytest.raises(TrainingError, match="1, needed are 25"):
        train(Interactions(["a"] * 1000, ["b"] * 1000, [1.0] * 1000), None)


def test_given_a_version_then_its_metrics_are_those_of_an_evaluation_and_its_model_knows_all_users(
    interactions: Interactions,
) -> None:
    trained, metrics = train_and_evaluate(interactions, None)
    assert metrics == evaluate(interactions, None)
    assert trained.features.counts.sum() == len(interactions)


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


def _half_applied_for() -> Interactions:
    """60 users with 20 events each: views of the first ten items, applications for the other ten, equally often."""
    rows = []
    for user in range(60):
        for k in range(20):
            item = (user * 5 + k * 7) % 20
            rows.append((f"user{user}", f"item{item:02}", float(1000 * user + k), "apply" if item >= 10 else "view"))
    users, items, times, types = map(list, zip(*rows, strict=True))
    return Interactions(users, items, times, types)


def test_given_event_weights_then_items_with_weightier_events_come_first_and_only_ratios_matter() -> None:
    def best(view: float, apply: float) -> list[str]:
        weights = {"view": view, "apply": apply}
        trained = train(_half_applied_for(), None, Settings(event_type_weights=weights))
        loaded = Model.from_bytes(trained.to_bytes())
        return [one.item_id for one in loaded.recommend([], 5)]

    assert all(item >= "item10" for item in best(view=0.1, apply=1.0))
    assert all(item < "item10" for item in best(view=1.0, apply=0.1))
    assert best(view=0.3, apply=0.1) == best(view=0.6, apply=0.2)
