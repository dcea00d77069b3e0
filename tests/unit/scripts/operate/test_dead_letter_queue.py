"""A dead-letter queue is read without emptying it."""

import time

import boto3

from scripts.operate.dead_letter_queue import Queue
from scripts.operate.deployment import Deployment
from tests.unit.scripts.operate.conftest import bury, event, waiting


def test_given_many_letters_when_the_reader_is_slow_then_no_letter_comes_back_meanwhile(deployment: Deployment) -> None:
    bury(deployment, "put_events", {number: event(str(number)) for number in range(30)})
    queue = Queue(boto3.client("sqs"), deployment.name("dead-letter-queues/put_events"), hidden=2)
    visible = []

    for _ in queue.receive_letters():
        time.sleep(0.08)  # 2.4 s for all: the first would be back before the last is read
        visible.append(waiting(deployment, "put_events"))

    assert visible == [n for n in (20, 10, 0) for _ in range(10)]
    queue.release()
    assert waiting(deployment, "put_events") == 30
