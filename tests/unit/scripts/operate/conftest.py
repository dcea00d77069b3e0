"""A deployed environment in moto, in this process: names in SSM, queues, stream, table and buckets."""

import json
import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from animal_recommender.dead_letters import DeadLetter, DeadLetterQueue, Record
from scripts.operate import dead_letter_queue
from scripts.operate.deployment import Deployment

PREFIX = "test-animal-recommender"
STREAM_ARN = f"arn:aws:kinesis:us-east-1:123456789012:stream/{PREFIX}-events"
SHARD = "shardId-000000000000"
SESSION = boto3.Session("test", "test", region_name="us-east-1")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {"ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test", "DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "AnimalRecommender")
    monkeypatch.setattr(dead_letter_queue, "WAIT", 0)


@pytest.fixture
def deployment() -> Iterator[Deployment]:
    """The environment `test`, with its two dead-letter queues and its stream."""
    with mock_aws():
        boto3.DEFAULT_SESSION = SESSION  # moto starts without one, and a new one loads the services' models again
        sqs = boto3.client("sqs")
        queues = {
            f"dead-letter-queues/{name}": sqs.create_queue(QueueName=f"{name}-dead-letters")["QueueUrl"]
            for name in ("put_events", "record_history")
        }
        boto3.client("kinesis").create_stream(StreamName=f"{PREFIX}-events", ShardCount=1)
        publish({**queues, "functions/put_events": "put-events", "functions/record_history": "record-history"})
        yield Deployment("test")


def publish(names: dict[str, str]) -> None:
    """Writes names where Terraform does."""
    ssm = boto3.client("ssm")
    for key, value in names.items():
        ssm.put_parameter(Name=f"/animal-recommender/test/{key}", Value=value, Type="String")


def event(user: str = "1", **more: Any) -> bytes:
    """A good event's bytes."""
    animal = {
        "animal_species_id": "2",
        "animal_primary_breed_id": "Pug",
        "animal_size_id": "2",
        "animal_age_id": "1",
    }
    body = {"userId": user, "sessionId": f"s-{user}", "eventType": "DetailView", "animalMetadata": animal, **more}
    return json.dumps(body).encode()


def bury(deployment: Deployment, function: str, records: dict[int, bytes], reason: str = "invalid-fields") -> None:
    """Sends records, by their sequence numbers, to the function's queue as the function does."""
    letters = [
        DeadLetter(Record(0, STREAM_ARN, SHARD, str(number), 1_735_689_600.0 + number, data), reason, "sessionId: …")
        for number, data in records.items()
    ]
    queue = DeadLetterQueue(boto3.client("sqs"), deployment.name(f"dead-letter-queues/{function}"), function)
    assert not queue.send(letters)


def bury_batch(deployment: Deployment, function: str, first: str, last: str, size: int) -> None:
    """Sends what Lambda's on-failure destination gets for a batch."""
    body = {
        "requestContext": {"condition": "RetryAttemptsExhausted", "functionArn": f"arn:{function}:live"},
        "version": "1.0",
        "KinesisBatchInfo": {
            "shardId": SHARD,
            "startSequenceNumber": first,
            "endSequenceNumber": last,
            "approximateArrivalOfFirstRecord": "2025-01-01T00:00:00.5Z",
            "approximateArrivalOfLastRecord": "2025-01-01T00:00:09.5Z",
            "batchSize": size,
            "streamArn": STREAM_ARN,
        },
    }
    url = deployment.name(f"dead-letter-queues/{function}")
    boto3.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(body))


def waiting(deployment: Deployment, function: str) -> int:
    """How many messages the function's queue shows."""
    url = deployment.name(f"dead-letter-queues/{function}")
    attributes = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"])
