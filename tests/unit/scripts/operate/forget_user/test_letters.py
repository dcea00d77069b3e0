"""A person's dead letters are deleted, and nobody else's."""

import base64
import json
import os
from collections.abc import Iterator

import boto3
import pytest

from scripts.operate.dead_letter_queue import Queue
from scripts.operate.deployment import Deployment
from scripts.operate.forget_user.letters import Letters
from scripts.operate.forget_user.person import Person
from tests.unit.scripts.operate.conftest import PREFIX, bury, bury_batch, event, waiting

USER = "ann-77345"


@pytest.fixture
def letters(deployment: Deployment) -> Letters:
    url = deployment.name("dead-letter-queues/put_events")
    return Letters(boto3.client("sqs"), boto3.client("kinesis"), url, "put_events")


def put(*records: bytes) -> Iterator[str]:
    """Puts records on the stream, and yields their sequence numbers."""
    for data in records:
        request = {"StreamName": f"{PREFIX}-events", "Data": data, "PartitionKey": "1"}
        yield boto3.client("kinesis").put_record(**request)["SequenceNumber"]


def test_given_letters_when_forgotten_then_those_of_the_person_are_gone(
    deployment: Deployment, letters: Letters
) -> None:
    bury(deployment, "put_events", {1: event(USER), 2: event("1"), 3: base64.b64encode(event(USER))})
    assert letters.look(Person(USER)).theirs == 2
    assert waiting(deployment, "put_events") == 3
    assert letters.forget(Person(USER)).theirs == 2
    assert waiting(deployment, "put_events") == 1


def test_given_a_letter_of_two_people_when_forgotten_then_the_other_keeps_theirs(
    deployment: Deployment, letters: Letters
) -> None:
    bury(deployment, "put_events", {7: event("1") + b"\n" + event(USER)}, reason="odd")
    assert letters.forget(Person(USER)).theirs == 1
    queue = Queue(boto3.client("sqs"), deployment.name("dead-letter-queues/put_events"), 30)
    (kept,) = queue.receive_letters()
    assert json.loads(kept.data) == json.loads(event("1"))
    assert (kept.first, kept.reason, kept.whole) == ("7", "odd", True)


def test_given_a_record_that_is_too_large_for_its_letter_then_the_stream_tells_whose_it_is(
    deployment: Deployment, letters: Letters
) -> None:
    large = base64.b64encode(os.urandom(300_000)) + b"= " + USER.encode()
    (number,) = put(large)
    bury(deployment, "put_events", {int(number): large})
    assert letters.forget(Person("somebody")).theirs == 0
    assert letters.forget(Person(USER)).theirs == 1


def test_given_a_batch_with_the_persons_events_then_it_stays_and_is_reported(
    deployment: Deployment, letters: Letters
) -> None:
    first, last = put(event("1"), event(USER))
    bury_batch(deployment, "put_events", first, last, 2)
    assert letters.look(Person(USER)).batches == 1
    assert letters.look(Person("somebody")).batches == 0
    assert letters.forget(Person(USER)).theirs == 0
    assert waiting(deployment, "put_events") == 1


def test_given_letters_that_another_reader_has_then_they_are_hidden(deployment: Deployment, letters: Letters) -> None:
    bury(deployment, "put_events", {1: event(USER), 2: event(USER)})
    url = deployment.name("dead-letter-queues/put_events")
    boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=1, VisibilityTimeout=300)
    found = letters.look(Person(USER))
    assert (found.theirs, found.hidden) == (1, 1)


def test_given_a_message_that_is_no_letter_then_its_text_tells_whose_it_is(
    deployment: Deployment, letters: Letters
) -> None:
    url = deployment.name("dead-letter-queues/put_events")
    for user in (USER, "1"):
        boto3.client("sqs").send_message(QueueUrl=url, MessageBody=event(user).decode())
    assert letters.forget(Person(USER)).theirs == 1
    assert waiting(deployment, "put_events") == 1
