"""Recommendations and how events change them."""

import threading

import pytest

from local_aws.personalize.errors import InvalidInputError, ResourceNotFoundError
from local_aws.testing.in_process import NOW, USERS, InProcessPersonalize, interactions_csv


def test_given_an_unknown_user_when_requested_then_popular_items_are_recommended(
    with_campaign: InProcessPersonalize,
) -> None:
    assert len(with_campaign.recommend("nobody")) == 5
    assert with_campaign.recommend("nobody") == with_campaign.recommend("nobody")


def test_given_an_anonymous_session_when_it_views_cats_then_cats_are_recommended(
    with_campaign: InProcessPersonalize,
) -> None:
    with_campaign.put_views("session-1", "i1", "i4", "i7", user=None)
    cats = {f"i{n}" for n in range(20)}
    assert set(with_campaign.recommend("session-1")) <= cats


def test_given_a_session_when_an_event_links_it_to_a_user_then_its_events_are_those_of_the_user(
    with_campaign: InProcessPersonalize,
) -> None:
    with_campaign.put_views("session-2", "i21", "i24", "i27")
    before = with_campaign.recommend("newcomer")
    with_campaign.put_views("session-2", "i30", user="newcomer")
    after = with_campaign.recommend("newcomer")
    assert before != after
    assert set(after) <= {f"i{n}" for n in range(20, 40)}
    history = with_campaign.app.service().data(with_campaign.arns["group"]).interactions.history("newcomer", 100)
    # The linking event came last, but is as old as the first. Within a second, the order is that of arrival.
    assert [event.item_id for event in history] == ["i21", "i30", "i24", "i27"]


def test_given_a_filter_with_a_parameter_when_requested_then_only_such_items_are_recommended(
    with_campaign: InProcessPersonalize,
) -> None:
    arn = with_campaign.call(
        "CreateFilter",
        name="species",
        datasetGroupArn=with_campaign.arns["group"],
        filterExpression="INCLUDE ItemID WHERE Items.SPECIES IN ($SPECIES)",
    )["filterArn"]
    pets = with_campaign.recommend("u0", 40, filterArn=arn, filterValues={"SPECIES": '"pet"'})
    assert set(pets) == {f"i{n}" for n in range(20, 40)}
    with pytest.raises(InvalidInputError, match="SPECIES"):
        with_campaign.recommend("u0", filterArn=arn)


def test_given_metadata_columns_when_enabled_then_items_have_them(with_campaign: InProcessPersonalize) -> None:
    selected = {"metadataColumns": {"ITEMS": ["SPECIES"]}}
    with pytest.raises(InvalidInputError, match="not enabled"):
        with_campaign.recommend("u0", **selected)
    with_campaign.call(
        "UpdateCampaign",
        campaignArn=with_campaign.arns["campaign"],
        campaignConfig={"enableMetadataWithRecommendations": True},
    )
    with_campaign.wait_idle()
    response = with_campaign.call(
        "GetRecommendations", campaignArn=with_campaign.arns["campaign"], userId="u0", **selected
    )
    assert response["itemList"][0]["metadata"]["SPECIES"] in ("cat", "dog|pet")
    with pytest.raises(InvalidInputError, match="numResults"):
        with_campaign.recommend("u0", 51, **selected)


def test_given_a_new_item_when_put_then_the_campaign_can_explore_it(with_campaign: InProcessPersonalize) -> None:
    with_campaign.call(
        "PutItems",
        datasetArn=with_campaign.arns["Items"],
        items=[{"itemId": "kitten", "properties": f'{{"species": "cat", "creationTimestamp": {NOW + 2000}}}'}],
    )
    with_campaign.call(
        "UpdateCampaign",
        campaignArn=with_campaign.arns["campaign"],
        campaignConfig={"itemExplorationConfig": {"explorationWeight": "1", "explorationItemAgeCutOff": "30"}},
    )
    with_campaign.wait_idle()
    with_campaign.recommend("u0")
    with_campaign.wait_idle()
    # Several visitors, because the new items that are explored are drawn for each visitor.
    assert any("kitten" in with_campaign.recommend(f"u{n}", 10) for n in range(10))


