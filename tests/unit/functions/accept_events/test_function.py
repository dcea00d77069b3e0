"""accept_events: what is put on the stream, what is refused, and what happens if the stream does not take all."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from accept_events.request import MAX_EVENTS
from accept_events.stream import ATTEMPTS
from animal_recommender.visitor_tokens import Visitor, VisitorTokens
from tests.unit.functions.browser import browser
from tests.unit.functions.fakes import THROTTLED, FakeContext, FakeKinesis, error
from tests.unit.functions.streams import NOW, event
from tests.unit.functions.streams import kinesis as batch

ANONYMOUS, LOGGED_IN = Visitor("visitor-1"), Visitor("visitor-1", "user-1")
OTHERS = ["user-2", "visitor-2", 7, ["user-1"], {"a": "b"}, True]


def anonymous_event(**changes: Any) -> dict[str, Any]:
    return event(**{"userId": ..., "sessionId": ..., **changes})


@pytest.fixture
def send(accept_events: Any, tokens: VisitorTokens, context: FakeContext) -> Any:
    """Send events as a visitor's browser; return the status and the answer."""

    def as_visitor(visitor: Visitor, *events: Any) -> tuple[int, Any]:
        answer = accept_events(browser({"events": list(events)}, tokens.issue(visitor).text), context)
        return answer["statusCode"], json.loads(answer["body"])

    return as_visitor


@pytest.mark.parametrize(("visitor", "user"), [(ANONYMOUS, {}), (LOGGED_IN, {"userId": "user-1"})])
def test_given_events_of_a_browser_then_they_are_on_the_stream_in_their_order_with_the_visitors_ids(
    send: Any, kinesis: FakeKinesis, visitor: Visitor, user: dict[str, str]
) -> None:
    sent = [anonymous_event(eventId=str(n), timestamp=NOW + n) for n in range(MAX_EVENTS)]

    assert send(visitor, *sent) == (202, {"accepted": MAX_EVENTS})

    assert kinesis.records == [("visitor-1", {**one, "sessionId": "visitor-1", **user}) for one in sent]


def test_given_events_of_a_server_then_it_may_act_for_anybody(
    accept_events: Any, kinesis: FakeKinesis, context: FakeContext
) -> None:
    payload = {"events": [event(userId="a", sessionId="s-1"), event(userId="b", sessionId=2)]}

    assert accept_events(payload, context) == {"accepted": 2}
    assert accept_events({"body": payload}, context)["statusCode"] == 202

    assert [(key, one["userId"]) for key, one in kinesis.records] == [("s-1", "a"), ("2", "b")] * 2


def test_given_events_without_an_id_or_a_time_then_they_get_both_in_their_order(
    send: Any, kinesis: FakeKinesis
) -> None:
    before = time.time()
    send(ANONYMOUS, *[anonymous_event() for _ in range(MAX_EVENTS)])

    times = [one["timestamp"] for _, one in kinesis.records]
    assert len({one["eventId"] for _, one in kinesis.records}) == MAX_EVENTS
    assert times == sorted(set(times))
    assert abs(times[0] - before) < 60


def test_given_an_accepted_event_then_the_consumers_take_it(
    send: Any, kinesis: FakeKinesis, record_history: Any, get_history: Any, context: FakeContext
) -> None:
    sent = anonymous_event(
        eventId="e-1", animal_id=98765, eventValue=2.5, recommendationId="r-1", impression=["1-Bengal-2-2"]
    )
    send(ANONYMOUS, sent)

    record_history(batch(*(one for _, one in kinesis.records)), context)

    (found,) = get_history({"sessionId": "visitor-1"}, context)["events"]
    assert (found["eventId"], found["animal_id"], found["eventValue"]) == ("e-1", "98765", 2.5)


