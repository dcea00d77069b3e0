"""Events with an `animal_id` alone, and groups that an event names first: put_events and record_history."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from animal_recommender.animal_groups import GroupFields
from animal_recommender.pets.pet import Pet
from animal_recommender.pets.pet_table import new_group_item, pet_item
from local_aws.testing.manual_clock import ManualClock
from tests.unit.functions.fakes import (
    THROTTLED,
    FakeContext,
    FakeDynamoDB,
    FakeLambda,
    FakePersonalize,
    FakeSqs,
    error,
)
from tests.unit.functions.streams import NOW, event, kinesis, sequence_number


def hold(dynamodb: FakeDynamoDB, pet_id: str = "p", **fields: Any) -> None:
    animal = dict(zip(GroupFields(), ("2", "Pug", "2", "0"), strict=True))
    item = pet_item(Pet(pet_id, animal, "adopted", "then", listed_at="then", **fields))
    dynamodb.items[item["pk"]["S"], item["sk"]["S"]] = item


def of_pet(pet_id: str = "p", **changes: Any) -> dict[str, Any]:
    return event(animal_id=pet_id, animalMetadata=..., **changes)


def items_sent(personalize: FakePersonalize) -> list[str]:
    return [sent["itemId"] for call in personalize.calls for sent in call["eventList"]]


def failures(answer: dict[str, Any]) -> list[str]:
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_given_an_animal_id_alone_then_personalize_and_history_get_the_group_of_the_pet(
    put_events: Any, record_history: Any, personalize: FakePersonalize, dynamodb: FakeDynamoDB, context: FakeContext
) -> None:
    hold(dynamodb)

    put_events(kinesis(of_pet()), context)
    record_history(kinesis(of_pet()), context)

    assert items_sent(personalize) == ["2-Pug-2-0"]
    (item,) = dynamodb.events_of("userId#12345")
    assert (item["itemId"], item["animal_id"]) == ({"S": "2-Pug-2-0"}, {"S": "p"})
    assert item["animalMetadata"]["M"]["animal_primary_breed_id"] == {"S": "Pug"}


def test_given_a_birth_date_then_the_group_is_that_of_the_day_of_the_event(
    put_events: Any, personalize: FakePersonalize, dynamodb: FakeDynamoDB, context: FakeContext
) -> None:
    today = datetime.fromtimestamp(NOW, UTC).date()
    hold(dynamodb, birth_date=(today - timedelta(days=370)).isoformat())

    put_events(kinesis(of_pet(timestamp=NOW - 10 * 86_400), of_pet(timestamp=NOW)), context)

    assert items_sent(personalize) == ["2-Pug-2-1", "2-Pug-2-2"]


def test_given_a_pet_that_the_catalogue_never_had_then_the_event_is_a_dead_letter_and_the_others_go_on(
    put_events: Any, record_history: Any, personalize: FakePersonalize, dynamodb: FakeDynamoDB, sqs: FakeSqs,
    context: FakeContext,
) -> None:  # fmt: skip
    hold(dynamodb)
    batch = kinesis(of_pet("nobody"), of_pet(), event())

    assert failures(put_events(batch, context)) == failures(record_history(batch, context)) == []

    assert [letter["reason"] for letter in sqs.letters] == ["unknown-pet"] * 2
    assert "nobody" not in str([letter["detail"] for letter in sqs.letters])
    assert len(items_sent(personalize)) == len(dynamodb.events_of("userId#12345")) == 2


@pytest.mark.parametrize("fault", [THROTTLED, error("AccessDeniedException"), error("InternalServerError", 500)])
def test_given_that_the_table_does_not_answer_then_the_batch_is_repeated_from_that_event_on(
    put_events: Any, personalize: FakePersonalize, dynamodb: FakeDynamoDB, sqs: FakeSqs, context: FakeContext,
    fault: Exception,
) -> None:  # fmt: skip
    hold(dynamodb)
    dynamodb.items["groups", "1-Russian_Blue-1-2"] = new_group_item("1-Russian_Blue-1-2", 0)
    dynamodb.faults = [fault] * 4
    batch = kinesis(event(eventId="1"), of_pet(eventId="2"), event(eventId="3"))

    assert failures(put_events(batch, context)) == [sequence_number(2)]
    assert len(items_sent(personalize)) == 1
    assert sqs.letters == []

    dynamodb.faults = []
    assert failures(put_events(batch, context)) == []
    assert set(items_sent(personalize)) == {"1-Russian_Blue-1-2", "2-Pug-2-0"}


def test_given_the_same_pet_again_then_the_table_is_read_once_in_five_minutes(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext, clock: ManualClock
) -> None:
    hold(dynamodb)
    record_history(kinesis(of_pet(timestamp=NOW - 3)), context)
    del dynamodb.items["pet#p", "pet"]

    assert failures(record_history(kinesis(of_pet(timestamp=NOW - 2)), context)) == []
    assert len(dynamodb.events_of("userId#12345")) == 2

    clock.sleep(301)
    record_history(kinesis(of_pet(timestamp=NOW - 1)), context)
    assert len(dynamodb.events_of("userId#12345")) == 2


# --- New groups -------------------------------------------------------------------------------------------------------


def test_given_a_group_that_nobody_has_seen_then_it_is_noted_once_and_published(
    put_events: Any, dynamodb: FakeDynamoDB, functions: FakeLambda, context: FakeContext
) -> None:
    batch = kinesis(event(timestamp=NOW - 5), event(timestamp=NOW - 9))

    put_events(batch, context)
    put_events(batch, context)

    item = dynamodb.items["groups", "1-Russian_Blue-1-2"]
    assert (item["state"], item["creationTime"]) == ({"S": "pending"}, {"N": str(int(NOW - 9))})
    assert functions.invoked == ["publish"]


def test_given_a_known_group_then_nothing_is_noted_and_it_is_looked_up_once(
    put_events: Any, dynamodb: FakeDynamoDB, functions: FakeLambda, context: FakeContext
) -> None:
    dynamodb.items["groups", "1-Russian_Blue-1-2"] = new_group_item("1-Russian_Blue-1-2", 7)

    put_events(kinesis(event()), context)
    put_events(kinesis(event()), context)

    assert dynamodb.items["groups", "1-Russian_Blue-1-2"]["creationTime"] == {"N": "7"}
    assert (dynamodb.calls, functions.invoked) == (1, [])


@pytest.mark.parametrize("part", ["table", "function"])
def test_given_that_a_new_group_cannot_be_noted_then_the_events_are_delivered_and_the_next_one_notes_it(
    put_events: Any, personalize: FakePersonalize, dynamodb: FakeDynamoDB, functions: FakeLambda, context: FakeContext,
    part: str,
) -> None:  # fmt: skip
    faulty: Any = dynamodb if part == "table" else functions
    faulty.faults = [error("AccessDeniedException")]

    assert failures(put_events(kinesis(event()), context)) == []
    assert len(personalize.events) == 1
    put_events(kinesis(event()), context)

    assert ("groups", "1-Russian_Blue-1-2") in dynamodb.items


# --- Applications -----------------------------------------------------------------------------------------------------


def applied(dynamodb: FakeDynamoDB, partition: str) -> list[str]:
    return sorted(
        item["animal_id"]["S"] for (pk, sk), item in dynamodb.items.items() if pk == partition and sk[:8] == "applied#"
    )


def test_given_an_application_then_it_is_marked_and_other_events_are_not(
    record_history: Any, get_history: Any, dynamodb: FakeDynamoDB, context: FakeContext
) -> None:
    record_history(
        kinesis(
            event(eventType="Application", animal_id="a"),
            event(eventType="DetailView", animal_id="b"),
            event(eventType="Application"),
        ),
        context,
    )

    assert applied(dynamodb, "userId#12345") == ["a"]
    assert len(get_history({"userId": "12345"}, context)["events"]) == 3


def test_given_an_application_before_the_login_then_its_mark_moves_with_the_event(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext
) -> None:
    before = event(userId=..., eventType="Application", animal_id="a", timestamp=NOW - 100)
    after = event(userId=..., eventType="Application", animal_id="b", timestamp=NOW - 1)
    record_history(kinesis(before), context)
    assert applied(dynamodb, "session#s-1") == ["a"]

    record_history(kinesis(event(timestamp=NOW - 50), after), context)

    assert applied(dynamodb, "userId#12345") == ["a"]
    assert applied(dynamodb, "session#s-1") == ["b"]  # it waits for the next login


def test_given_an_application_that_arrives_after_the_login_then_its_mark_is_the_users(
    record_history: Any, dynamodb: FakeDynamoDB, context: FakeContext
) -> None:
    record_history(kinesis(event(timestamp=NOW - 50)), context)
    late = event(userId=..., eventType="Application", animal_id="a", timestamp=NOW - 100)
    record_history(kinesis(late), context)
    record_history(kinesis(late), context)

    assert applied(dynamodb, "userId#12345") == ["a"]
    assert applied(dynamodb, "session#s-1") == []
