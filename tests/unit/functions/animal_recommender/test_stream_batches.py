"""Batches: no record is lost, none blocks the others, and each event is counted once."""

import base64
import gzip
import io
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from animal_recommender.dead_letters import DeadLetterQueue
from animal_recommender.event_types import EventTypes
from animal_recommender.events import Event
from animal_recommender.observability import metrics
from animal_recommender.stream_batches import DeliveryResult, process_batch
from tests.unit.functions.fakes import FakeSqs, error
from tests.unit.functions.streams import METADATA, event, kinesis, sequence_number


@dataclass
class Consumer:
    """A consumer whose service fails for some users for now, refuses others, and has the events of others already."""

    queue: DeadLetterQueue
    failing: set[str] = field(default_factory=set)
    refusing: set[str] = field(default_factory=set)
    repeating: set[str] = field(default_factory=set)
    delivered: list[Event] = field(default_factory=list)

    def process(self, batch: dict[str, Any]) -> list[str]:
        answer = process_batch(batch, EventTypes(), self._deliver, self.queue, "Accepted")
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def _deliver(self, events: list[Event]) -> DeliveryResult:
        result = DeliveryResult()
        result.add_failed(one for one in events if one.user_id in self.failing)
        result.refused = {one.position: "Put: Invalid" for one in events if one.user_id in self.refusing}
        result.repeated = {one.position for one in events if one.user_id in self.repeating}
        self.delivered += [one for one in events if one.position not in result.failed | result.refused.keys()]
        return result


@pytest.fixture
def consumer(sqs: FakeSqs) -> Consumer:
    return Consumer(DeadLetterQueue(sqs, "url", "consumer"))


def counted() -> dict[str, float]:
    """What was counted since the last call."""
    found = {name: sum(one["Value"]) for name, one in metrics.metric_set.items()}
    metrics.clear_metrics()
    return found


@pytest.mark.parametrize(
    ("reason", "data"),
    {
        "empty": b"",
        "not-json": b"not json at all",
        "not-utf-8": b'{"userId": "\xff\xfe"}',
        "too-deep": b"[" * 100_000,
        "too-large": b'{"x": "' + b"y" * 2_000_000 + b'"}',
        "not-an-object": b'["a list"]',
        "envelope-in-envelope": json.dumps({"Data": {"Data": event()}}).encode(),
        "invalid-fields": json.dumps(event(sessionId=...)).encode(),
        "event-type": json.dumps(event(eventType="detail view")).encode(),
    }.items(),
)
def test_given_an_invalid_record_then_it_is_a_dead_letter_and_the_others_are_delivered(
    consumer: Consumer, sqs: FakeSqs, reason: str, data: bytes
) -> None:
    assert consumer.process(kinesis(event(), data, event())) == []

    assert [one.record for one in consumer.delivered] == [0, 2]
    (letter,) = sqs.letters
    assert (letter["reason"], letter["shardId"]) == (reason, "shardId-000000000000")
    assert letter["sequenceNumber"] == sequence_number(2)
    raw = base64.b64decode(letter["data"])
    assert (gzip.decompress(raw) if letter["dataEncoding"] == "gzip+base64" else raw) == data


def test_given_data_that_is_not_base64_then_it_is_kept_as_it_is(consumer: Consumer, sqs: FakeSqs) -> None:
    batch = kinesis(event())
    batch["Records"][0]["kinesis"]["data"] = "{not base64}"

    assert consumer.process(batch) == []
    assert base64.b64decode(sqs.letters[0]["data"]) == b"{not base64}"


def test_given_several_events_in_one_record_then_each_has_an_id_of_its_own(consumer: Consumer) -> None:
    lines = b"\n".join(json.dumps(event(userId=user)).encode() for user in "abc")

    assert consumer.process(kinesis(lines, event(), gzip.compress(lines))) == []

    first, second, third = (f"shardId-000000000000:{sequence_number(number)}" for number in (1, 2, 3))
    assert [one.event_id for one in consumer.delivered] == [
        *(f"{first}:{number:04}" for number in range(3)),
        second,
        *(f"{third}:{number:04}" for number in range(3)),
    ]


