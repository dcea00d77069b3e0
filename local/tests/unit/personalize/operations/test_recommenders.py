"""Recommenders: the use cases of a domain."""

from typing import Any

import pytest

from local_aws.personalize.errors import InvalidInputError, ResourceInUseError, ResourceNotFoundError
from local_aws.testing.in_process import INTERACTIONS, NOW, InProcessPersonalize, interactions_csv, items_csv, schema
from local_aws.testing.personalize_account import personalize_account

RECIPE = "arn:aws:personalize:::recipe/aws-"
ITEMS = schema(
    "Items",
    {"name": "ITEM_ID", "type": "string"},
    {"name": "GENRES", "type": "string", "categorical": True},
    {"name": "PRICE", "type": "float"},
    {"name": "CREATION_TIMESTAMP", "type": "long"},
)


@pytest.fixture
def videos(personalize: InProcessPersonalize) -> InProcessPersonalize:
    """A service with a group of the domain VIDEO_ON_DEMAND, whose users watch and click."""
    group = personalize.call("CreateDatasetGroup", name="videos", domain="VIDEO_ON_DEMAND")["datasetGroupArn"]
    personalize.arns["group"] = group
    personalize.create_dataset("Interactions", INTERACTIONS, domain="VIDEO_ON_DEMAND")
    personalize.create_dataset("Items", ITEMS, domain="VIDEO_ON_DEMAND")
    events = interactions_csv(each=40).replace(",view", ",Watch").replace(",apply", ",Click")
    personalize.import_csv("Interactions", events, "interactions")
    personalize.import_csv("Items", items_csv().replace("SPECIES", "GENRES"), "items")
    tracker = personalize.call("CreateEventTracker", name="tracker", datasetGroupArn=group)
    personalize.arns["tracking"] = tracker["trackingId"]
    return personalize


def create(personalize: InProcessPersonalize, use_case: str, **config: Any) -> str:
    request = {"name": use_case, "datasetGroupArn": personalize.arns["group"], "recipeArn": RECIPE + use_case}
    arn: str = personalize.call("CreateRecommender", recommenderConfig=config, **request)["recommenderArn"]
    personalize.wait_idle()
    return arn


def describe(personalize: InProcessPersonalize, arn: str) -> dict[str, Any]:
    return dict(personalize.call("DescribeRecommender", recommenderArn=arn)["recommender"])


def ask(personalize: InProcessPersonalize, arn: str, **request: Any) -> list[str]:
    response = personalize.call("GetRecommendations", recommenderArn=arn, **request)
    return [item["itemId"] for item in response["itemList"]]


@pytest.mark.parametrize(
    ("use_case", "request_"),
    [
        ("vod-because-you-watched-x", {"userId": "u0", "itemId": "i3"}),
        ("vod-more-like-x", {"userId": "u0", "itemId": "i3"}),
        ("vod-most-popular", {"userId": "u0"}),
        ("vod-trending-now", {}),
        ("vod-top-picks", {"userId": "u0"}),
    ],
)
def test_given_a_use_case_when_requested_then_it_recommends_and_needs_its_members(
    videos: InProcessPersonalize, use_case: str, request_: dict[str, str]
) -> None:
    arn = create(videos, use_case)
    recommender = describe(videos, arn)
    assert recommender["status"] == "ACTIVE"
    assert "precision_at_5" in recommender["modelMetrics"]
    assert ask(videos, arn, userId="new", **{name: value for name, value in request_.items() if name == "itemId"})
    for name in request_:
        with pytest.raises(InvalidInputError, match=f"{name} is required"):
            ask(videos, arn, **{other: value for other, value in request_.items() if other != name})


def test_given_watched_videos_when_top_picks_are_requested_then_these_are_hidden(videos: InProcessPersonalize) -> None:
    arn = create(videos, "vod-top-picks")
    seen = ask(videos, arn, userId="new", numResults=3)
    events = [
        {"eventType": kind, "itemId": item, "sentAt": NOW}
        for kind, item in zip(("Watch", "Watch", "Click"), seen, strict=True)
    ]
    videos.call("PutEvents", trackingId=videos.arns["tracking"], userId="new", sessionId="s", eventList=events)
    recommended = ask(videos, arn, userId="new", numResults=100)
    assert not set(recommended) & set(seen[:2])
    assert seen[2] in recommended


