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
    assert response["itemList"][0]["metadata"]["species"] in ("cat", "dog|pet")
    with pytest.raises(InvalidInputError, match="numResults"):
        with_campaign.recommend("u0", 51, **selected)


def put_new_item(personalize: InProcessPersonalize, item: str) -> None:
    personalize.call(
        "PutItems",
        datasetArn=personalize.arns["Items"],
        items=[{"itemId": item, "properties": f'{{"species": "cat", "creationTimestamp": {NOW + 2000}}}'}],
    )


def serve(personalize: InProcessPersonalize, version: str) -> None:
    """Let the campaign serve a version, and explore as much as it can."""
    personalize.call(
        "UpdateCampaign",
        campaignArn=personalize.arns["campaign"],
        solutionVersionArn=version,
        campaignConfig={"itemExplorationConfig": {"explorationWeight": "1", "explorationItemAgeCutOff": "30"}},
    )
    personalize.wait_idle()


def learns(personalize: InProcessPersonalize, item: str) -> bool:
    """Return whether the campaign recommends an item after the time of an automatic update."""
    personalize.recommend("u0")
    personalize.wait_idle()
    # Several visitors, because the new items that are explored are drawn for each visitor.
    return any(item in personalize.recommend(f"u{n}", 10) for n in range(10))


def test_given_a_new_item_when_put_then_the_campaign_can_explore_it(with_campaign: InProcessPersonalize) -> None:
    put_new_item(with_campaign, "kitten")
    serve(with_campaign, with_campaign.arns["version"])

    assert learns(with_campaign, "kitten")


def test_given_a_newer_version_when_it_does_not_serve_then_the_one_that_does_learns_no_new_items(
    with_campaign: InProcessPersonalize,
) -> None:
    serve(with_campaign, with_campaign.arns["version"])
    put_new_item(with_campaign, "before")
    assert learns(with_campaign, "before")
    newer = with_campaign.train(with_campaign.arns["solution"])["solutionVersionArn"]

    put_new_item(with_campaign, "after")

    assert not learns(with_campaign, "after")
    assert learns(with_campaign, "before")  # it keeps what it learned
    serve(with_campaign, newer)
    assert learns(with_campaign, "after")


def test_given_a_rollback_when_a_new_item_is_put_then_the_older_version_does_not_learn_it(
    with_campaign: InProcessPersonalize,
) -> None:
    serve(with_campaign, with_campaign.train(with_campaign.arns["solution"])["solutionVersionArn"])
    serve(with_campaign, with_campaign.arns["version"])

    put_new_item(with_campaign, "kitten")

    assert not learns(with_campaign, "kitten")


def test_given_a_failed_training_when_it_is_the_newest_then_the_version_before_goes_on_learning(
    with_campaign: InProcessPersonalize,
) -> None:
    with_campaign.app.faults.add({"failNextTraining": {"*": "no capacity"}})
    assert with_campaign.train(with_campaign.arns["solution"])["status"] == "CREATE FAILED"
    serve(with_campaign, with_campaign.arns["version"])

    put_new_item(with_campaign, "kitten")

    assert learns(with_campaign, "kitten")


def test_given_a_version_made_by_update_when_a_new_item_is_put_then_only_a_full_training_resumes_the_updates(
    with_campaign: InProcessPersonalize,
) -> None:
    put_new_item(with_campaign, "before")
    updated = with_campaign.train(with_campaign.arns["solution"], trainingMode="UPDATE")["solutionVersionArn"]
    serve(with_campaign, updated)
    put_new_item(with_campaign, "after")

    assert learns(with_campaign, "before")  # what the update itself took in
    assert not learns(with_campaign, "after")
    serve(with_campaign, with_campaign.train(with_campaign.arns["solution"])["solutionVersionArn"])
    put_new_item(with_campaign, "later")
    assert learns(with_campaign, "later")


def test_given_popularity_count_when_requested_then_everybody_gets_the_same_items(
    with_data: InProcessPersonalize,
) -> None:
    campaign = with_data.deploy("aws-popularity-count")

    answer = with_data.call("GetRecommendations", campaignArn=campaign, numResults=5)

    assert [item["itemId"] for item in answer["itemList"]] == with_data.recommend("u0")
    assert not any("score" in item for item in answer["itemList"])
    with pytest.raises(InvalidInputError, match="does not support"):
        with_data.call("GetPersonalizedRanking", campaignArn=with_data.arns["campaign"], userId="u", inputList=["i1"])


@pytest.mark.parametrize("recipe", ["aws-sims", "aws-similar-items"])
def test_given_an_item_when_requested_then_related_items_are_recommended_without_it(
    with_data: InProcessPersonalize, recipe: str
) -> None:
    campaign = with_data.deploy(recipe)

    answer = with_data.call("GetRecommendations", campaignArn=campaign, itemId="i3", numResults=5)["itemList"]

    assert {item["itemId"] for item in answer} <= {f"i{n}" for n in range(20)} - {"i3"}
    assert len(answer) == 5
    with pytest.raises(InvalidInputError, match="itemId is required"):
        with_data.recommend("u0")


