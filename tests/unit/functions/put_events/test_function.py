"""put_events: each record is handled separately, so none is lost and none blocks the others."""

import base64
import gzip
import hashlib
import io
import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_aws.testing.manual_clock import ManualClock
from tests.unit.functions.fakes import THROTTLED, FakeContext, FakePersonalize, FakeSqs, error
from tests.unit.functions.streams import METADATA, NOW, deliver_until_done, event, kinesis, sequence_number


def own_id(personalize_id: str) -> str:
    """The event's own id, without the digest that makes it unique over all visitors."""
    return personalize_id.partition("@")[0]


def failures(answer: dict[str, Any]) -> list[str]:
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_given_the_events_of_two_sessions_then_each_session_is_sent_in_order_in_calls_of_ten(
    put_events: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    batch = kinesis(
        *(event(userId=user, sessionId=f"s-{user}", eventId=f"{user}-{n}") for n in range(23) for user in "ab")
    )

    assert failures(put_events(batch, context)) == []

    for user in "ab":
        calls = [call for call in personalize.calls if call["userId"] == user]
        assert [len(call["eventList"]) for call in calls] == [10, 10, 3]
        sent = [own_id(sent["eventId"]) for call in calls for sent in call["eventList"]]
        assert sent == [f"{user}-{n}" for n in range(23)]


def test_given_all_optional_fields_then_they_are_passed_on(
    put_events: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    whole = event(
        eventId="e-1",
        timestamp=NOW - 60,
        recommendationId="r-1",
        impression=["1-a-1-1", "1-b-1-1"],
        eventValue=2.5,
        x={},
    )

    put_events(kinesis(whole), context)

    assert personalize.calls == [
        {
            "trackingId": "tracking",
            "userId": "12345",
            "sessionId": "s-1",
            "eventList": [
                {
                    "eventId": personalize.calls[0]["eventList"][0]["eventId"],
                    "eventType": "DetailView",
                    "itemId": "1-Russian_Blue-1-2",
                    "sentAt": datetime.fromtimestamp(NOW - 60, UTC),
                    "recommendationId": "r-1",
                    "impression": ["1-a-1-1", "1-b-1-1"],
                    "eventValue": 2.5,
                }
            ],
        }
    ]


def test_given_no_id_and_no_time_then_both_come_from_the_stream(
    put_events: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    put_events(kinesis(event(), arrival=NOW - 5), context)

    (sent,) = personalize.calls[0]["eventList"]
    assert own_id(sent["eventId"]) == f"shardId-000000000000:{sequence_number(1)}"
    assert sent["sentAt"] == datetime.fromtimestamp(NOW - 5, UTC)
    assert not {"recommendationId", "impression", "eventValue"} & sent.keys()


@pytest.mark.parametrize(
    "data",
    [
        event(userId=12345),
        {"Partitionkey": "p", "Data": event()},
        {"PartitionKey": "p", "Data": json.dumps(event())},
        event(timestamp=str(NOW)),
        event(timestamp=datetime.fromtimestamp(NOW, UTC).isoformat()),
        event(animalMetadata={**METADATA, "animal_size_id": 1, "animal_age_id": 2.0, "animal_species_id": 1}),
    ],
)
def test_given_each_valid_form_then_it_is_the_same_event(
    put_events: Any, personalize: FakePersonalize, context: FakeContext, data: Any
) -> None:
    assert failures(put_events(kinesis(data), context)) == []
    assert personalize.calls[0]["userId"] == "12345"
    (sent,) = personalize.calls[0]["eventList"]
    assert (sent["itemId"], sent["sentAt"]) == ("1-Russian_Blue-1-2", datetime.fromtimestamp(NOW, UTC))


def test_given_a_visitor_without_account_then_the_request_has_no_user(
    put_events: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    put_events(kinesis(event(userId=...), event(userId=None)), context)

    assert len(personalize.calls) == 1
    assert "userId" not in personalize.calls[0]


INVALID_RECORDS = {
    "empty": b"",
    "not-json": b"not json at all",
    "not-utf-8": b'{"userId": "\xff\xfe"}',
    "too-deep": b"[" * 100_000,
    "too-large": b'{"x": "' + b"y" * 2_000_000 + b'"}',
    "not-an-object": b'["a list"]',
    "envelope-in-envelope": json.dumps({"Data": {"Data": event()}}).encode(),
}
INVALID_FIELDS = {
    "userId": event(userId=["a"]),
    "sessionId": event(sessionId=...),
    "eventType": event(eventType=7),
    "timestamp": event(timestamp="9999-01-01T00:00:00Z"),
    "impression": event(impression=[]),
    "recommendationId": event(recommendationId="r" * 41),
    "eventValue": b'{"eventValue": 1e999}',
    "animalMetadata.animal_age_id": event(animalMetadata={**METADATA, "animal_age_id": 6}),
    "animalMetadata": event(animalMetadata=None),
}


@pytest.mark.parametrize(("reason", "data"), INVALID_RECORDS.items())
def test_given_an_invalid_record_then_its_dead_letter_has_reason_place_and_bytes_and_the_others_are_sent(
    put_events: Any, personalize: FakePersonalize, sqs: FakeSqs, context: FakeContext, reason: str, data: bytes
) -> None:
    assert failures(put_events(kinesis(event(), data, event()), context)) == []

    assert len(personalize.events) == 2
    (letter,) = sqs.letters
    assert letter["reason"] == reason
    assert letter["shardId"] == "shardId-000000000000"
    assert letter["sequenceNumber"] == sequence_number(2)
    assert letter["arrivalTime"] == datetime.fromtimestamp(NOW, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    raw = base64.b64decode(letter["data"])
    assert (gzip.decompress(raw) if letter["dataEncoding"] == "gzip+base64" else raw) == data
    assert letter["dataTruncated"] is False


@pytest.mark.parametrize(("field", "data"), INVALID_FIELDS.items())
def test_given_a_wrong_field_then_the_dead_letter_names_it(
    put_events: Any, sqs: FakeSqs, context: FakeContext, field: str, data: Any
) -> None:
    assert failures(put_events(kinesis(data), context)) == []

    (letter,) = sqs.letters
    assert letter["reason"] == "invalid-fields"
    assert field in letter["detail"]


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        *((value, True) for value in (0, -0.0, 7, 1.2e-38, -3.4e38)),
        *((value, False) for value in (1e-200, -1e-39, 3.5e38, 10**400, True, "1")),
    ],
)
def test_given_an_event_value_then_it_must_be_a_number_that_all_stores_can_hold(
    put_events: Any, personalize: FakePersonalize, sqs: FakeSqs, context: FakeContext, value: Any, taken: bool
) -> None:
    put_events(kinesis(event(eventValue=value)), context)

    assert (len(personalize.events), len(sqs.letters)) == (taken, not taken)


def test_given_nan_then_it_is_refused(put_events: Any, sqs: FakeSqs, context: FakeContext) -> None:
    put_events(kinesis(json.dumps(event(eventValue=float("nan"))).encode()), context)

    assert [letter["reason"] for letter in sqs.letters] == ["not-json"]


def test_given_milliseconds_then_the_dead_letter_says_so(put_events: Any, sqs: FakeSqs, context: FakeContext) -> None:
    put_events(kinesis(event(timestamp=NOW * 1000)), context)

    assert "milliseconds" in sqs.letters[0]["detail"]


def test_given_two_megabytes_that_do_not_compress_then_prefix_size_and_digest_are_kept(
    put_events: Any, sqs: FakeSqs, context: FakeContext
) -> None:
    data = random.Random(1).randbytes(2_000_000)

    put_events(kinesis(data), context)

    (letter,) = sqs.letters
    assert base64.b64decode(letter["data"]) == data[:65_536]
    assert letter["dataTruncated"] is True
    assert letter["dataSize"] == 2_000_000
    assert letter["dataSha256"] == hashlib.sha256(data).hexdigest()


def test_given_many_invalid_records_then_dead_letters_are_sent_in_batches_that_the_queue_takes(
    put_events: Any, sqs: FakeSqs, context: FakeContext
) -> None:
    put_events(kinesis(*(random.Random(n).randbytes(150_000) for n in range(12)), *([b"x"] * 25)), context)

    assert len(sqs.letters) == 37


def test_given_throttling_then_the_call_is_repeated_and_nothing_reported(
    put_events: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    personalize.faults = [THROTTLED, error("InternalServerError", 500), error("ServiceUnavailable", 503)]

    assert failures(put_events(kinesis(event(eventId="e")), context)) == []
    assert len(personalize.calls) == 4
    assert [own_id(sent) for sent in personalize.events] == ["e"]


def test_given_two_people_in_one_session_then_its_events_go_out_in_the_order_of_the_stream(
    put_events: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    users = ["a", "b", "b", ..., "a", "a"]

    put_events(kinesis(*(event(userId=user, eventId=str(n)) for n, user in enumerate(users))), context)

    calls = [
        (call.get("userId"), [own_id(sent["eventId"]) for sent in call["eventList"]]) for call in personalize.calls
    ]
    assert calls == [("a", ["0"]), ("b", ["1", "2"]), (None, ["3"]), ("a", ["4", "5"])]


def test_given_visitors_whose_apps_number_their_events_then_no_id_is_used_twice(
    put_events: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    people = [("a", "s-a"), ("b", "s-b"), ("a", "s-b"), ("b", "s-a"), (..., "s-a")]
    events = [event(userId=user, sessionId=session, eventId="1") for user, session in people]

    put_events(kinesis(*events, *events, event(eventId="x" * 256)), context)

    assert len(personalize.events) == len(people) + 1
    assert all(len(sent) <= 256 for sent in personalize.events)


def test_given_several_events_in_one_record_then_each_is_sent_with_an_id_of_its_own(
    put_events: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    lines = b"\n".join(json.dumps(event(userId=user)).encode() for user in "abc")

    assert failures(put_events(kinesis(lines, gzip.compress(lines)), context)) == []

    assert len(personalize.events) == 6
    assert [own_id(sent).rpartition(":")[2] for sent in personalize.events] == ["0000", "0001", "0002"] * 2


def test_given_a_record_with_one_wrong_event_then_the_others_are_sent_and_the_letter_has_the_whole_record(
    put_events: Any, personalize: FakePersonalize, sqs: FakeSqs, context: FakeContext
) -> None:
    record = json.dumps([event(userId="a"), event(userId="b", eventType=7), event(userId="c")]).encode()

    assert failures(put_events(kinesis(record), context)) == []

    assert {sent["user"] for sent in personalize.events.values()} == {"a", "c"}
    (letter,) = sqs.letters
    assert base64.b64decode(letter["data"]) == record
    assert letter["detail"].startswith("event 2 of 3: eventType: ")


def test_given_unknown_fields_then_the_event_is_sent_and_they_are_counted_and_named(
    put_events: Any,
    personalize: FakePersonalize,
    context: FakeContext,
    capsys: pytest.CaptureFixture[str],
    logs: io.StringIO,
) -> None:
    put_events(kinesis(event(recommendation_id="r", time_stamp=1, **{"ann@example.org": 1}), event()), context)

    assert len(personalize.events) == 2
    emf = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    assert emf["EventsWithUnknownFields"] == [1.0]
    assert '"fields":["recommendation_id","time_stamp"]' in logs.getvalue()


@pytest.mark.parametrize("name", ["user_id", "userID", "UserId", "USER-ID"])
def test_given_a_misspelt_user_then_the_event_is_refused_and_the_right_name_told(
    put_events: Any, personalize: FakePersonalize, sqs: FakeSqs, context: FakeContext, name: str
) -> None:
    put_events(kinesis(event(userId=..., **{name: "u"})), context)

    assert not personalize.events
    assert sqs.letters[0]["detail"] == f"{name}: is unknown; did you mean userId?"


def test_given_placeholders_as_user_then_the_events_are_of_nobody_and_counted(
    put_events: Any, personalize: FakePersonalize, context: FakeContext, capsys: pytest.CaptureFixture[str]
) -> None:
    put_events(kinesis(*(event(userId=user) for user in ("", "undefined", "null", "NaN"))), context)

    assert [call.get("userId") for call in personalize.calls] == [None]
    emf = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    assert emf["EventsWithPlaceholderUser"] == [4.0]


def test_given_an_animal_of_unknown_size_and_age_then_its_group_says_so(
    put_events: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    unknown = {"animal_species_id": 3, "animal_primary_breed_id": "Rex", "animal_size_id": None}

    put_events(kinesis(event(animalMetadata=unknown)), context)

    assert [sent["itemId"] for sent in personalize.events.values()] == ["3-Rex-0-0"]


def test_given_no_time_left_then_the_earliest_failed_record_is_reported_and_others_are_accepted(
    put_events: Any, personalize: FakePersonalize, sqs: FakeSqs
) -> None:
    personalize.broken_users = {"slow"}
    batch = kinesis(
        b"invalid 1",
        event(userId="a", sessionId="s-a"),
        event(userId="slow", sessionId="s-slow"),
        b"invalid 2",
        event(userId="slow", sessionId="s-slow"),
        event(userId="b", sessionId="s-b"),
    )

    answer = put_events(batch, FakeContext(remaining_ms=40))

    assert failures(answer) == [sequence_number(3)]
    assert {sent["user"] for sent in personalize.events.values()} == {"a", "b"}
    assert [letter["sequenceNumber"] for letter in sqs.letters] == [sequence_number(1)], (
        "Lambda delivers the later record again"
    )


def test_given_a_service_that_hangs_then_no_group_starts_after_the_deadline(
    make_put_events: Any, personalize: FakePersonalize, clock: ManualClock
) -> None:
    def hang(**_: Any) -> None:
        clock.sleep(3.0)
        raise error("InternalServerError", 500)

    personalize.put_events = hang
    batch = kinesis(*(event(sessionId=str(n)) for n in range(100)))

    # One thread, because several would move the one clock several times for calls at the same time.
    answer = make_put_events(concurrency=1)(batch, FakeContext(remaining_ms=30_000))

    assert failures(answer) == [sequence_number(1)]
    assert clock() < 30.0


def test_given_records_that_are_delivered_again_then_they_are_counted_once(
    put_events: Any, personalize: FakePersonalize, capsys: pytest.CaptureFixture[str]
) -> None:
    personalize.broken_users = {"slow"}
    batch = kinesis(event(userId="a"), b"invalid", event(userId="slow"), event(userId="b"), b"invalid")

    put_events(batch, FakeContext(remaining_ms=40))
    personalize.broken_users = set()
    put_events({"Records": batch["Records"][2:]}, FakeContext())

    emf = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert sum(one["EventsAccepted"][0] for one in emf) == 3
    assert sum(one["EventsRejected"][0] for one in emf) == 2


def test_given_a_first_call_that_fails_then_later_events_of_its_group_are_not_sent(
    put_events: Any, personalize: FakePersonalize
) -> None:
    personalize.broken_users = {"12345"}

    put_events(kinesis(*(event() for _ in range(25))), FakeContext(remaining_ms=40))

    assert len(personalize.calls) == 1


def test_given_a_repaired_service_then_replays_deliver_each_event_once(
    put_events: Any, personalize: FakePersonalize, sqs: FakeSqs
) -> None:
    personalize.faults = [THROTTLED] * 7
    batch = kinesis(*(event(userId=str(n % 5), sessionId=str(n % 5)) for n in range(60)), b"invalid")

    list(deliver_until_done(put_events, batch, FakeContext(remaining_ms=40)))

    assert len(personalize.events) == 60
    assert len(sqs.letters) == 1


def test_given_one_event_that_the_service_refuses_then_only_it_is_a_dead_letter(
    put_events: Any, personalize: FakePersonalize, sqs: FakeSqs, context: FakeContext
) -> None:
    personalize.refused_items = {"2-Pug-1-1"}
    pug = {**METADATA, "animal_species_id": "2", "animal_primary_breed_id": "Pug", "animal_age_id": "1"}
    batch = kinesis(event(eventId="1"), event(eventId="2", animalMetadata=pug), event(eventId="3"))

    assert failures(put_events(batch, context)) == []

    assert [own_id(sent) for sent in personalize.events] == ["1", "3"]
    (letter,) = sqs.letters
    assert (letter["reason"], letter["detail"]) == ("refused-by-service", "PutEvents: InvalidInputException")


def test_given_a_configuration_error_then_there_is_no_dead_letter_and_the_batch_is_delivered_again(
    put_events: Any, personalize: FakePersonalize, sqs: FakeSqs, context: FakeContext
) -> None:
    personalize.faults = [error("AccessDeniedException", 403)]

    assert failures(put_events(kinesis(event()), context)) == [sequence_number(1)]
    assert len(personalize.calls) == 1
    assert sqs.letters == []


def test_given_a_dead_letter_queue_that_fails_then_the_invalid_record_is_reported_and_not_lost(
    put_events: Any, sqs: FakeSqs, context: FakeContext
) -> None:
    sqs.refuse_next = 1
    assert failures(put_events(kinesis(event(), b"x", b"y"), context)) == [sequence_number(2)]

    sqs.faults = [error("ServiceUnavailable", 503)]
    assert failures(put_events(kinesis(event(), event(), b"y"), context)) == [sequence_number(3)]


def test_given_user_data_then_none_of_it_is_logged(
    put_events: Any, context: FakeContext, logs: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "SECRET-4711"
    put_events(
        kinesis(event(userId=secret, sessionId=secret), event(userId=secret, eventType=[secret]), secret.encode()),
        context,
    )

    assert "Event refused" in logs.getvalue()
    assert secret not in logs.getvalue() + "".join(capsys.readouterr())


def test_given_a_batch_then_the_counts_are_published(
    put_events: Any, context: FakeContext, capsys: pytest.CaptureFixture[str]
) -> None:
    put_events(kinesis(event(), event(), b"x"), context)

    emf = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    counted = {name: emf[name] for name in ("EventsReceived", "EventsAccepted", "EventsRejected", "EventsRetried")}
    assert counted == {
        "EventsReceived": [3.0],
        "EventsAccepted": [2.0],
        "EventsRejected": [1.0],
        "EventsRetried": [0.0],
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
FIELDS = st.sampled_from(
    [
        "userId",
        "sessionId",
        "eventType",
        "timestamp",
        "animalMetadata",
        "eventId",
        "impression",
        "eventValue",
        "animal_id",
        "Data",
    ]
)
RECORDS = st.one_of(
    st.binary(),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(FIELDS, JSON).map(lambda changes: json.dumps(event(**changes)).encode()),
    st.text().map(lambda text: json.dumps({"Data": text}).encode()),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(datas=st.lists(RECORDS, max_size=6))
def test_given_any_records_then_the_handler_returns_and_every_record_is_sent_or_a_dead_letter(
    put_events: Any, personalize: FakePersonalize, sqs: FakeSqs, context: FakeContext, datas: list[bytes]
) -> None:
    personalize.calls.clear()
    sqs.bodies.clear()

    assert failures(put_events(kinesis(*datas), context)) == []

    sent = sum(len(call["eventList"]) for call in personalize.calls)
    assert sent + len(sqs.bodies) == len(datas)
