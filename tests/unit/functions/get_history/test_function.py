"""get_history: pages, ranges, types, and errors that name their field."""

import json
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest

from tests.unit.functions.fakes import FakeContext, FakeDynamoDB
from tests.unit.functions.streams import METADATA, NOW, event, kinesis


@pytest.fixture
def history(record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext) -> FakeDynamoDB:
    """25 events of one user, one each second up to NOW, every fifth a Favorite; and three of a session."""
    types = ["Favorite" if n % 5 == 0 else "DetailView" for n in range(25)]
    mine = [
        event(eventId=f"{n:02}", timestamp=NOW - 24 + n, eventType=kind, animal_id="7") for n, kind in enumerate(types)
    ]
    record_history(kinesis(*mine, *(event(userId=..., sessionId="s", eventId=f"s{n}") for n in range(3))), context)
    return dynamodb


def ids(answer: dict[str, Any]) -> list[str]:
    return [found["eventId"] for found in answer["events"]]


def pages(get_history: Any, context: FakeContext, **query: Any) -> list[list[str]]:
    answer = get_history(query, context)
    found = [ids(answer)]
    while "nextToken" in answer:
        answer = get_history({**query, "nextToken": answer["nextToken"]}, context)
        found.append(ids(answer))
    return found


@pytest.mark.usefixtures("history")
def test_given_a_user_then_events_come_newest_first_as_the_app_wrote_them(
    get_history: Any, context: FakeContext
) -> None:
    answer = get_history({"userId": 12345}, context)

    assert ids(answer) == [f"{n:02}" for n in reversed(range(25))]
    assert answer["events"][0] == {
        "userId": "12345",
        "sessionId": "s-1",
        "eventId": "24",
        "eventType": "DetailView",
        "timestamp": datetime.fromtimestamp(NOW, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "itemId": "1-Russian_Blue-1-2",
        "animalMetadata": METADATA,
        "animal_id": "7",
    }
    assert "nextToken" not in answer


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(("limit", "sizes"), [(10, [10, 10, 5]), (5, [5] * 5), (25, [25]), (24, [24, 1])])
def test_given_a_limit_then_each_page_but_the_last_has_a_token_for_the_next(
    get_history: Any, context: FakeContext, limit: int, sizes: list[int]
) -> None:
    found = pages(get_history, context, userId="12345", limit=limit)

    assert [len(page) for page in found] == sizes
    assert list(chain(*found)) == [f"{n:02}" for n in reversed(range(25))]


def test_given_a_type_and_small_reads_then_pages_have_every_match_once(
    get_history: Any, history: FakeDynamoDB, context: FakeContext
) -> None:
    history.page = 3

    found = pages(get_history, context, userId="12345", eventType="Favorite", limit=2)

    assert list(chain(*found)) == ["20", "15", "10", "05", "00"]


@pytest.mark.usefixtures("history")
def test_given_a_range_then_both_ends_are_exclusive_and_may_be_iso(get_history: Any, context: FakeContext) -> None:
    after = datetime.fromtimestamp(NOW - 20, UTC).isoformat()

    assert ids(get_history({"userId": "12345", "after": after, "before": NOW - 16}, context)) == ["07", "06", "05"]
    assert ids(get_history({"userId": "12345", "before": NOW - 22}, context)) == ["01", "00"]
    assert pages(get_history, context, userId="12345", after=NOW - 3, limit=2) == [["24", "23"], ["22"]]


@pytest.mark.usefixtures("history")
def test_given_a_session_then_its_own_events_are_returned(get_history: Any, context: FakeContext) -> None:
    assert ids(get_history({"sessionId": "s"}, context)) == ["s2", "s1", "s0"]
    assert get_history({"userId": "nobody"}, context) == {"events": []}


def test_given_expired_events_then_they_are_not_returned_even_if_dynamodb_still_has_them(
    get_history: Any, history: FakeDynamoDB, context: FakeContext
) -> None:
    for (_, sort_key), item in history.items.items():
        if sort_key.endswith("#24"):
            item["expiresAt"] = {"N": str(int(NOW) - 10)}

    assert ids(get_history({"userId": "12345", "limit": 2}, context)) == ["23", "22"]


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({}, "userId"),
        ({"userId": True}, "userId"),
        ({"userId": ""}, "userId"),
        ({"userId": "x" * 257}, "userId"),
        ({"userId": "u", "limit": 0}, "limit"),
        ({"userId": "u", "limit": 501}, "limit"),
        ({"userId": "u", "before": "yesterday"}, "before"),
        ({"userId": "u", "after": 5e15}, "after"),
        ({"userId": "u", "after": 20, "before": 10}, "after"),
        ({"userId": "u", "eventType": 5}, "eventType"),
        ({"userId": "u", "nextToken": "nonsense"}, "nextToken"),
        ({"userId": "u", "nextToken": "é"}, "nextToken"),
        ({"userId": "u", "nextToken": "WzEsMl0"}, "nextToken"),
    ],
)
def test_given_invalid_input_then_the_error_names_the_field(
    get_history: Any, context: FakeContext, payload: dict[str, Any], field: str
) -> None:
    assert [problem["field"] for problem in get_history(payload, context)["errors"]] == [field]


@pytest.mark.usefixtures("history")
def test_given_a_token_of_another_query_then_it_is_refused(get_history: Any, context: FakeContext) -> None:
    token = get_history({"userId": "12345", "limit": 1}, context)["nextToken"]

    for other in (
        {"userId": "6"},
        {"userId": "12345", "eventType": "Favorite"},
        {"userId": "12345", "before": NOW - 9},
    ):
        assert get_history({**other, "nextToken": token}, context)["errors"][0]["field"] == "nextToken"


def test_given_a_page_full_of_emoji_then_it_ends_early_and_the_next_one_goes_on(
    record_history: Any, get_history: Any, context: FakeContext
) -> None:
    cats = "\U0001f408" * 250
    loud = {"userId": "u", "animal_id": cats, "sessionId": cats, "eventType": cats}
    breed = {**METADATA, "animal_primary_breed_id": "\U0001f408" * 240}
    events = [event(**loud, animalMetadata=breed, eventId=f"{cats}{n:03}", timestamp=NOW - n) for n in range(500)]
    record_history(kinesis(*events), context)

    first = get_history({"body": {"userId": "u", "limit": 500}}, context)

    assert len(json.dumps(first, ensure_ascii=False).encode()) < 6_000_000
    assert 1 < len(json.loads(first["body"])["events"]) < 500
    found = pages(get_history, context, userId="u", limit=500)
    assert [event_id[-3:] for page in found for event_id in page] == [f"{n:03}" for n in range(500)]
