"""The events API."""

import json

import pytest

from local_aws.personalize.errors import InvalidInputError
from local_aws.testing.in_process import NOW, InProcessPersonalize


def test_given_legacy_properties_when_put_then_item_and_value_are_read_from_them(
    with_data: InProcessPersonalize,
) -> None:
    event = {"eventType": "view", "sentAt": NOW, "properties": '{"itemId": "i5", "eventValue": 0.5}'}
    with_data.call("PutEvents", trackingId=with_data.arns["tracking"], sessionId="s", eventList=[event])
    history = with_data.app.service().data(with_data.arns["group"]).interactions.history("s", 9)
    assert [(event.item_id, event.event_value) for event in history] == [("i5", 0.5)]


@pytest.mark.parametrize(
    "properties",
    ['{"itemId": ["i5"]}', '{"itemId": 5}', json.dumps({"itemId": "i" * 257}), '{"eventValue": "much"}', "[" * 1000],
)
def test_given_properties_of_wrong_types_when_put_then_they_are_rejected_and_nothing_is_recorded(
    with_data: InProcessPersonalize, properties: str
) -> None:
    log = with_data.app.service().data(with_data.arns["group"]).interactions
    before = len(log)
    event = {"eventType": "view", "sentAt": NOW, "properties": properties}
    with pytest.raises(InvalidInputError):
        with_data.call("PutEvents", trackingId=with_data.arns["tracking"], sessionId="s", eventList=[event])
    assert len(log) == before


def test_given_an_event_id_when_it_is_sent_twice_then_the_first_event_is_kept(
    with_campaign: InProcessPersonalize,
) -> None:
    with_campaign.put_views("s", "i1", user="u", eventId="one")
    with_campaign.put_views("s", "i2", user="u", eventId="one")
    history = with_campaign.app.service().data(with_campaign.arns["group"]).interactions.history("u", 100)
    assert [event.item_id for event in history] == ["i1"]


def test_given_events_of_unknown_items_when_recorded_then_they_are_recommended_only_after_a_training(
    with_campaign: InProcessPersonalize,
) -> None:
    with_campaign.put_views("s", "brand-new", user="u")
    assert "brand-new" not in with_campaign.recommend("u", 100)
    assert (
        with_campaign.app.service().data(with_campaign.arns["group"]).interactions.history("u", 9)[0].item_id
        == "brand-new"
    )


def test_given_an_event_of_a_recommendation_when_recorded_then_it_has_the_recommended_items(
    with_campaign: InProcessPersonalize,
) -> None:
    response = with_campaign.call(
        "GetRecommendations", campaignArn=with_campaign.arns["campaign"], userId="u1", numResults=3
    )
    shown = "|".join(item["itemId"] for item in response["itemList"])
    with_campaign.put_views(
        "s", "i1", user="u1", recommendationId=response["recommendationId"], properties='{"deviceType": "phone"}'
    )
    with_campaign.put_views("s", "i2", user="u1", impression=["i1", "i2"])
    columns = with_campaign.app.service().data(with_campaign.arns["group"]).interactions.columns()
    rows = [columns.extra(row) for row in (-2, -1)]
    assert rows == [
        {"DEVICE_TYPE": "phone", "RECOMMENDATION_ID": response["recommendationId"], "IMPRESSION": shown},
        {"IMPRESSION": "i1|i2"},
    ]
