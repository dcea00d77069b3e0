"""Events that Firehose could not transform are put where queries find them."""

import base64
import gzip
import json
from typing import Any

import boto3
import pytest

from scripts.common.terminal import running
from scripts.operate.deployment import Deployment
from scripts.operate.restore_raw_events import PREFIX, Restored, restore, run
from tests.unit.scripts.operate.conftest import event, publish

HOUR = "events/year=2025/month=01/day=01/hour=00/"
MIXED, JUNK = f"{PREFIX}year=2025/month=01/day=01/mixed", f"{PREFIX}year=2025/month=01/day=01/junk"


def refused(data: bytes, seconds: float = 1_735_689_600.0) -> bytes:
    document = {
        "attemptsMade": 4,
        "arrivalTimestamp": int(seconds * 1000),
        "errorCode": "Lambda.FunctionError",
        "errorMessage": "…",
        "attemptEndingTimestamp": int(seconds * 1000),
        "rawData": base64.b64encode(data).decode(),
        "lambdaArn": "arn",
    }
    return json.dumps(document).encode() + b"\n"


@pytest.fixture
def s3(deployment: Deployment) -> Any:
    """A raw bucket with batches that were not transformed, a record that is too large for a response, and junk."""
    publish({"raw-bucket": "raw"})
    client = boto3.client("s3")
    client.create_bucket(Bucket="raw")
    pretty = json.dumps(json.loads(event("2")), indent=2).encode()
    large = gzip.compress(event("3", pad="x" * 1000) * 9000)
    mixed = [refused(event("1") + b"\n" + event("1")), refused(b"junk"), refused(pretty), refused(event("4"), 1e9)]
    client.put_object(Bucket="raw", Key=MIXED, Body=b"".join(mixed))
    client.put_object(Bucket="raw", Key=f"{MIXED}.gz", Body=gzip.compress(refused(large)))
    client.put_object(Bucket="raw", Key=JUNK, Body=refused(b"<html>") + b"no record\n")
    client.put_object(Bucket="raw", Key="errors/other/a", Body=refused(event("5")))
    return client


def restore_all(s3: Any) -> Restored:
    with running("test") as progress:
        return restore(s3, "raw", progress)


def contents(s3: Any, prefix: str) -> dict[str, bytes]:
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket="raw", Prefix=prefix).get("Contents", [])]
    return {key: s3.get_object(Bucket="raw", Key=key)["Body"].read() for key in keys}


def users(s3: Any, prefix: str) -> list[str]:
    bodies = [gzip.decompress(body) for body in contents(s3, prefix).values()]
    return sorted(json.loads(line)["userId"] for body in bodies for line in body.splitlines())


def test_given_records_that_can_be_read_when_restored_then_they_are_lines_at_the_hour_of_their_arrival(s3: Any) -> None:
    restored = restore_all(s3)

    assert restored.events == 4 + 9000
    assert users(s3, HOUR) == ["1", "1", "2"] + ["3"] * 9000
    assert users(s3, "events/year=2001/month=09/day=09/hour=01/") == ["4"]
    assert all(key.endswith(".json.gz") for key in contents(s3, "events/"))


def test_given_other_records_when_restored_then_they_stay_with_their_bytes_and_are_counted(s3: Any) -> None:
    restored = restore_all(s3)

    assert restored.reasons == {"not-json": 1, "markup": 1, "no record of Firehose": 1}
    assert contents(s3, PREFIX) == {MIXED: refused(b"junk"), JUNK: refused(b"<html>") + b"no record\n"}
    assert contents(s3, "errors/other/") == {"errors/other/a": refused(event("5"))}


def test_given_an_interruption_before_the_error_object_is_rewritten_when_repeated_then_no_event_is_there_twice(
    s3: Any,
) -> None:
    before = contents(s3, PREFIX)
    restore_all(s3)
    once = contents(s3, "events/")
    for key, body in before.items():
        s3.put_object(Bucket="raw", Key=key, Body=body)

    restore_all(s3)
    assert contents(s3, "events/") == once
    assert restore_all(s3).events == 0


def test_given_records_that_stay_when_run_then_they_are_shown_by_reason(
    s3: Any, deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    run(deployment)
    shown = capsys.readouterr().out
    assert "9,004 events restored" in shown
    assert "markup" in shown
    s3.delete_object(Bucket="raw", Key=MIXED)
    s3.delete_object(Bucket="raw", Key=JUNK)
    run(deployment)
    assert "Nothing is left" in capsys.readouterr().out