def test_given_a_ranking_campaign_when_ranked_then_each_item_once_and_the_unknown_last(
    with_data: InProcessPersonalize,
) -> None:
    solution = with_data.call(
        "CreateSolution",
        name="ranking",
        datasetGroupArn=with_data.arns["group"],
        recipeArn="arn:aws:personalize:::recipe/aws-personalized-ranking",
        performAutoTraining=False,
    )["solutionArn"]
    version = with_data.train(solution)["solutionVersionArn"]
    campaign = with_data.call("CreateCampaign", name="ranking", solutionVersionArn=version)["campaignArn"]
    with_data.wait_idle()
    response = with_data.call(
        "GetPersonalizedRanking", campaignArn=campaign, userId="u1", inputList=["new", "i1", "i30", "i1"]
    )
    ranked = response["personalizedRanking"]
    assert [item["itemId"] for item in ranked] == ["i30", "i1", "new"]
    assert "score" not in ranked[-1]
    with pytest.raises(InvalidInputError, match="does not support"):
        with_data.call("GetRecommendations", campaignArn=campaign, userId="u1")


def test_given_invalid_requests_when_sent_then_the_documented_errors_are_returned(
    with_campaign: InProcessPersonalize,
) -> None:
    with pytest.raises(ResourceNotFoundError):
        with_campaign.call("GetRecommendations", campaignArn=with_campaign.arns["campaign"] + "x", userId="u")
    with pytest.raises(InvalidInputError, match="userId"):
        with_campaign.call("GetRecommendations", campaignArn=with_campaign.arns["campaign"])
    with pytest.raises(InvalidInputError, match="501"):
        with_campaign.recommend("u", 501)
    with pytest.raises(InvalidInputError, match="tracking id"):
        with_campaign.call(
            "PutEvents",
            trackingId="wrong",
            sessionId="s",
            eventList=[{"eventType": "view", "sentAt": NOW}],
        )
    with pytest.raises(InvalidInputError, match="epoch seconds"):
        with_campaign.put_views("s", "i1", sentAt=NOW * 1000)
    with pytest.raises(InvalidInputError, match="properties json"):
        with_campaign.put_views("s", "i1", properties="{")


def test_given_a_users_record_when_a_filter_has_an_if_then_it_applies_to_such_users_only(
    with_campaign: InProcessPersonalize,
) -> None:
    with_campaign.create_dataset("Users", USERS)
    with_campaign.call(
        "PutUsers", datasetArn=with_campaign.arns["Users"], users=[{"userId": "u0", "properties": '{"level": "gold"}'}]
    )
    arn = with_campaign.call(
        "CreateFilter",
        name="gold",
        datasetGroupArn=with_campaign.arns["group"],
        filterExpression='EXCLUDE ItemID WHERE Items.SPECIES IN ("cat") IF CurrentUser.LEVEL = "gold"',
    )["filterArn"]
    cats = {f"i{n}" for n in range(20)}
    assert not set(with_campaign.recommend("u0", 40, filterArn=arn)) & cats
    assert set(with_campaign.recommend("u2", 40, filterArn=arn)) & cats


def test_given_the_same_data_twice_when_trained_then_recommendations_are_equal(
    with_campaign: InProcessPersonalize,
) -> None:
    recommended = with_campaign.recommend("u3", 40)
    second = with_campaign.train(with_campaign.arns["solution"])["solutionVersionArn"]
    with_campaign.call("UpdateCampaign", campaignArn=with_campaign.arns["campaign"], solutionVersionArn=second)
    with_campaign.wait_idle()
    assert with_campaign.recommend("u3", 40) == recommended


def test_given_many_threads_when_they_send_request_and_import_then_each_event_is_stored_once(
    with_campaign: InProcessPersonalize,
) -> None:
    log = with_campaign.app.service().data(with_campaign.arns["group"]).interactions
    before, failures = len(log), []

    def visit(visitor: int) -> None:
        try:
            for number in range(60):
                with_campaign.put_views(f"s{visitor}", "i1", user=f"v{visitor}", eventId=f"{visitor}-{number // 2}")
                assert with_campaign.recommend(f"v{visitor}")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=visit, args=(visitor,)) for visitor in range(6)]
    for thread in threads:
        thread.start()
    with_campaign.import_csv("Interactions", interactions_csv(), "meanwhile")
    for thread in threads:
        thread.join()
    assert not failures
    assert len(log) == before + 6 * 30
    assert len(log.history("v0", 1000)) == 30
