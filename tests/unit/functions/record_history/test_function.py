"""record_history: every event once, and a session's events to the user who logs in."""

import json
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_aws.testing.manual_clock import ManualClock
from tests.unit.functions.fakes import THROTTLED, FakeContext, FakeDynamoDB, FakeSqs, error
from tests.unit.functions.streams import NOW, deliver_until_done, event, kinesis, sequence_number


def ids(dynamodb: FakeDynamoDB, pk: str) -> list[str]:
    return [item["eventId"]["S"] for item in dynamodb.events_of(pk)]


@pytest.fixture
def repeated(capsys: pytest.CaptureFixture[str]) -> Callable[[], float]:
    """How many repeated events were counted since the last call."""

    def count() -> float:
        published = (json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
        return sum(one["EventsRepeated"][0] for one in published)

    return count


def anonymous(event_id: str, at: float, session: str = "s-1") -> dict[str, Any]:
    return event(userId=..., sessionId=session, eventId=event_id, timestamp=NOW - 1000 + at)


def known(event_id: str, at: float, user: str = "u", session: str = "s-1") -> dict[str, Any]:
    return event(userId=user, sessionId=session, eventId=event_id, timestamp=NOW - 1000 + at)


def test_given_events_of_one_second_then_all_are_kept_in_the_order_of_the_shard(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext
) -> None:
    record_history(kinesis(*(event(timestamp=NOW - 9) for _ in range(60))), context)

    numbers = [event_id.partition(":")[2] for event_id in ids(dynamodb, "userId#12345")]
    assert numbers == [sequence_number(n) for n in range(1, 61)]


def test_given_a_replay_then_nothing_changes(record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext) -> None:
    batch = kinesis(*(anonymous(f"a{n}", n) for n in range(30)), known("k", 50), anonymous("later", 60))
    record_history(batch, context)
    before = dict(dynamodb.items)

    record_history(batch, context)
    record_history({"Records": batch["Records"][:7]}, context)

    assert dynamodb.items == before


def test_given_a_login_then_earlier_events_of_the_session_belong_to_the_user(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext
) -> None:
    record_history(kinesis(anonymous("a1", 1), anonymous("a2", 2), anonymous("other", 1, "s-2")), context)
    record_history(kinesis(known("login", 3), anonymous("after", 4), start=10), context)

    assert ids(dynamodb, "userId#u") == ["a1", "a2", "login"]
    assert ids(dynamodb, "session#s-1") == ["after"]
    assert ids(dynamodb, "session#s-2") == ["other"]


def test_given_an_earlier_event_that_arrives_after_the_login_then_it_belongs_to_the_user_too(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext
) -> None:
    record_history(kinesis(known("login", 3)), context)
    record_history(kinesis(anonymous("late", 2), start=5), context)

    assert ids(dynamodb, "userId#u") == ["late", "login"]
    assert ids(dynamodb, "session#s-1") == []


@pytest.mark.parametrize("order", list(permutations(range(5))))
def test_given_two_users_on_one_device_then_each_gets_the_events_before_their_login(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext, order: tuple[int, ...]
) -> None:
    events = [anonymous("1", 1), known("2", 2, "a"), anonymous("3", 3), known("4", 4, "b"), anonymous("5", 5)]
    # In the order of the stream; then whatever the order of the batches, the replay of all settles it.
    for position in order:
        record_history(kinesis(events[position], start=position), context)
    if order == (0, 1, 2, 3, 4):
        assert (ids(dynamodb, "userId#a"), ids(dynamodb, "userId#b")) == (["1", "2"], ["3", "4"])
    held = [event_id for pk in ("userId#a", "userId#b", "session#s-1") for event_id in ids(dynamodb, pk)]
    assert sorted(held) == ["1", "2", "3", "4", "5"], "no event is lost, and none is there twice"
    assert ids(dynamodb, "session#s-1") == ["5"]


def test_given_more_events_than_a_call_takes_then_all_of_a_session_move(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext
) -> None:
    dynamodb.page = 10
    record_history(kinesis(*(anonymous(f"{n:03}", n) for n in range(70))), context)
    record_history(kinesis(known("login", 100), start=100), context)

    assert ids(dynamodb, "userId#u") == [*(f"{n:03}" for n in range(70)), "login"]
    assert ids(dynamodb, "session#s-1") == []


def test_given_an_event_sent_twice_then_it_is_stored_once(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext
) -> None:
    record_history(kinesis(known("e", 1), known("e", 1)), context)

    assert ids(dynamodb, "userId#u") == ["e"]


def test_given_an_event_sent_twice_in_different_batches_then_the_first_stays_and_the_second_is_counted(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext, repeated: Callable[[], float]
) -> None:
    record_history(kinesis(known("e", 1), anonymous("f", 1)), context)
    before = dict(dynamodb.items)
    assert repeated() == 0

    record_history(kinesis({**known("e", 1), "eventType": "Favorite"}, anonymous("f", 1), start=10), context)

    assert dynamodb.items == before
    assert repeated() == 2


def test_given_an_event_sent_twice_in_one_batch_then_it_is_counted_once(
    record_history: Any, context: FakeContext, repeated: Callable[[], float]
) -> None:
    record_history(kinesis(known("e", 1), known("e", 1), known("e", 2), known("e", 1, "v")), context)

    assert repeated() == 1


def test_given_a_second_delivery_of_a_record_then_it_is_no_repetition(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext, repeated: Callable[[], float]
) -> None:
    batch = kinesis(known("e", 1), anonymous("f", 2), event(), known("login", 3))

    for _ in range(3):
        record_history(batch, context)

    assert ids(dynamodb, "userId#u") == ["e", "f", "login"]
    assert repeated() == 0


def test_given_an_event_sent_again_after_it_moved_to_the_user_then_it_is_counted(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext, repeated: Callable[[], float]
) -> None:
    record_history(kinesis(anonymous("a", 1), known("login", 2)), context)
    before = dict(dynamodb.items)

    record_history(kinesis(anonymous("a", 1), start=10), context)

    assert dynamodb.items == before
    assert repeated() == 1


def test_given_a_repetition_in_a_batch_that_is_delivered_again_then_it_is_counted_once(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext, repeated: Callable[[], float]
) -> None:
    record_history(kinesis(known("e", 1)), context)
    batch = kinesis(known("x", 1, "v", "s-2"), known("e", 1), start=10)
    whole_query, dynamodb.query = dynamodb.query, _raise(error("AccessDeniedException", 403))
    record_history(batch, context)
    dynamodb.query = whole_query

    record_history(batch, context)

    assert repeated() == 1


def test_given_events_without_ids_of_their_own_then_nothing_is_read_for_repetitions(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext
) -> None:
    dynamodb.batch_get_item = _raise(AssertionError("read"))

    record_history(kinesis(event(), event(userId=...)), context)

    assert len(dynamodb.items) == 3


def test_given_throttling_and_unprocessed_items_then_the_retries_write_them(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext
) -> None:
    dynamodb.faults = [THROTTLED, error("ProvisionedThroughputExceededException")]
    dynamodb.unprocessed = 3

    answer = record_history(kinesis(*(known(str(n), n) for n in range(20))), context)

    assert answer == {"batchItemFailures": []}
    assert len(ids(dynamodb, "userId#u")) == 20


def test_given_an_outage_then_the_batch_is_delivered_again_from_the_first_unwritten_record(
    record_history: Any, dynamodb: FakeDynamoDB, sqs: FakeSqs
) -> None:
    dynamodb.faults = [error("InternalServerError", 500)] * 4
    batch = kinesis(b"invalid", *(known(str(n), n) for n in range(40)))

    answers = list(deliver_until_done(record_history, batch, FakeContext(remaining_ms=40)))

    assert answers[0]["batchItemFailures"] == [{"itemIdentifier": sequence_number(2)}]
    assert len(ids(dynamodb, "userId#u")) == 40
    assert len(sqs.letters) == 1


def test_given_a_table_that_hangs_then_no_write_starts_after_the_deadline(
    make_record_history: Any, dynamodb: FakeDynamoDB, clock: ManualClock
) -> None:
    def hang(**_: Any) -> None:
        clock.sleep(3.0)
        raise error("InternalServerError", 500)

    dynamodb.batch_write_item = hang
    batch = kinesis(*(known(str(n), n) for n in range(1000)))

    # One thread, because several would move the one clock several times for calls at the same time.
    answer = make_record_history(concurrency=1)(batch, FakeContext(remaining_ms=30_000))

    assert answer["batchItemFailures"] == [{"itemIdentifier": sequence_number(1)}]
    assert clock() < 30.0


def test_given_a_session_that_cannot_be_joined_then_its_events_are_delivered_again(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext
) -> None:
    record_history(kinesis(anonymous("a", 1)), context)
    whole_query, dynamodb.query = dynamodb.query, _raise(error("AccessDeniedException", 403))
    batch = kinesis(known("login", 2), known("x", 2, "v", "s-2"), start=7)

    assert record_history(batch, context)["batchItemFailures"] == [{"itemIdentifier": sequence_number(7)}]

    dynamodb.query = whole_query
    assert record_history(batch, context) == {"batchItemFailures": []}
    assert ids(dynamodb, "userId#u") == ["a", "login"]


def _raise(fault: Exception) -> Any:
    def fail(**_: Any) -> None:
        raise fault

    return fail


def test_given_an_item_that_the_table_refuses_then_only_its_event_is_a_dead_letter(
    record_history: Any, dynamodb: FakeDynamoDB, sqs: FakeSqs, context: FakeContext
) -> None:
    whole = dynamodb.batch_write_item

    def refuse_five(**parameters: Any) -> Any:
        requests = next(iter(parameters["RequestItems"].values()))
        if any(request.get("PutRequest", {}).get("Item", {}).get("eventId") == {"S": "5"} for request in requests):
            raise error("ValidationException")
        return whole(**parameters)

    dynamodb.batch_write_item = refuse_five
    record_history(kinesis(*(known(str(n), n) for n in range(9))), context)

    assert sorted(ids(dynamodb, "userId#u")) == [str(n) for n in range(9) if n != 5]
    (letter,) = sqs.letters
    assert (letter["sequenceNumber"], letter["detail"]) == (sequence_number(6), "BatchWriteItem: ValidationException")


STEPS = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from([None, "u"]), st.sampled_from(["s-1", "s-2"])),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, order=st.randoms(use_true_random=False), size=st.integers(1, 7))
def test_given_any_order_and_any_batches_then_sessions_are_joined_the_same_way(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext, steps: list[Any], order: Any, size: int
) -> None:
    dynamodb.items.clear()
    datas = [
        event(userId=user or ..., sessionId=s, eventId=str(n), timestamp=NOW - 99 + at)
        for n, (at, user, s) in enumerate(steps)
    ]
    order.shuffle(datas)

    for start in range(0, len(datas), size):
        record_history(kinesis(*datas[start : start + size], start=start), context)

    last_login = {s: max((at for at, user, other in steps if user and other == s), default=-1) for s in ("s-1", "s-2")}
    users = {str(n) for n, (at, user, s) in enumerate(steps) if user or at <= last_login[s]}
    assert set(ids(dynamodb, "userId#u")) == users
    assert {*ids(dynamodb, "session#s-1"), *ids(dynamodb, "session#s-2")} == {str(n) for n in range(len(steps))} - users
