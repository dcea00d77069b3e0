"""The metrics of solutions with an objective or event weights, and of segments."""

import pytest

from local_aws.personalize.events_config import metric_weights
from local_aws.personalize.offline_metrics import SolutionMetrics, newest_types, segment_metrics, split_each_user
from local_aws.recommender import Event, Interactions
from local_aws.recommender.evaluation_split import Query
from local_aws.testing.fake_recommender import FakeModel
from local_aws.testing.in_process import InProcessPersonalize

ITEMS = [f"i{n:02}" for n in range(40)]
MODEL = FakeModel({item: 100.0 - place for place, item in enumerate(ITEMS)}, {}, {})
"""Recommends i00, i01, ... to everybody."""


def query(user: str, *targets: str) -> Query:
    return Query(user, (), frozenset(targets))


def test_given_an_objective_then_the_metric_is_the_share_of_rewards_that_the_best_paid_25_bring() -> None:
    rewards = {item: float(place) for place, item in enumerate(ITEMS)}
    # Of 40 recommendations, i15 to i39 have the greatest rewards.
    measured = SolutionMetrics(rewards=rewards)(MODEL, [query("u", "i10", "i30"), query("v", "i30")], ITEMS)
    assert measured["average_rewards_at_k"] == pytest.approx((30 / 40 + 1) / 2)
    assert measured["mean_reciprocal_rank_at_25"] == pytest.approx((1 / 11 + 0) / 2)


def test_given_no_recommendation_that_was_used_then_there_are_no_rewards() -> None:
    measured = SolutionMetrics(rewards={"i00": 1.0})(MODEL, [query("u", "other")], ITEMS)
    assert measured["average_rewards_at_k"] == 0


def test_given_event_weights_then_finding_a_heavier_event_gains_more() -> None:
    config = {"eventParametersList": [{"eventType": "Buy", "weight": 0.3}, {"eventType": "Click", "weight": 0.1}]}
    weights = metric_weights({"eventsConfig": config})
    assert weights == pytest.approx({"buy": 1.5, "click": 0.5})
    types = {("u", "i00"): "Buy", ("u", "none"): "Click", ("v", "i00"): "Click", ("v", "none"): "Buy"}
    metrics = SolutionMetrics(weights=weights, types=types)
    name = "normalized_discounted_cumulative_gain_with_event_weights_at_5"
    bought, clicked = (metrics(MODEL, [query(user, "i00", "none")], ITEMS)[name] for user in "uv")
    assert 1 > bought > clicked > 0
    assert "average_rewards_at_k" not in metrics(MODEL, [], ITEMS)


def test_given_several_events_with_an_item_then_the_newest_one_counts() -> None:
    events = Interactions(["u", "u"], ["i", "i"], [2, 1], ["buy", "view"])
    assert newest_types(events) == {("u", "i"): "buy"}


def test_given_interactions_then_each_user_trains_with_the_oldest_four_fifths() -> None:
    events = Interactions(["u"] * 5 + ["v"], ["a", "b", "c", "d", "e", "a"], [1, 2, 3, 4, 5, 9])
    training, queries = split_each_user(events)
    assert list(training.item_ids) == ["a", "b", "c", "d", "a"]
    assert [(one.user_id, one.targets) for one in queries] == [("u", frozenset("e")), ("v", frozenset())]


def test_given_users_with_an_affinity_then_they_are_hits() -> None:
    model = FakeModel({"a": 1.0, "b": 1.0}, {"x": {"a": 9.0}}, {})
    fan, other = Query("fan", [Event("x", 1.0)], frozenset("a")), Query("other", (), frozenset("b"))
    measured = segment_metrics(model, [fan, other], ["a", "b"])
    assert measured == {"coverage": 1.0, "hits_at_1_percent": 1.0, "recall_at_1_percent": 1.0}


@pytest.mark.parametrize(
    ("recipe", "config", "metric"),
    [
        (
            "aws-user-personalization",
            {"optimizationObjective": {"itemAttribute": "PRICE", "objectiveSensitivity": "HIGH"}},
            "average_rewards_at_k",
        ),
        (
            "aws-user-personalization-v2",
            {"eventsConfig": {"eventParametersList": [{"eventType": "view", "weight": 0.5}, {"eventType": "apply"}]}},
            "normalized_discounted_cumulative_gain_with_event_weights_at_25",
        ),
        ("aws-item-affinity", {}, "recall_at_1_percent"),
        ("aws-trending-now", {}, "trend_prediction_accuracy"),
    ],
)
def test_given_a_solution_when_trained_then_its_version_has_the_metric(
    with_data: InProcessPersonalize, recipe: str, config: dict[str, object], metric: str
) -> None:
    solution = with_data.call(
        "CreateSolution",
        name="measured",
        datasetGroupArn=with_data.arns["group"],
        recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
        performAutoTraining=False,
        solutionConfig=config,
    )["solutionArn"]
    version = with_data.train(solution)["solutionVersionArn"]
    assert 0 <= with_data.call("GetSolutionMetrics", solutionVersionArn=version)["metrics"][metric] <= 1