def test_given_a_record_with_one_wrong_event_then_the_others_are_delivered_and_the_letter_has_the_whole_record(
    consumer: Consumer, sqs: FakeSqs
) -> None:
    record = json.dumps([event(userId="a"), event(userId="b", eventType=7), event(userId="c")]).encode()

    assert consumer.process(kinesis(record)) == []

    assert [one.user_id for one in consumer.delivered] == ["a", "c"]
    (letter,) = sqs.letters
    assert base64.b64decode(letter["data"]) == record
    assert letter["detail"].startswith("event 2 of 3: eventType: ")


def test_given_events_that_the_service_refuses_then_they_are_dead_letters(consumer: Consumer, sqs: FakeSqs) -> None:
    consumer.refusing = {"b"}

    assert consumer.process(kinesis(event(userId="a"), event(userId="b"))) == []
    assert [(letter["reason"], letter["detail"]) for letter in sqs.letters] == [("refused-by-service", "Put: Invalid")]


def test_given_a_dead_letter_queue_that_fails_then_the_invalid_record_is_reported_and_not_lost(
    consumer: Consumer, sqs: FakeSqs
) -> None:
    sqs.refuse_next = 1
    assert consumer.process(kinesis(event(), b"x", b"y")) == [sequence_number(2)]

    sqs.faults = [error("ServiceUnavailable", 503)]
    assert consumer.process(kinesis(event(), event(), b"y")) == [sequence_number(3)]


def test_given_a_batch_then_its_events_are_counted(consumer: Consumer) -> None:
    consumer.repeating = {"again"}

    consumer.process(kinesis(event(), event(userId="again"), b"x"))

    assert counted() == {
        "EventsReceived": 3,
        "Accepted": 2,
        "EventsRejected": 1,
        "EventsRepeated": 1,
        "EventsRetried": 0,
    }


def test_given_records_that_are_delivered_again_then_they_are_counted_once(consumer: Consumer, sqs: FakeSqs) -> None:
    consumer.failing, consumer.repeating = {"slow"}, {"b"}
    last = [event(userId="slow"), event(userId="b", eventType="Share", x=1), event(userId=""), b"invalid"]
    batch = kinesis(event(userId="a"), b"invalid", *last)

    assert consumer.process(batch) == [sequence_number(3)]
    assert counted() == {
        "EventsReceived": 6,
        "Accepted": 1,
        "EventsRejected": 1,
        "EventsRepeated": 0,
        "EventsRetried": 0,
    }
    consumer.failing = set()
    assert consumer.process({"Records": batch["Records"][2:]}) == []
    assert counted() == {
        "EventsReceived": 4,
        "Accepted": 3,
        "EventsRejected": 1,
        "EventsRepeated": 1,
        "EventsRetried": 0,
        "EventsWithUnknownFields": 1,
        "EventsWithUnknownType": 1,
        "EventsWithPlaceholderUser": 1,
    }
    assert len(sqs.letters) == 2


def test_given_unknown_fields_and_types_then_the_log_names_those_that_look_like_names(
    consumer: Consumer, logs: io.StringIO
) -> None:
    colour = event(animalMetadata={**METADATA, "colour": 1})
    odd = event(recommendation_id="r", **{"ann@example.org": 1})

    consumer.process(kinesis(colour, odd, event(eventType="Share"), event(eventType="to ann@example.org"), event()))

    assert len(consumer.delivered) == 5
    assert '"fields":["(unusual name)","animalMetadata.colour","recommendation_id"],"events":2' in logs.getvalue()
    assert '"types":["(unusual name)","Share"],"events":2' in logs.getvalue()
    assert (found := counted())["EventsWithUnknownFields"] == 2
    assert found["EventsWithUnknownType"] == 2


def test_given_user_data_then_none_of_it_is_logged(
    consumer: Consumer, logs: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "SECRET-4711"
    wrong = event(userId=secret, eventType=[secret], eventId={secret: secret})

    consumer.process(kinesis(event(userId=secret, sessionId=secret), wrong, secret.encode()))

    assert "Event refused" in logs.getvalue()
    assert secret not in logs.getvalue() + "".join(capsys.readouterr())
