"""One event, in each form, on its way from Kinesis to the tracker, the history and the raw store."""

from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.environments import ROOT


def view(**changes: Any) -> dict:
    """The event of the design, with a session of its own."""
    event = json.loads((ROOT / "seed" / "payloads" / "event.json").read_text())
    event |= {"sessionId": f"session-{uuid.uuid4().hex}"} | changes
    return {name: value for name, value in event.items() if value is not None}


@pytest.fixture
def put(system: Any, tmp_path: Path) -> Callable[[dict], None]:
    """Puts a record with the real AWS CLI, as a person would."""

    def put_record(data: dict) -> None:
        (tmp_path / "event.json").write_text(json.dumps(data))
        stream = ("--stream-name", system.outputs["stream_name"], "--partition-key", "1")
        system.cli("kinesis", "put-record", *stream, "--data", f"fileb://{tmp_path / 'event.json'}")

    return put_record


def raw_lines(system: Any) -> list[dict]:
    """Every line of every raw object; each must be one JSON object under a date prefix."""
    s3, bucket = system.client("s3"), system.outputs["raw_bucket"]
    lines = []
    for found in s3.list_objects_v2(Bucket=bucket, Prefix="events/year=").get("Contents", []):
        body = gzip.decompress(s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read())
        lines += [json.loads(line) for line in body.decode().splitlines()]
    return lines


FORMS = {
    "with a user": lambda user: (view(userId=user), {"userId": user}),
    "without a user": lambda user: (view(userId=None), None),
    "in its envelope": lambda user: (view(userId=user), {"userId": user}),
}


@pytest.mark.parametrize("form", FORMS)
def test_an_event_reaches_the_tracker_the_history_and_the_raw_store(system, put, wait_for, form):
    # Given the event of the design
    user = f"user-{uuid.uuid4().hex}"
    event, asked = FORMS[form](user)
    asked = asked or {"sessionId": event["sessionId"]}
    # When it is put on the stream
    put({"Partitionkey": "1", "Data": event} if "envelope" in form else event)

    # Then it is in the history,
    def in_history() -> list:
        answer, error = system.invoke("get_history", asked)
        assert error is None, answer
        return answer["events"]

    (recorded,) = wait_for(in_history)
    assert recorded["itemId"] == "1-Russian_Blue-1-2"
    # and in the tracker,
    wait_for(lambda: event["sessionId"] in json.dumps(system.tracked()))
    # and one line of a raw object under a date prefix.
    wait_for(lambda: event["sessionId"] in json.dumps(raw_lines(system)))


def test_a_wrong_event_goes_to_the_dead_letter_queue_and_the_stream_goes_on(system, put, wait_for):
    wrong = view(animalMetadata={"animal_species_id": "1"})
    put(wrong)
    queue = system.outputs["dead_letter_queue_urls"]["put_events"]

    def letters() -> list:
        return system.client("sqs").receive_message(QueueUrl=queue, VisibilityTimeout=0).get("Messages", [])

    (letter, *_) = wait_for(letters)
    assert "animal_primary_breed_id" in letter["Body"]
    good = view(userId=f"user-{uuid.uuid4().hex}")
    put(good)
    wait_for(lambda: system.invoke("get_history", {"userId": good["userId"]})[0]["events"])
