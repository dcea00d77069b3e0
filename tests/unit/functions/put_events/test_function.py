"""put_events: each record is handled separately, so none is lost and none blocks the others."""

import json
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
            "sessionId": "session#s-1",
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


def test_given_a_visitor_without_account_then_the_request_has_no_user(
    put_events: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    put_events(kinesis(event(userId=...), event(userId=None)), context)

    assert len(personalize.calls) == 1
    assert "userId" not in personalize.calls[0]


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


PUG = {**METADATA, "animal_species_id": "2", "animal_primary_breed_id": "Pug", "animal_age_id": "1"}
# (user, session, animal) of each event; Personalize refuses the pugs.
STREAMS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None]),
        st.sampled_from(["s-1", "s-2", "s-3"]),
        st.sampled_from([METADATA, METADATA, METADATA, PUG]),
    ),
    min_size=1,
    max_size=60,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stream=STREAMS, size=st.integers(1, 25), chance=st.randoms(use_true_random=False))
def test_given_any_faults_and_batches_then_each_session_reaches_the_tracker_in_the_order_of_the_stream(
    put_events: Any, personalize: FakePersonalize, sqs: FakeSqs, stream: list[Any], size: int, chance: Any
) -> None:
    personalize.events.clear()
    sqs.bodies.clear()
    faults = [THROTTLED, error("InternalServerError", 500), error("ServiceUnavailable", 503)]
    personalize.faults = [chance.choice(faults) for _ in range(chance.randint(0, 8))]
    personalize.refused_items = {"2-Pug-1-1"}
    events = [
        event(userId=user, sessionId=session, eventId=str(n), animalMetadata=animal)
        for n, (user, session, animal) in enumerate(stream)
    ]

    for start in range(0, len(events), size):
        batch = kinesis(*events[start : start + size], start=start)
        list(deliver_until_done(put_events, batch, FakeContext(remaining_ms=chance.choice([40, 30_000]))))

    # Personalize keeps the first of equal ids, so `events` has each one when it first arrived.
    for session in ("s-1", "s-2", "s-3"):
        sent = [int(own_id(one)) for one, kept in personalize.events.items() if kept["session"] == f"session#{session}"]
        assert sent == [n for n, (_, of, animal) in enumerate(stream) if of == session and animal is not PUG]
    refused = [n for n, (_, _, animal) in enumerate(stream) if animal is PUG]
    assert [letter["sequenceNumber"] for letter in sqs.letters] == [sequence_number(n) for n in refused]


def test_given_a_refused_event_between_those_of_two_people_then_the_others_stay_in_order(
    put_events: Any, personalize: FakePersonalize, sqs: FakeSqs, context: FakeContext
) -> None:
    personalize.refused_items = {"2-Pug-1-1"}
    people = ["a", "a", "b", "b", "a", ...]
    events = [
        event(userId=user, eventId=str(n), animalMetadata=PUG if n in (1, 4) else METADATA)
        for n, user in enumerate(people)
    ]

    assert failures(put_events(kinesis(*events), context)) == []

    assert [own_id(sent) for sent in personalize.events] == ["0", "2", "3", "5"]
    assert [letter["sequenceNumber"] for letter in sqs.letters] == [sequence_number(2), sequence_number(5)]


def test_given_repeated_ids_of_a_visitor_in_a_batch_then_they_are_counted(
    put_events: Any, context: FakeContext, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = kinesis(
        event(eventId="1"),
        event(eventId="1", timestamp=NOW - 60),
        event(eventId="1", userId="other"),
        event(eventId="1", sessionId="other"),
        event(),
        event(),
    )

    put_events(batch, context)

    emf = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    assert (emf["EventsRepeated"], emf["EventsAccepted"]) == ([1.0], [6.0])


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
    batch = kinesis(event(eventId="1"), event(eventId="2", animalMetadata=PUG), event(eventId="3"))

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