@pytest.mark.parametrize("visitor", [ANONYMOUS, LOGGED_IN])
@pytest.mark.parametrize("field", ["userId", "sessionId"])
@pytest.mark.parametrize("other", OTHERS)
def test_given_an_event_with_another_persons_id_then_none_is_sent_and_the_field_is_named(
    send: Any, kinesis: FakeKinesis, visitor: Visitor, field: str, other: Any
) -> None:
    status, answer = send(visitor, anonymous_event(), anonymous_event(**{field: other}))

    assert status == 403
    assert [one["field"] for one in answer["errors"]] == [f"events[1].{field}"]
    assert kinesis.records == []


@pytest.mark.parametrize(
    "smuggled",
    [
        {"Data": event(userId="user-2", sessionId="visitor-2")},
        {"Partitionkey": "user-2", "Data": event(userId="user-2", sessionId="visitor-2")},
        {"Data": json.dumps(event(userId="user-2"))},
        {**anonymous_event(), "Data": event(userId="user-2")},
        {**anonymous_event(), "user_id": "user-2"},
        {**anonymous_event(), "USERID": "user-2"},
        {**anonymous_event(), "userid": "user-2"},
        {**anonymous_event(), "session_id": "visitor-2"},
        {**anonymous_event(), "Partitionkey": "user-2"},
        {**anonymous_event(), "partitionKey": "user-2"},
        {**anonymous_event(), "sid": "visitor-2"},
        {**anonymous_event(), "sub": "user-2"},
        [event(userId="user-2")],
        json.dumps(event(userId="user-2")),
    ],
)
def test_given_another_persons_id_in_any_other_place_then_nothing_is_sent(
    send: Any, kinesis: FakeKinesis, smuggled: Any
) -> None:
    status, answer = send(ANONYMOUS, smuggled)

    assert status == 400
    assert answer["errors"][0]["field"].startswith("events[0]")
    assert "user-2" not in json.dumps(answer)
    assert kinesis.records == []


def test_given_another_persons_event_id_then_the_event_is_still_the_visitors_own(
    send: Any, kinesis: FakeKinesis, put_events: Any, personalize: Any, context: FakeContext
) -> None:
    theirs = event(userId="user-2", sessionId="visitor-2", eventId="same")
    put_events(batch(theirs), context)

    send(ANONYMOUS, anonymous_event(eventId="same", eventType="Favorite", recommendationId="theirs"))
    put_events(batch(*(one for _, one in kinesis.records), start=2), context)

    sessions = {one["session"] for one in personalize.events.values()}
    assert sessions == {"session#visitor-2", "session#visitor-1"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (anonymous_event(eventType=...), "events[1].eventType"),
        (anonymous_event(eventType="detail_view"), "events[1].eventType"),
        (anonymous_event(eventType=7), "events[1].eventType"),
        (anonymous_event(animalMetadata=...), "events[1].animalMetadata"),
        (anonymous_event(animalMetadata={"animal_species_id": "cat"}), "events[1].animalMetadata.animal_species_id"),
        (anonymous_event(timestamp=NOW * 1000), "events[1].timestamp"),
        (anonymous_event(impression=[]), "events[1].impression"),
        (anonymous_event(recommendationId="r" * 41), "events[1].recommendationId"),
        (anonymous_event(eventValue="much"), "events[1].eventValue"),
        (anonymous_event(eventId=[]), "events[1].eventId"),
        (anonymous_event(colour="red"), "events[1].colour"),
        (None, "events[1]"),
        ("event", "events[1]"),
        ([], "events[1]"),
    ],
)
def test_given_a_wrong_event_then_its_field_is_named_and_nothing_is_sent(
    send: Any, kinesis: FakeKinesis, wrong: Any, field: str
) -> None:
    status, answer = send(ANONYMOUS, anonymous_event(), wrong)

    assert status == 400
    assert field in [one["field"] for one in answer["errors"]]
    assert all(one["field"].startswith("events[1]") for one in answer["errors"])
    assert kinesis.records == []


