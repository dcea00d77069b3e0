"""The load tests' records: the functions accept every good one and refuse all of the poison, so that soak can tell."""

import random
import time

import pytest

from animal_recommender.dead_letters import Record
from animal_recommender.event_types import EventTypes
from animal_recommender.stream_batches import ParsedBatch, parse_records
from tests.load.poison import KINDS, LARGE, Maker
from tests.load.records import GOOD, Plan

POISON = KINDS | LARGE


def parse(data: bytes) -> ParsedBatch:
    record = Record(0, "arn:aws:kinesis:us-east-1:123456789012:stream/s", "shardId-0", "1", time.time(), data)
    return parse_records([record], EventTypes())


@pytest.mark.parametrize("make", POISON.values(), ids=POISON)
def test_given_a_kind_of_poison_when_parsed_then_there_is_no_event_and_a_reason(make: Maker) -> None:
    chance = random.Random(1)
    for _ in range(5):
        batch = parse(make(chance))
        assert batch.events == []
        assert batch.dead_letters()[0].reason


def test_given_a_plan_when_its_good_records_are_parsed_then_each_is_one_event() -> None:
    plan = Plan(events=300, users=30)
    good = [record for record in plan.records() if record.kind == GOOD]
    assert len(good) > 290
    for record in good:
        (event,) = parse(record.data).events
        assert (event.animal_id, event.session_id, event.user_id) == (record.marker, record.session, record.user)