def test_given_too_few_events_of_the_type_when_created_then_the_recommender_fails(
    videos: InProcessPersonalize,
) -> None:
    videos.import_csv("Interactions", interactions_csv(), "others")
    recommender = describe(videos, create(videos, "vod-most-popular"))
    assert recommender["status"] == "CREATE FAILED"
    assert "interactions" in recommender["failureReason"]


def test_given_a_recommender_when_stopped_then_it_does_not_answer_until_it_is_started(
    videos: InProcessPersonalize,
) -> None:
    arn = create(videos, "vod-top-picks")
    with pytest.raises(ResourceInUseError, match="not INACTIVE but ACTIVE"):
        videos.call("StartRecommender", recommenderArn=arn)
    videos.call("StopRecommender", recommenderArn=arn)
    with pytest.raises(InvalidInputError, match="INACTIVE"):
        ask(videos, arn, userId="u0")
    videos.call("StartRecommender", recommenderArn=arn)
    assert ask(videos, arn, userId="u0")


def test_given_a_configuration_when_updated_then_it_is_served_and_metadata_is_returned(
    videos: InProcessPersonalize,
) -> None:
    arn = create(videos, "vod-top-picks", itemExplorationConfig={"explorationWeight": "0.1"})
    columns = {"Items": ["ITEM_ID", "GENRES"]}
    videos.call(
        "UpdateRecommender",
        recommenderArn=arn,
        recommenderConfig={
            "enableMetadataWithRecommendations": True,
            "trainingDataConfig": {"includedDatasetColumns": columns},
        },
    )
    videos.wait_idle()
    recommender = describe(videos, arn)
    assert recommender["latestRecommenderUpdate"]["status"] == "ACTIVE"
    assert recommender["recommenderConfig"]["itemExplorationConfig"]["explorationWeight"] == "0.1"
    request = {"userId": "u0", "metadataColumns": {"ITEMS": ["GENRES"]}}
    items = videos.call("GetRecommendations", recommenderArn=arn, **request)["itemList"]
    assert items[0]["metadata"]["genres"] in ("cat", "dog|pet")


def test_given_seven_days_then_a_recommender_is_trained_again(caplog: pytest.LogCaptureFixture) -> None:
    with personalize_account() as account:
        account.app.service().store.get(account.group_arn).fields["domain"] = "ECOMMERCE"
        recipe = f"{RECIPE}ecomm-recommended-for-you"
        account.client().create_recommender(name="r", datasetGroupArn=account.group_arn, recipeArn=recipe)
        account.clock.sleep(10)
        account.app.faults.add({"failNextTraining": {"r": "out of capacity"}})
        account.clock.sleep(6 * 86_400)
        assert "out of capacity" not in caplog.text
        account.clock.sleep(86_400)
        assert "the retraining failed: out of capacity" in caplog.text
        (recommender,) = account.client().list_recommenders()["recommenders"]
        assert recommender["status"] == "ACTIVE"


@pytest.mark.parametrize("use_case", ["ecomm-recommended-for-you", "user-personalization"])
def test_given_a_recipe_of_another_kind_when_created_then_it_is_refused(
    videos: InProcessPersonalize, use_case: str
) -> None:
    with pytest.raises(InvalidInputError, match="does not fit"):
        create(videos, use_case)


def test_given_a_domain_when_recipes_are_listed_then_they_are_its_use_cases(personalize: InProcessPersonalize) -> None:
    first = personalize.call("ListRecipes", domain="ECOMMERCE")
    assert len(first["recipes"]) == 5
    assert {recipe["domain"] for recipe in first["recipes"]} == {"ECOMMERCE"}
    # A notebook of AWS reads the next page without asking whether there is one.
    assert personalize.call("ListRecipes", domain="ECOMMERCE", nextToken=first["nextToken"])["recipes"] == []


def test_given_a_recommender_when_its_group_is_deleted_then_it_must_go_first(videos: InProcessPersonalize) -> None:
    arn = create(videos, "vod-most-popular")
    with pytest.raises(ResourceInUseError):
        videos.call("DeleteDatasetGroup", datasetGroupArn=videos.arns["group"])
    assert (
        videos.call("ListRecommenders", datasetGroupArn=videos.arns["group"])["recommenders"][0]["recommenderArn"]
        == arn
    )
    videos.call("DeleteRecommender", recommenderArn=arn)
    with pytest.raises(ResourceNotFoundError):
        ask(videos, arn, userId="u0")
