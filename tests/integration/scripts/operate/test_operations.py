"""Operators' commands on the real functions: refused events are shown and redriven; a visitor is forgotten."""

import gzip
import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.integration.scripts.operate.conftest import PREFIX, System

ANIMAL = {
    "animal_species_id": "2",
    "animal_primary_breed_id": "Pug",
    "animal_size_id": "2",
    "animal_age_id": "1",
}


def event(user: str | None, session: str, **more: Any) -> bytes:
    """A view of a pug."""
    who = {"userId": user} if user else {}
    return json.dumps(
        {**who, "sessionId": session, "eventType": "DetailView", "animalMetadata": ANIMAL, **more}
    ).encode()


@pytest.fixture
def ann() -> str:
    """The id of a visitor of this test only."""
    return f"ann-{uuid.uuid4().hex}"


@pytest.fixture
def bob() -> str:
    """The id of another visitor of this test only."""
    return f"bob-{uuid.uuid4().hex}"


@pytest.fixture(autouse=True)
def _empty_queues(system: System) -> None:
    system.discard_dead_letters()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Where dead letters are exported."""
    return tmp_path / "letters.jsonl"


@pytest.fixture
def shown(system: System, export: Path, ann: str, bob: str) -> str:
    """What `dead_letters` shows, and exports, after twelve events of ann with three refused records among them."""
    good = [event(ann, f"{ann}-1", eventId=f"{ann}-{number}") for number in range(12)]
    poison = [
        b"not JSON",
        event(bob, f"{bob}-1", eventType=7),
        event(bob, f"{bob}-1", animalMetadata={"animal_age_id": 9}),
    ]
    system.put(*good[:6], *poison, *good[6:])
    system.until(lambda: len(system.history(ann)) == len(system.tracked(ann)) == 12, "ann's events are not there")
    return system.until(lambda: _exported(system, export, len(poison)), "the poison is not in the queues")


def _exported(system: System, export: Path, count: int) -> str | None:
    """Return what the command shows once it exports that many records, each from both queues."""
    done = system.run("dead_letters", "--export", str(export))
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in export.read_text(encoding="utf-8").splitlines()] if export.exists() else []
    return done.stdout if [len(line["functions"]) for line in lines] == [2] * count else None


def test_given_events_and_poison_then_the_poison_is_shown_by_reason(shown: str) -> None:
    assert shown.count("invalid-fields") == shown.count("not-json") == 2
    assert "put_events" in shown
    assert "record_history" in shown


@pytest.mark.usefixtures("shown")
def test_given_repaired_letters_when_redriven_twice_then_each_event_is_there_once(
    system: System, export: Path, bob: str
) -> None:
    lines = [json.loads(line) for line in export.read_text(encoding="utf-8").splitlines()]
    for number, line in enumerate(line for line in lines if line["reason"] == "invalid-fields"):
        line["data"] = event(bob, f"{bob}-{number}").decode()
    export.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    for _ in range(2):
        done = system.run("redrive", "--repaired", str(export))
        assert done.returncode == 0, done.stdout + done.stderr
        assert (len(system.tracked(bob)), len(set(system.history(bob)))) == (2, 2)
    assert "still wrong" in done.stdout


def test_given_a_batch_that_lambda_gave_up_then_a_redrive_brings_its_events(system: System, ann: str) -> None:
    system.local("faults", {"operations": {"PutEvents": {"errorRate": 1.0}}})
    try:
        system.put(*[event(ann, f"{ann}-1") for _ in range(15)])
        system.until(lambda: len(system.history(ann)) == 15, "the history waited for Personalize")
        system.until(
            lambda: "batch-given-up" in system.run("dead_letters").stdout, "the batch never came to the queue", 180
        )
        failing = system.run("redrive")
        assert failing.returncode == 1
        assert "redrive again" in failing.stderr
    finally:
        system.local("faults", {})
    system.until(lambda: _redriven(system, ann, 15), "a redrive does not bring all events", 180)


def _redriven(system: System, user: str, count: int) -> bool:
    assert system.run("redrive").returncode in (0, 1)
    return len(system.tracked(user)) == count


def test_given_a_user_when_forgotten_then_no_service_knows_them_and_the_others_stay(
    system: System, ann: str, bob: str
) -> None:
    of_ann, of_bob = event(ann, f"{ann}-1"), event(bob, f"{bob}-1")
    system.put(of_ann, of_ann, of_bob, of_bob)
    for user in (ann, bob):
        system.until(lambda user=user: len(system.history(user)) == len(system.tracked(user)) == 2, "not there")
    raw = {ann: [of_ann, of_bob], bob: [of_bob]}
    for name, lines in raw.items():
        body = gzip.compress(b"".join(line + b"\n" for line in lines))
        system.client("s3").put_object(Bucket=f"{PREFIX}-raw", Key=f"events/year=2026/{name}.gz", Body=body)
    done = system.run("forget_user", "--user", ann)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Receipt: s3://" in done.stdout
    assert system.history(ann) == system.tracked(ann) == []
    assert len(system.history(bob)) == len(system.tracked(bob)) == 2
    body = system.client("s3").get_object(Bucket=f"{PREFIX}-raw", Key=f"events/year=2026/{ann}.gz")["Body"].read()
    assert gzip.decompress(body) == of_bob + b"\n"


def test_given_a_named_query_then_it_is_listed_and_asked(system: System) -> None:
    athena = system.client("athena")
    athena.create_work_group(Name=PREFIX, Configuration={}, Tags=[{"Key": "a", "Value": "b"}])
    athena.create_named_query(
        Name="one", Description="One?", Database="raw", QueryString="SELECT 6 * 7", WorkGroup=PREFIX
    )
    assert "One?" in system.run("query").stdout
    answered = system.run("query", "one")
    assert answered.returncode == 0
    assert answered.stdout.split()[-1] == "42"