def test_given_several_wrong_events_then_each_wrong_field_of_each_is_named(send: Any) -> None:
    answer = send(ANONYMOUS, anonymous_event(eventType=...), {}, anonymous_event(timestamp="soon", eventValue="x"))[1]

    fields = {one["field"] for one in answer["errors"]}
    assert {"events[0].eventType", "events[1].eventType", "events[2].timestamp", "events[2].eventValue"} <= fields


@pytest.mark.parametrize("payload", [{}, {"events": []}, {"events": {}}, {"events": [{}] * 26}, {"events": None}, []])
def test_given_no_list_of_1_to_25_events_then_it_is_refused(
    accept_events: Any, kinesis: FakeKinesis, tokens: VisitorTokens, context: FakeContext, payload: Any
) -> None:
    answer = accept_events(browser(payload, tokens.issue(ANONYMOUS).text), context)

    assert answer["statusCode"] == 400
    assert [one["field"] for one in json.loads(answer["body"])["errors"]] == ["events" if payload != [] else "payload"]
    assert kinesis.records == []


def test_given_a_beacon_then_the_token_in_its_body_counts_and_is_not_sent_on(
    accept_events: Any, kinesis: FakeKinesis, tokens: VisitorTokens, context: FakeContext
) -> None:
    body = {"token": tokens.issue(ANONYMOUS).text, "events": [anonymous_event()]}

    answer = accept_events(browser(body, headers={"content-type": "text/plain;charset=UTF-8"}), context)

    assert answer["statusCode"] == 202
    assert [key for key, _ in kinesis.records] == ["visitor-1"]
    assert body["token"] not in json.dumps(kinesis.records)


def test_given_no_token_then_nothing_is_sent(accept_events: Any, kinesis: FakeKinesis, context: FakeContext) -> None:
    assert accept_events(browser({"events": [event()]}), context)["statusCode"] == 401
    assert kinesis.records == []


def test_given_a_partial_failure_then_only_what_failed_is_put_again(
    accept_events: Any, kinesis: FakeKinesis, context: FakeContext
) -> None:
    kinesis.refusals = [{"s-1"}, {"s-1"}]

    answer = accept_events({"events": [event(sessionId=f"s-{n}") for n in range(3)]}, context)

    assert answer == {"accepted": 3}
    assert [key for key, _ in kinesis.records] == ["s-0", "s-2", "s-1"]
    assert kinesis.calls == 3


@pytest.mark.parametrize("fault", [THROTTLED, error("InternalFailure", 500), ConnectTimeoutError(endpoint_url="x")])
def test_given_an_error_that_passes_then_everything_is_put_again(
    accept_events: Any, kinesis: FakeKinesis, context: FakeContext, fault: Exception
) -> None:
    kinesis.faults = [fault]

    assert accept_events({"events": [event()]}, context) == {"accepted": 1}
    assert kinesis.calls == 2


def test_given_failures_that_last_then_the_indexes_of_the_events_are_reported(
    accept_events: Any, kinesis: FakeKinesis, context: FakeContext
) -> None:
    kinesis.refusals = [{"s-1", "s-3"}] * ATTEMPTS

    answer = accept_events({"body": {"events": [event(sessionId=f"s-{n}") for n in range(4)]}}, context)

    assert answer["statusCode"] == 503
    assert json.loads(answer["body"])["failed"] == [1, 3]
    assert sorted(key for key, _ in kinesis.records) == ["s-0", "s-2"]
    assert kinesis.calls == ATTEMPTS


def test_given_a_stream_that_never_answers_then_all_events_are_reported(
    accept_events: Any, kinesis: FakeKinesis, context: FakeContext
) -> None:
    kinesis.faults = [THROTTLED] * ATTEMPTS

    assert accept_events({"events": [event()] * 2}, context)["failed"] == [0, 1]


def test_given_a_missing_permission_then_the_function_fails(
    accept_events: Any, kinesis: FakeKinesis, context: FakeContext
) -> None:
    kinesis.faults = [error("AccessDeniedException")]

    with pytest.raises(ClientError):
        accept_events({"events": [event()]}, context)
