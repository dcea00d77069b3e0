"""Trending items."""

import time

from local_aws.testing.in_process import InProcessPersonalize


def view(personalize: InProcessPersonalize, item: str, times: int, seconds_ago: float) -> None:
    for number in range(times):
        event = {"sentAt": time.time() - seconds_ago, "eventId": f"{item}-{seconds_ago}-{number}"}
        personalize.put_views(f"session-{item}", item, **event)


def test_given_old_interactions_only_when_requested_then_the_popular_items_are_recommended(
    with_data: InProcessPersonalize,
) -> None:
    with_data.deploy("aws-popularity-count")
    popular = with_data.recommend("u0")
    with_data.deploy("aws-trending-now")
    assert with_data.recommend("u0") == popular


def test_given_new_interactions_when_requested_then_those_with_the_greatest_increase_come_first(
    with_data: InProcessPersonalize,
) -> None:
    with_data.deploy("aws-trending-now", featureTransformationParameters={"trend_discovery_frequency": "1 hour"})
    view(with_data, "i30", times=9, seconds_ago=60)
    view(with_data, "new", times=4, seconds_ago=60)
    view(with_data, "i5", times=30, seconds_ago=60)
    view(with_data, "i5", times=30, seconds_ago=5400)
    recommended = with_data.recommend("u0", 10)
    assert recommended[:2] == ["i30", "new"]
    assert len(set(recommended)) == 10


def test_given_a_longer_interval_when_requested_then_older_interactions_count(with_data: InProcessPersonalize) -> None:
    view(with_data, "i30", times=5, seconds_ago=10_000)
    with_data.deploy("aws-trending-now", featureTransformationParameters={"trend_discovery_frequency": "1 hour"})
    assert with_data.recommend("u0", 1) != ["i30"]
    with_data.call("DeleteCampaign", campaignArn=with_data.arns["campaign"])
    solution = with_data.call("ListSolutions", datasetGroupArn=with_data.arns["group"])["solutions"][-1]["solutionArn"]
    with_data.call("DeleteSolution", solutionArn=solution)
    with_data.deploy("aws-trending-now", featureTransformationParameters={"trend_discovery_frequency": "1 day"})
    assert with_data.recommend("u0", 1) == ["i30"]


def test_given_a_filter_when_requested_then_it_applies_to_trending_items_too(with_data: InProcessPersonalize) -> None:
    with_data.deploy("aws-trending-now")
    view(with_data, "i30", times=9, seconds_ago=60)
    cats = with_data.call(
        "CreateFilter",
        name="cats",
        datasetGroupArn=with_data.arns["group"],
        filterExpression='INCLUDE ItemID WHERE Items.SPECIES IN ("cat")',
    )["filterArn"]
    assert set(with_data.recommend("u0", 40, filterArn=cats)) == {f"i{n}" for n in range(20)}
