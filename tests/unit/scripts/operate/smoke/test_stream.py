"""Mappings, and events on their way."""

import gzip
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scripts.common.findings import State
from scripts.common.terminal import Progress
from scripts.operate.smoke import stream
from scripts.operate.smoke.stream import Expectation
from scripts.operate.smoke.visitor import Record, Visit
from tests.unit.scripts.operate.smoke.conftest import STREAM_ARN, answering, deployment

QUIET = Progress("", "", None)
SENT = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)


def mapping(state: str = "Enabled", result: str = "OK", arn: str = STREAM_ARN) -> dict[str, str]:
    return {"State": state, "LastProcessingResult": result, "EventSourceArn": arn}


@pytest.mark.parametrize(
    ("mappings", "state"),
    [
        ([mapping()], State.OK),
        ([mapping(result="")], State.OK),
        ([mapping("Updating")], State.NOTE),
        ([mapping("Disabled")], State.FAILED),
        ([mapping("Disabling")], State.FAILED),
        ([mapping(result="PROBLEM: Function call failed")], State.FAILED),
        ([mapping(arn="arn:aws:kinesis:us-east-1:123456789012:stream/other")], State.FAILED),
        ([], State.FAILED),
    ],
)
def test_given_a_mapping_then_only_one_that_reads_the_stream_is_good(
    mappings: list[dict[str, str]], state: State
) -> None:
    made = deployment(lambda_={"list_event_source_mappings": {"EventSourceMappings": mappings}})
    first, second = stream.check_mappings(made)
    assert (first.subject, first.state) == ("put_events mapping", state)
    assert (second.subject, second.state) == ("record_history mapping", state)


def firehose(seconds: int) -> dict[str, Any]:
    s3 = {"BufferingHints": {"IntervalInSeconds": seconds}}
    return {"DeliveryStreamDescription": {"Destinations": [{"ExtendedS3DestinationDescription": s3}]}}


def visit(**clients: Any) -> Visit:
    clients.setdefault("firehose", {"describe_delivery_stream": firehose(0)})
    made = Visit(deployment(**clients), ["2-Pug-2-1"], "smoke-test-1")
    made.records.append(Record(b"{}", "shardId-0", "1", SENT.timestamp()))
    return made


@pytest.mark.parametrize(("seconds", "wait", "awaited"), [(60, False, 3), (300, False, 2), (300, True, 3)])
def test_given_a_long_buffer_then_the_raw_store_is_a_note_and_no_pass(seconds: int, wait: bool, awaited: int) -> None:
    expected, notes = stream.expect(visit(firehose={"describe_delivery_stream": firehose(seconds)}), wait)
    assert len(expected) == awaited
    assert [note.state for note in notes] == [State.NOTE] * (3 - awaited)
    assert all("not seen" in note.detail for note in notes)


def test_given_something_that_comes_and_something_that_does_not_then_both_are_told_in_order() -> None:
    looks, now = iter(["", "", "there"]), iter(range(100))
    expected = [
        Expectation("a", 5, lambda: "", "look into a"),
        Expectation("b", 5, lambda: next(looks), "look into b"),
    ]
    first, second = stream.wait(expected, QUIET, lambda _: None, lambda: float(next(now)))
    assert (first.subject, first.state, first.detail) == ("a", State.FAILED, "not seen within 5 s")
    assert first.remedy == "look into a"
    assert (second.subject, second.state) == ("b", State.OK)
    assert second.detail.startswith("there, after ")


def test_given_a_function_that_fails_while_it_is_waited_for_then_that_is_told_at_once() -> None:
    made = visit(lambda_={"invoke": answering({"errorType": "KeyError", "errorMessage": "x"}, error="Unhandled")})
    expected, _ = stream.expect(made, False)
    (found,) = stream.wait([one for one in expected if one.subject == "events to history"], QUIET)
    assert (found.state, found.detail) == (State.FAILED, "could not be checked: it failed: KeyError: x")


@pytest.mark.parametrize(("events", "seen"), [(0, False), (1, False), (2, True)])
def test_given_events_in_the_history_then_it_is_seen_when_all_are_there(events: int, seen: bool) -> None:
    made = visit(lambda_={"invoke": answering({"events": [{}] * events})})
    look = stream.expect(made, False)[0][1].look
    assert bool(look()) is seen


def log_line(accepted: int) -> dict[str, str]:
    return {"message": json.dumps({"_aws": {}, "EventsAccepted": [accepted]})}


@pytest.mark.parametrize(
    ("lines", "seen"),
    [
        ([], False),
        ([{"message": '{"message": "EventsAccepted"}'}, {"message": "EventsAccepted"}], False),
        ([log_line(0), log_line(1)], False),
        ([log_line(1), log_line(1)], True),
    ],
)
def test_given_the_log_of_put_events_then_accepted_events_are_seen(lines: list[dict[str, str]], seen: bool) -> None:
    asked: list[dict[str, Any]] = []

    def filter_log_events(**request: Any) -> dict[str, Any]:
        asked.append(request)
        return {"events": lines}

    look = stream.expect(visit(logs={"filter_log_events": filter_log_events}), False)[0][0].look
    assert bool(look()) is seen
    assert asked[0]["startTime"] == SENT.timestamp() * 1000
    assert asked[0]["logGroupName"] == "/aws/lambda/test-animal-recommender-put-events"


@pytest.mark.parametrize(
    ("written", "users", "seen"),
    [
        (SENT, ["smoke-test-1", "smoke-test-1"], True),
        (SENT, ["smoke-test-1", "12345"], False),
        (SENT - timedelta(seconds=1), ["smoke-test-1", "smoke-test-1"], False),
    ],
)
def test_given_objects_then_the_visitors_lines_in_new_ones_are_seen(
    written: datetime, users: list[str], seen: bool
) -> None:
    body = gzip.compress(b"\n".join(json.dumps({"userId": user}).encode() for user in users))
    objects = {"events/year=2026/month=01/day=01/hour=12/": [{"Key": "a", "LastModified": written}]}
    made = visit(
        s3={
            "list_objects_v2": lambda Bucket, Prefix: {"Contents": objects.get(Prefix, [])},  # noqa: N803
            "get_object": lambda **_: {"Body": io.BytesIO(body)},
        }
    )
    look = stream.expect(made, True)[0][2].look
    assert bool(look()) is seen