def test_given_a_filter_by_the_current_item_then_it_compares_with_the_item_of_the_request(
    with_data: InProcessPersonalize,
) -> None:
    expression = "INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE AND Items.SPECIES IN CurrentItem.SPECIES"
    cheaper = with_data.call(
        "CreateFilter", name="cheaper", datasetGroupArn=with_data.arns["group"], filterExpression=expression
    )["filterArn"]
    request = {"campaignArn": with_data.deploy("aws-sims"), "filterArn": cheaper}

    found = with_data.call("GetRecommendations", itemId="i24", **request)["itemList"]

    assert {item["itemId"] for item in found} == {"i20", "i21", "i22", "i23"}
    assert not with_data.call("GetRecommendations", itemId="no-such-item", **request)["itemList"]
    with_data.deploy("aws-popularity-count")
    with pytest.raises(InvalidInputError, match="has no CurrentItem"):
        with_data.recommend("u0", filterArn=cheaper)


def test_given_no_user_when_a_filter_needs_one_then_the_error_says_so(with_data: InProcessPersonalize) -> None:
    viewed = with_data.call(
        "CreateFilter",
        name="viewed",
        datasetGroupArn=with_data.arns["group"],
        filterExpression='EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("view")',
    )["filterArn"]
    request = {"campaignArn": with_data.deploy("aws-sims"), "itemId": "i3", "filterArn": viewed}
    with pytest.raises(InvalidInputError, match="userId is required"):
        with_data.call("GetRecommendations", **request)
    assert with_data.call("GetRecommendations", userId="u0", **request)["itemList"]


def test_given_a_ranking_campaign_when_ranked_then_each_item_once_and_the_unknown_last(
    with_data: InProcessPersonalize,
) -> None:
    campaign = with_data.deploy("aws-personalized-ranking")
    put_new_item(with_data, "cold")
    response = with_data.call(
        "GetPersonalizedRanking", campaignArn=campaign, userId="u1", inputList=["new", "cold", "i1", "i30", "i1"]
    )
    ranked = response["personalizedRanking"]
    assert [item["itemId"] for item in ranked] == ["i30", "i1", "new", "cold"]
    assert "score" not in ranked[-1]
    assert ranked[-2]["score"] == 0.0
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


def test_given_an_objective_when_requested_then_items_with_a_greater_attribute_come_first(
    with_data: InProcessPersonalize,
) -> None:
    objective = {"itemAttribute": "PRICE", "objectiveSensitivity": "HIGH"}
    with_data.deploy("aws-user-personalization", optimizationObjective=objective)
    prices = [int(item[1:]) for item in with_data.recommend("nobody", 40)]
    assert sum(prices[:10]) > sum(prices[-10:])


def test_given_a_context_when_requested_then_its_columns_must_be_contextual(
    with_campaign: InProcessPersonalize,
) -> None:
    with pytest.raises(InvalidInputError, match="EVENT_TYPE, which is no contextual column"):
        with_campaign.recommend("u0", context={"EVENT_TYPE": "view"})
    with pytest.raises(InvalidInputError, match="DEVICE, which is no contextual column"):
        with_campaign.recommend("u0", context={"DEVICE": "phone"})
    with_campaign.deploy("aws-popularity-count")
    with pytest.raises(InvalidInputError, match="takes no context"):
        with_campaign.recommend("u0", context={"DEVICE": "phone"})


def test_given_a_ranking_influence_when_a_campaign_is_created_then_it_is_refused(
    with_campaign: InProcessPersonalize,
) -> None:
    config = {"rankingInfluence": {"POPULARITY": 0.5}}
    with pytest.raises(InvalidInputError, match="takes no rankingInfluence"):
        with_campaign.call(
            "CreateCampaign", name="c", solutionVersionArn=with_campaign.arns["version"], campaignConfig=config
        )


def test_given_users_of_two_kinds_when_a_new_user_is_of_one_then_what_such_users_like_is_recommended(
    with_data: InProcessPersonalize,
) -> None:
    with_data.create_dataset("Users", USERS)
    # Users with even numbers view the first half of the items.
    rows = [f"u{n},{'cats' if n % 2 == 0 else 'dogs'}" for n in range(60)]
    with_data.import_csv("Users", "\n".join(["USER_ID,LEVEL", *rows, "kitty,cats", "rex,dogs"]))
    with_data.deploy("aws-user-personalization")
    cats = {f"i{n}" for n in range(20)}
    assert set(with_data.recommend("kitty")) <= cats
    assert not set(with_data.recommend("rex")) & cats
