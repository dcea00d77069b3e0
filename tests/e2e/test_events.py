"""One event, in each form, on its way from Kinesis to the tracker, the history and the raw store."""

from __future__ import annotations

import base64
import gzip
import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local_aws.testing.kpl import aggregate
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


def raw_objects(system: Any, prefix: str) -> list[bytes]:
    """Return the unpacked objects of the raw store under a prefix."""
    s3, bucket = system.client("s3"), system.outputs["raw_bucket"]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
    bodies = {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
    return [gzip.decompress(body) if key.endswith(".gz") else body for key, body in bodies.items()]


def raw_lines(system: Any, session: str) -> list[dict]:
    """Return the lines of raw objects that name a session; each must be one JSON object under a date prefix."""
    lines = [line for body in raw_objects(system, "events/year=") for line in body.split(b"\n")]
    return [json.loads(line) for line in lines if session.encode() in line]


def refused_records(system: Any) -> list[bytes]:
    """Return the bytes of the records that are not in the raw store."""
    lines = [line for body in raw_objects(system, "errors/processing-failed/year=") for line in body.splitlines()]
    return [base64.b64decode(json.loads(line)["rawData"]) for line in lines]


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
    # and one line of a raw object under a date prefix, as it was sent and without its envelope.
    assert wait_for(lambda: raw_lines(system, event["sessionId"])) == [event]


RECORDS = {
    "pretty-printed": lambda one, two: json.dumps(one, indent=4) + "\n" + json.dumps(two, indent=4),
    "an array": lambda one, two: json.dumps([one, two], indent=1),
    "gzip": lambda one, two: gzip.compress(f"{json.dumps(one)}\n{json.dumps(two, indent=2)}".encode()),
    "a KPL aggregate": lambda one, two: aggregate(json.dumps(one, indent=2).encode(), json.dumps(two).encode()),
    "with a broken line": lambda one, two: f"{json.dumps(one)}\n{{broken\n{json.dumps(two)}",
}


@pytest.mark.parametrize("form", RECORDS)
def test_each_event_of_a_record_in_any_form_is_one_event_everywhere(system, wait_for, form):
    # Given two events of a visitor in one record
    user, session = f"user-{uuid.uuid4().hex}", f"session-{uuid.uuid4().hex}"
    events = [
        view(userId=user, sessionId=session, eventType=kind, note="é\u2028ü", timestamp=f"2026-01-01T00:0{minute}:00Z")
        for minute, kind in enumerate(("DetailView", "Favorite"))
    ]
    # When it is put on the stream
    stream, data = system.outputs["stream_name"], RECORDS[form](*events)
    system.client("kinesis").put_record(StreamName=stream, PartitionKey="1", Data=data)
    # Then each is one line of the raw store,
    lines = wait_for(lambda: len(found := raw_lines(system, session)) == len(events) and found)
    assert lines == events
    # one event of the history and one row of a query.
    wait_for(lambda: len(system.invoke("get_history", {"userId": user})[0]["events"]) == len(events))
    assert [row["event_type"] for row in answered(system, "user_history", user)] == ["Favorite", "DetailView"]


def test_a_record_without_an_event_is_kept_with_its_bytes_beside_the_raw_store(system, wait_for):
    refused = [
        f"no event {uuid.uuid4().hex}".encode(),
        gzip.compress(uuid.uuid4().bytes)[:-3],
        b"[%d]" % uuid.uuid4().int,
    ]
    for data in refused:
        system.client("kinesis").put_record(StreamName=system.outputs["stream_name"], PartitionKey="1", Data=data)

    wait_for(lambda: set(refused) <= set(refused_records(system)))


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


def test_an_event_that_is_sent_twice_is_kept_once_and_one_of_a_misspelt_type_is_refused(system, put, wait_for):
    # Given an app that repeats an event, and sends another type than it means
    first = view(userId=f"user-{uuid.uuid4().hex}", eventId="1", timestamp=int(time.time()) - 60)
    for event in (first, first, first | {"eventId": "2", "eventType": "detail_view"}, first | {"eventId": "3"}):
        put(event)

    # When the last event is in the history, then so is the first, once, and the misspelt one is not.
    def in_history() -> list[str]:
        answer, _ = system.invoke("get_history", {"userId": first["userId"]})
        found = [event["eventId"] for event in answer["events"]]
        return found if "3" in found else []

    assert wait_for(in_history) == ["3", "1"]
