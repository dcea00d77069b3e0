"""The removal of smoke tests' visitors, in an environment in moto with a Personalize in this process."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from scripts.common.findings import State
from scripts.common.terminal import Progress
from scripts.operate.smoke import erasure
from scripts.operate.smoke.erasure import Marker, Markers
from tests.unit.scripts.operate.forget_user.conftest import Deployed, contents

QUIET = Progress("", "", None)
USER = "smoke-test-1"
KEY = "events/year=2026/month=01/day=01/hour=00/smoke.gz"


def leave(deployed: Deployed, arrived: bool = True, began: datetime | None = None) -> Marker:
    """Leave what a smoke test leaves in the raw store, and its marker."""
    lines = [json.dumps({"userId": user, "sessionId": f"{user}-s"}).encode() for user in (USER, "12345")]
    boto3.client("s3").put_object(Bucket="raw-bucket", Key=KEY, Body=gzip.compress(b"\n".join(lines) + b"\n"))
    marker = Marker(USER, (began or datetime.now(UTC)).isoformat(), arrived)
    Markers(deployed).write(marker)
    return marker


def erase(deployed: Deployed, seconds: float = 60) -> list[State]:
    """Remove what is left; a pause takes `seconds` for Personalize and for Firehose."""
    sleep = lambda _: deployed.personalize.clock.sleep(seconds)  # noqa: E731
    return [found.state for found in erasure.erase_all(deployed, QUIET, sleep)]


def smoke_is_anywhere(deployed: Deployed) -> bool:
    bodies = [body for bucket in ("raw-bucket", "seed-bucket") for all_ in contents(bucket).values() for body in all_]
    return any(USER.encode() in body for body in bodies)


@pytest.fixture
def firehose(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Firehose that has written everything by now."""
    monkeypatch.setattr("scripts.operate.forget_user.removal.delivery_seconds", lambda _: -60.0)


@pytest.mark.usefixtures("firehose")
def test_given_a_marker_of_a_killed_test_then_its_visitor_is_removed_and_nobody_else(deployed: Deployed) -> None:
    before = {key: body for key, body in contents("raw-bucket").items() if "year=2025" in key}
    leave(deployed)
    assert erase(deployed) == [State.OK]
    assert not smoke_is_anywhere(deployed)
    after = contents("raw-bucket")
    assert b"12345" in after.pop(KEY)[0]
    assert after == before | {key: after[key] for key in after if "year=2025" not in key}
    assert deployed.deletion_jobs() == ["COMPLETED"]
    assert all(USER in ids.splitlines() for ids in deployed.lists.read)
    assert Markers(deployed).read_all() == []
    assert not [key for key in contents("seed-bucket") if key.startswith(("forget/", "smoke/"))]
    assert erase(deployed) == [State.OK]


@pytest.mark.usefixtures("firehose")
def test_given_personalize_takes_long_then_that_is_a_note_and_the_next_test_finishes(deployed: Deployed) -> None:
    leave(deployed)
    (found,) = erasure.erase_all(deployed, QUIET, lambda _: None)
    assert found.state is State.NOTE
    assert "Personalize is still deleting" in found.detail
    assert f"make forget-user USER={USER} ENV=test" in found.remedy
    assert [marker.user for marker in Markers(deployed).read_all()] == [USER]
    assert erase(deployed) == [State.OK]
    assert Markers(deployed).read_all() == []


@pytest.mark.usefixtures("firehose")
def test_given_events_that_never_arrived_then_the_marker_stays_until_the_stream_has_lost_them(
    deployed: Deployed,
) -> None:
    leave(deployed, arrived=False)
    assert erase(deployed) == [State.NOTE]
    assert not any("raw" in key and USER in str(body) for key, body in contents("raw-bucket").items())
    assert len(Markers(deployed).read_all()) == 1
    leave(deployed, arrived=False, began=datetime.now(UTC) - timedelta(hours=25))
    assert erase(deployed) == [State.OK]
    assert Markers(deployed).read_all() == []


@pytest.mark.usefixtures("firehose")
def test_given_events_of_a_later_test_that_arrived_then_those_of_a_killed_one_did_too(deployed: Deployed) -> None:
    leave(deployed, arrived=False)
    erasure.note_arrival(deployed)
    assert erase(deployed) == [State.OK]
    assert Markers(deployed).read_all() == []
