"""The history table's layout: keys that sort by time, and items that are the same whenever an event comes again."""

from typing import Any

import pytest

from animal_recommender.event_types import EventTypes
from animal_recommender.events import Event, parse_event
from animal_recommender.history_table import (
    FIRST_EVENT,
    FIRST_LOGIN,
    LAST_LOGIN,
    event_item,
    is_repeat,
    item_key,
    login_item,
    login_key,
    partition_key,
    sort_key_after,
    sort_key_before,
    to_event,
    user_item,
)
from tests.unit.functions.streams import METADATA, event

AT = 1_790_000_000.25
DAY = 86_400


def parse(place: str = "shard:1", **changes: Any) -> Event:
    document = event(**{"timestamp": AT, **changes})
    return parse_event(document, position=0, record=0, place=place, arrival=AT, event_types=EventTypes())


def key(**changes: Any) -> str:
    sort_key: str = event_item(parse(**changes), 30)["sk"]["S"]
    return sort_key


def test_given_an_event_then_its_item_has_all_that_history_needs() -> None:
    item = event_item(parse(eventId="e", animal_id=98765, eventValue=2.5, recommendationId="r"), 30)

    assert item == {
        "pk": {"S": "userId#12345"},
        "sk": {"S": "2026-09-21T14:13:20.250000Z#e"},
        "userId": {"S": "12345"},
        "sessionId": {"S": "s-1"},
        "eventId": {"S": "e"},
        "eventType": {"S": "DetailView"},
        "timestamp": {"S": "2026-09-21T14:13:20.250000Z"},
        "itemId": {"S": "1-Russian_Blue-1-2"},
        "animalMetadata": {"M": {name: {"S": value} for name, value in METADATA.items()}},
        "animal_id": {"S": "98765"},
        "recommendationId": {"S": "r"},
        "eventValue": {"N": "2.5"},
        "place": {"S": "shard:1"},
        "expiresAt": {"N": str(1_790_000_000 + 30 * DAY)},
    }
    assert to_event(item) == {
        "userId": "12345",
        "sessionId": "s-1",
        "eventId": "e",
        "eventType": "DetailView",
        "timestamp": "2026-09-21T14:13:20.250000Z",
        "itemId": "1-Russian_Blue-1-2",
        "animalMetadata": METADATA,
        "animal_id": "98765",
        "recommendationId": "r",
        "eventValue": 2.5,
    }


def test_given_events_then_their_keys_sort_by_time_and_lie_between_the_keys_around_a_moment() -> None:
    earlier, first, second, later = key(timestamp=AT - 1), key(eventId="a"), key(eventId="b"), key(timestamp=AT + 1e-6)

    assert earlier < sort_key_before(AT) < first < second < sort_key_after(AT) < later
    assert FIRST_EVENT < earlier < later < FIRST_LOGIN


def test_given_a_login_then_its_marker_is_behind_all_events_and_covers_those_before_it() -> None:
    marker = login_item(parse(), 30)
    before, after = event_item(parse(userId=..., timestamp=AT - 1), 30), event_item(parse(timestamp=AT + 1), 30)

    assert marker["pk"] == before["pk"] == {"S": partition_key(None, "s-1")}
    assert login_key(before) < marker["sk"]["S"] < login_key(after) < LAST_LOGIN
    assert marker["userId"] == {"S": "12345"}


def test_given_an_event_of_a_session_then_it_becomes_the_same_event_of_the_user() -> None:
    anonymous = event_item(parse(userId=..., eventId="e"), 30)

    assert user_item(anonymous, "12345") == event_item(parse(eventId="e"), 30)
    assert item_key(anonymous) == {"pk": {"S": "session#s-1"}, "sk": anonymous["sk"]}


def test_given_ids_of_the_greatest_length_then_keys_stay_within_dynamodbs_limits() -> None:
    long = "\U0001f431" * 256

    for item in (event_item(parse(userId=long, sessionId=long, eventId=long), 30), login_item(parse(userId=long), 30)):
        assert len(item["pk"]["S"].encode()) <= 2048
        assert len(item["sk"]["S"].encode()) <= 1024
    assert key(eventId=long) != key(eventId=long[:-1] + "x")


@pytest.mark.parametrize(
    ("place", "stored", "repeat"),
    [
        ("shard:2", {"place": {"S": "shard:1"}}, True),
        ("shard:1", {"place": {"S": "shard:1"}}, False),  # the record was delivered again
        ("shard:2", {}, True),  # written before places were kept
        ("shard:2", None, False),
    ],
)
def test_given_a_stored_item_of_the_same_key_then_only_that_of_another_record_is_a_repetition(
    place: str, stored: Any, repeat: bool
) -> None:
    assert is_repeat(event_item(parse(place, eventId="e"), 30), stored) is repeat


def test_given_an_event_without_an_id_of_its_own_then_it_is_never_a_repetition() -> None:
    item = event_item(parse("shard:2"), 30)

    assert not is_repeat(item, item)
    assert "place" not in item
