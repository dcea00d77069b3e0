"""The removal of what smoke tests left, also of one that was killed.

Before a visitor does anything, a marker with its id is stored under `smoke/` of the seed bucket. It stays until all is
removed, so the next smoke test goes on with it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from scripts.common.findings import Finding, State, run_check
from scripts.common.terminal import Progress, inside, plural
from scripts.operate.deployment import Deployment
from scripts.operate.forget_user.object_versions import Bucket
from scripts.operate.forget_user.removal import Removal

_FOLDER = "smoke/"
_CLOCKS_DIFFER = timedelta(minutes=5)
_WAIT = 30.0  # seconds for what may be over soon; Personalize may take a day
_PAUSE = 2.0


@dataclass(frozen=True)
class Marker:
    """A visitor whose traces are to be removed, since when there may be any, and whether all events had arrived."""

    user: str
    began: str  # ISO 8601
    arrived: bool = False


class Markers:
    """The markers of a deployment, in its seed bucket."""

    def __init__(self, deployment: Deployment) -> None:
        self._s3, self._bucket = deployment.aws.client("s3"), deployment.name("seed-bucket")

    def write(self, marker: Marker) -> None:
        """Store a marker, or replace it."""
        self._s3.put_object(
            Bucket=self._bucket, Key=f"{_FOLDER}{marker.user}.json", Body=json.dumps(asdict(marker)).encode()
        )

    def read_all(self) -> list[Marker]:
        """Return all markers, the oldest first."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=_FOLDER)
        keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
        bodies = (self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read() for key in keys)
        return sorted((Marker(**json.loads(body)) for body in bodies), key=lambda marker: marker.began)

    def remove(self, marker: Marker) -> None:
        """Remove a marker with all its versions."""
        Bucket(self._s3, self._bucket).remove(f"{_FOLDER}{marker.user}.json")


def begin(deployment: Deployment, user: str) -> Marker:
    """Store and return the marker of a visitor who is about to do something."""
    marker = Marker(user, datetime.now(UTC).isoformat(timespec="seconds"))
    Markers(deployment).write(marker)
    return marker


def note_arrival(deployment: Deployment, of: Iterable[Marker] | None = None) -> None:
    """Note that no event of these visitors is on its way any more; by default of all.

    All smoke tests have the same partition key, so the stream keeps the order of their events: if those of the newest
    have arrived, those of all others have.
    """
    markers = Markers(deployment)
    for marker in markers.read_all() if of is None else of:
        markers.write(replace(marker, arrived=True))


def erase_all(
    deployment: Deployment, progress: Progress, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Finding]:
    """Remove the traces of every visitor of a smoke test, of this one and of those that were broken off."""
    markers = Markers(deployment)
    found = markers.read_all()
    for marker in found:
        yield from run_check("clean-up", lambda marker=marker: _erase(deployment, markers, marker, progress, sleep))  # type: ignore[misc]
    if not found:
        yield Finding("clean-up", State.OK, "nothing to remove")


def _erase(
    deployment: Deployment, markers: Markers, marker: Marker, progress: Progress, sleep: Callable[[float], None]
) -> Iterator[Finding]:
    since = datetime.fromisoformat(marker.began) - _CLOCKS_DIFFER
    removal = Removal(deployment, marker.user, sleep, since, inside(progress))
    pending, waited = removal.run(wait=False), 0.0
    while pending and waited < _WAIT:
        sleep(_PAUSE)
        pending, waited = removal.run(wait=False), waited + _PAUSE
    if pending:
        yield _unfinished(deployment, marker, pending)
        return
    removal.journal.remove_all_but_receipts()
    if not marker.arrived and _may_still_arrive(deployment, marker):
        yield _unfinished(deployment, marker, "Not all events had arrived: some may still be in the stream.")
        return
    markers.remove(marker)
    removed = sum(number for what, number in removal.state.counts.items() if what != "object versions read")
    yield Finding("clean-up", State.OK, f"{marker.user}: {plural(removed, 'trace')} removed, nothing is left")


def _may_still_arrive(deployment: Deployment, marker: Marker) -> bool:
    """Return whether the stream may still have the visitor's events, for a consumer that is behind or off."""
    name = deployment.name("stream-name")
    summary = deployment.aws.client("kinesis").describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    kept = timedelta(hours=summary["RetentionPeriodHours"])
    return datetime.now(UTC) - datetime.fromisoformat(marker.began) < kept


def _unfinished(deployment: Deployment, marker: Marker, why: str) -> Finding:
    remedy = (
        f"the next make smoke ENV={deployment.environment} finishes it, or "
        f"make forget-user USER={marker.user} ENV={deployment.environment}"
    )
    return Finding("clean-up", State.NOTE, f"{marker.user}: {why}", remedy)
