"""The removal of a visitor who left nothing, and of one whose session only exposures tell."""

import gzip
import json

import boto3

from animal_recommender.experiments.subject import Subject
from scripts.operate.forget_user.__main__ import store_receipt
from scripts.operate.forget_user.removal import Removal
from tests.unit.scripts.operate.forget_user.conftest import Deployed, contents


def test_given_a_user_nobody_knows_then_nothing_changes_and_there_is_a_receipt(deployed: Deployed) -> None:
    before = contents("raw-bucket")
    removal = Removal(deployed, "nobody", deployed.personalize.clock.sleep)
    assert removal.run(wait=True) == ""
    assert removal.state.counts["objects rewritten"] == 0
    store_receipt(deployed, removal, [])
    assert contents("raw-bucket") == before
    assert len([key for key in contents("seed-bucket") if key.startswith("forget/")]) == 1


def _exposure(subject: Subject, day: str) -> bytes:
    return json.dumps({"time": f"{day}T00:00:00.000000Z", **subject.pseudonyms}).encode() + b"\n"


def test_given_a_session_that_only_an_exposure_links_to_the_user_then_all_of_it_goes(deployed: Deployed) -> None:
    # given
    s3, other = boto3.client("s3"), _exposure(Subject("another", "another"), "2026-11-01")
    event = json.dumps({"sessionId": "rs1", "eventType": "DetailView", "timestamp": "2026-11-01T00:00:00Z"}).encode()
    files = {
        "exposures/1.gz": _exposure(Subject(None, "rs1"), "2026-11-01") + other,
        "exposures/2.gz": _exposure(Subject("ru1", "rs1", "rs1"), "2026-11-02"),
        "events/year=2026/month=11/day=01/hour=00/rs1.gz": event + b"\n",
    }
    for key, content in files.items():
        s3.put_object(Bucket="raw-bucket", Key=key, Body=gzip.compress(content))

    # when
    assert Removal(deployed, "ru1", deployed.personalize.clock.sleep).run(wait=True) == ""

    # then
    assert [contents("raw-bucket")[key] for key in files] == [[other], [b""], [b""]]
