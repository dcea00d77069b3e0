"""One event, in each form, on its way from Kinesis to the tracker, the history and the raw store."""

from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.common.environments import ROOT
from scripts.common.terminal import running
from scripts.operate.dead_letter_queue import Letter, Queue
from scripts.operate.deployment import Deployment
from scripts.operate.query import Athena


def view(**changes: Any) -> dict:
    """Return the example event with a session of its own."""
    event = json.loads((ROOT / "seed" / "payloads" / "event.json").read_text())
    event |= {"sessionId": f"session-{uuid.uuid4().hex}"} | changes
    return {name: value for name, value in event.items() if value is not None}


@pytest.fixture
def put(system: Any, tmp_path: Path) -> Callable[[dict], None]:
    """A function that puts a record with the real AWS CLI, as a person would."""

    def put_record(data: dict) -> None:
        (tmp_path / "event.json").write_text(json.dumps(data))
        stream = ("--stream-name", system.outputs["stream_name"], "--partition-key", "1")
        system.cli("kinesis", "put-record", *stream, "--data", f"fileb://{tmp_path / 'event.json'}")

    return put_record


def raw_lines(system: Any, session: str) -> list[dict]:
    """Return the lines of raw objects that name a session; each must be one JSON object under a date prefix."""
    s3, bucket = system.client("s3"), system.outputs["raw_bucket"]
    lines = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="events/year="):
        for found in page.get("Contents", []):
            body = gzip.decompress(s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read())
            lines += [json.loads(line) for line in body.split(b"\n") if session.encode() in line]
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
    wait_for(lambda: raw_lines(system, event["sessionId"]))


def answered(system: Any, name: str, *parameters: str) -> list[dict[str, str]]:
    """Return the rows of a named query, as `make query` gets them."""
    athena = Athena(system.client("athena"), Deployment("local").name("athena-workgroup"))
    with running(name) as progress:
        header, *rows = athena.read_rows(athena.run(athena.list_queries()[name], parameters, progress))
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_named_queries_answer_from_what_the_pipeline_wrote(system, put, wait_for):
    # Given a visitor who sees a recommendation, likes it and applies, and a record that is no event
    user, recommendation = f"user-{uuid.uuid4().hex}", f"r-{uuid.uuid4().hex}"
    steps = ("DetailView", "Favorite", "Application")
    animal = view()["animalMetadata"] | {"animal_primary_breed_id": f"breed-{uuid.uuid4().hex}"}
    before = answered(system, "funnel")[0]
    for minutes, step in enumerate(steps):
        event = view(userId=user, eventType=step, recommendationId=recommendation, animalMetadata=animal)
        event["timestamp"] = f"2026-01-01T00:0{minutes}:00Z"
        put({"Partitionkey": "1", "Data": event} if step == "Favorite" else event)
    put({"no": "event"})

    # When Firehose has written them, then each query answers what happened.
    history = wait_for(lambda: len(rows := answered(system, "user_history", user)) == len(steps) and rows)
    assert [(row["happened_at"], row["event_type"]) for row in history] == [
        ("2026-01-01 00:02:00", "Application"),
        ("2026-01-01 00:01:00", "Favorite"),
        ("2026-01-01 00:00:00", "DetailView"),
    ]
    (conversion,) = (
        row for row in answered(system, "conversion_by_recommendation") if row["recommendation_id"] == recommendation
    )
    assert conversion | {"recommendation_id": ""} == {
        "recommendation_id": "", "visitors": "1", "views": "1", "favorites": "1", "applications": "1",
        "converted": "true",
    }  # fmt: skip
    after = answered(system, "funnel")[0]
    assert {name: int(after[name]) - int(before[name]) for name in after} == dict.fromkeys(after, 1)
    assert animal["animal_primary_breed_id"] in {row["breed"] for row in answered(system, "top_breeds")}
    assert {row["event_type"] for row in answered(system, "events_by_day_and_type")} >= set(steps)


def test_a_wrong_event_goes_to_the_dead_letter_queue_and_the_stream_goes_on(system, put, wait_for):
    wrong = view(animalMetadata={"animal_species_id": "1"})
    put(wrong)
    queue = system.outputs["dead_letter_queue_urls"]["put_events"]

    def letters() -> list[Letter]:
        letters = Queue(system.client("sqs"), queue, hidden=30)
        try:
            return [letter for letter in letters.receive_letters() if wrong["sessionId"].encode() in letter.data]
        finally:
            letters.release()

    (letter,) = wait_for(letters)
    assert "animal_primary_breed_id" in letter.detail
    good = view(userId=f"user-{uuid.uuid4().hex}")
    put(good)
    wait_for(lambda: system.invoke("get_history", {"userId": good["userId"]})[0]["events"])
