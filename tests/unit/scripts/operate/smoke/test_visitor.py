"""The visitor's events."""

import base64
import io
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from animal_recommender.event_types import EventTypes
from animal_recommender.stream_batches import parse_records, read_records
from scripts.common.task import TaskError
from scripts.operate.smoke.visitor import EVENTS, PREFIX, Visit, plan_visit
from tests.unit.scripts.operate.smoke.conftest import STREAM_ARN, deployment

DATE = format_datetime(datetime.now(UTC) - timedelta(minutes=3), usegmt=True)  # the clock here is ahead of AWS's


def planned(*groups: str) -> Visit:
    body = json.dumps({"general": groups}).encode()
    summary = {"StreamDescriptionSummary": {"StreamARN": STREAM_ARN}}
    made = deployment(
        {"seed-bucket": "seed"},
        s3={"get_object": lambda **_: {"Body": io.BytesIO(body)}},
        kinesis={
            "put_record": lambda **_: {
                "ShardId": "shardId-0",
                "SequenceNumber": "7",
                "ResponseMetadata": {"HTTPHeaders": {"date": DATE}},
            },
            "describe_stream_summary": summary,
        },
    )
    return plan_visit(made)


def test_given_a_popular_list_then_the_events_are_valid_marked_and_about_groups_that_exist() -> None:
    visit = planned("2-Jack-Russell-2-1", "no group", "1-Maine_Coon-0-3")
    visit.send()
    batch = parse_records(read_records(visit.batch()), EventTypes())
    assert not batch.refusals
    assert [one.item_id for one in batch.events] == ["2-Jack-Russell-2-1", "1-Maine_Coon-0-3"]
    assert len({one.event_id for one in batch.events}) == EVENTS
    assert {one.user_id for one in batch.events} == {visit.user}
    assert not any(one.unknown_fields or one.unknown_type for one in batch.events)
    assert {one.arrival for one in visit.records} == {parsedate_to_datetime(DATE).timestamp()}
    assert visit.user.startswith(PREFIX)
    assert visit.user != planned("2-Pug-2-1").user


def test_given_nothing_sent_then_a_function_can_be_called_with_what_would_have_been_sent() -> None:
    visit = planned("2-Pug-2-1")
    records = visit.batch()["Records"]
    assert [json.loads(base64.b64decode(one["kinesis"]["data"]))["userId"] for one in records] == [visit.user] * EVENTS
    assert visit.records == []


def test_given_a_list_without_groups_then_no_visit_is_possible() -> None:
    with pytest.raises(TaskError, match="has no animal group"):
        planned("item-1", "x")
