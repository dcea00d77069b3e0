"""The catalogue of pets on the deployed system: requests, feeds that S3 reports, kills, and the operators' commands."""

from __future__ import annotations

import json
import random
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from animal_recommender.pets.feeds import feed_id, report_key
from scripts.common.environments import ROOT
from scripts.operate import import_pets, pets

PET = {"species": 2, "breed": "Beagle", "size": 3, "age": 2, "status": "available", "shelter": "e2e"}
FIRST = "local-animal-recommender"


def upload(system: Any, key: str, body: bytes, **metadata: str) -> str:
    """Put a file into the bucket of pets; return the id of the feed."""
    stored = system.client("s3").put_object(
        Bucket=system.outputs["pets_bucket"], Key=key, Body=body, Metadata={**metadata}
    )
    return feed_id(key, stored["VersionId"])


def report(system: Any, wait_for: Callable[..., Any], feed: str) -> dict[str, Any]:
    """Wait for the report of a feed."""
    s3, bucket, key = system.client("s3"), system.outputs["pets_bucket"], report_key(feed)

    def written() -> dict[str, Any] | None:
        if "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix=key):
            return None
        return json.load(s3.get_object(Bucket=bucket, Key=key)["Body"])

    return wait_for(written, seconds=180)


def lines(*described: dict[str, Any]) -> bytes:
    return "".join(json.dumps({**PET, **one}) + "\n" for one in described).encode()


def stored(system: Any, folder: str) -> dict[str, str]:
    """Return the status of every pet whose id begins with a folder's name."""
    pages = system.client("dynamodb").get_paginator("scan").paginate(TableName=system.outputs["pets_table"])
    items = [item for page in pages for item in page["Items"] if item["sk"]["S"] == "pet"]
    found = {item["pk"]["S"].removeprefix("pet#"): item["status"]["S"] for item in items}
    return {pet: status for pet, status in sorted(found.items()) if pet.startswith(folder)}


def test_given_requests_then_pets_are_put_changed_and_removed(system):
    answer, error = system.invoke("put_pets", {"pets": [{**PET, "id": "put-1"}, {**PET, "id": "put-2", "status": "?"}]})
    assert error is None, answer
    assert (answer["added"], [one["id"] for one in answer["refused"]]) == (["put-1"], ["put-2"])
    answer, error = system.invoke("put_pets", {"changes": [{"id": "put-1", "status": "pending"}]})
    assert error is None, answer
    assert answer["changed"] == ["put-1"]
    answer, error = system.invoke("put_pets", {"ids": ["put-1", "put-9"]})
    assert error is None, answer
    assert (answer["removed"], answer["unknown"]) == (["put-1"], ["put-9"])
    assert stored(system, "put-") == {"put-1": "removed"}


def test_given_a_complete_feed_then_it_is_imported_and_the_next_one_removes_what_it_lacks(system, wait_for):
    key = "feeds/complete/default/e2e/pets of a day.jsonl"
    first = report(system, wait_for, upload(system, key, lines(*({"id": f"feed-{n}"} for n in range(5)), {"id": "x?"})))
    assert (first["state"], first["added"]) == ("imported", 6)
    second = report(system, wait_for, upload(system, key, lines(*({"id": f"feed-{n}"} for n in range(5)))))
    assert (second["removed"], second["unchanged"]) == (1, 5)
    refused = report(system, wait_for, upload(system, key, lines({"id": "feed-0"})))
    assert refused["state"] == "refused"
    assert set(stored(system, "feed-").values()) == {"available"}


def test_given_a_document_of_shelter_software_then_the_mapping_of_the_tfvars_reads_it(system, wait_for):
    body = (ROOT / "examples" / "feeds" / "asm3.json").read_bytes()
    done = report(system, wait_for, upload(system, "feeds/complete/asm3/shelter.json", body))
    assert (done["state"], done["added"], done["skipped"]) == ("imported", 3, 1)
    assert [row["line"] for row in done["broken"]] == [5]
    assert stored(system, "D2026021") == {"D2026021": "available"}
    assert stored(system, "C2026107") == {"C2026107": "pending"}


def test_given_an_import_that_is_killed_then_lambda_runs_it_again_to_the_same_end(system, wait_for):
    names = [f"kill-{n}" for n in range(600)]
    random.Random(5).shuffle(names)
    feed = upload(system, "feeds/complete/default/kill/pets.jsonl", lines(*({"id": name} for name in names)))
    wait_for(lambda: stored(system, "kill-"))
    kill = urllib.request.Request(f"{system.local.endpoint}/_local/functions/{FIRST}-import-pets", method="DELETE")
    urllib.request.urlopen(kill, timeout=10).close()
    done = report(system, wait_for, feed)
    assert (done["state"], done["added"]) == ("imported", 600)
    assert set(stored(system, "kill-")) == set(names)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "commands.csv"
    path.write_text(
        "id,species,breed,status,shelter,name\ncmd-1,2,Beagle,available,cmd,Bella\ncmd-2,2,,available,cmd,Max\n"
    )
    return path


def test_given_a_file_when_the_operator_imports_it_then_progress_report_and_pet_are_shown(system, file, capsys):
    command = ["--environment", "local", str(file)]
    assert import_pets.main([*command, "--poll", "0.2"]) == 1  # one row is broken
    shown = capsys.readouterr().out
    assert "added" in shown
    assert "breed" in shown
    assert import_pets.main([*command, "--poll", "0.2"]) == 1  # one row is broken
    assert "unchanged" in capsys.readouterr().out
    assert pets.main(["--environment", "local", "--id", "cmd-1"]) == 0
    assert "Bella" in capsys.readouterr().out
    assert pets.main(["--environment", "local", "--shelter", "cmd"]) == 0
    assert "cmd-1" in capsys.readouterr().out
