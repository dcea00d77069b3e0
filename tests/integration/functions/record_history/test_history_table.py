"""The history on moto's DynamoDB: keys, expressions and paging as DynamoDB itself reads them."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from animal_recommender.event_types import EventTypes
from animal_recommender.events import Event
from animal_recommender.retries import Deadline
from get_history.query import parse_query, read_history
from record_history.store import HistoryStore
from tests.unit.functions.fakes import FakeContext
from tests.unit.functions.streams import METADATA, NOW


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = boto3.client("dynamodb", "eu-west-1")
        client.create_table(
            TableName="history",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        )
        yield client


def test_given_a_session_that_logs_in_then_the_user_reads_it_all_page_by_page(dynamodb: Any) -> None:
    def happened(number: int, user: str | None, shard: str = "shard-0") -> Event:
        kind = "Favorite" if number % 10 == 0 else "DetailView"
        at = NOW - 100 + number // 2
        place, event_id = f"{shard}:{number:056}", f"e{number:03}"
        return Event(number, number, place, event_id, at, "s", user, kind, "1-a-1-1", METADATA, event_value=0.5)

    store = HistoryStore(dynamodb, "history", 30, (), 2)
    deadline = Deadline(FakeContext(), 4.0)
    views = [happened(number, None) for number in range(60)]
    again = [happened(number, None, "shard-1") for number in range(60)]
    for batch, repeated in ((views, 0), ([happened(60, "u")], 0), (views, 0), (again, 60)):  # the third is a replay
        outcome = store.record(batch, deadline)
        assert not outcome.failed
        assert not outcome.refused
        assert len(outcome.repeated) == repeated

    found, query = [], {"userId": "u", "limit": 25}
    while True:
        page = read_history(dynamodb, "history", parse_query(query, EventTypes()))
        found.append([read["eventId"] for read in page["events"]])
        if "nextToken" not in page:
            break
        query["nextToken"] = page["nextToken"]
    assert [len(ids) for ids in found] == [25, 25, 11]
    assert sum(found, []) == [f"e{number:03}" for number in reversed(range(61))]  # noqa: RUF017 - three pages
    assert read_history(dynamodb, "history", parse_query({"sessionId": "s"}, EventTypes())) == {"events": []}

    of_type = read_history(
        dynamodb, "history", parse_query({"userId": "u", "eventType": "Favorite", "after": NOW - 90}, EventTypes())
    )
    assert [read["eventId"] for read in of_type["events"]] == ["e060", "e050", "e040", "e030"]
    assert of_type["events"][0]["eventValue"] == 0.5
