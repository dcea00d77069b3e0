"""Put the events of records that Firehose could not transform into the raw store, if they can be read.

Firehose keeps such records with their bytes under `errors/processing-failed/` of the raw bucket: records that hold no
event, records that unpack to more than fits a response of normalize_events, and whole batches for which the function
could not be invoked. Events are written at the hour of their arrival, where queries find them, and their records leave
the error objects. The other records stay, and are shown by reason.

Only the raw store changes: history and Personalize get such records by themselves, or have them as dead letters. The
command can be interrupted and repeated.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from animal_recommender.raw_events import read_raw_events
from scripts.common.task import run_task
from scripts.common.terminal import Progress, console, plural, print_table, running
from scripts.operate.deployment import Deployment, argument_parser, connect

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

PREFIX = "errors/processing-failed/"
NO_RECORD = "no record of Firehose"
_GZIP = b"\x1f\x8b"
_FOLDER = "events/year=%Y/month=%m/day=%d/hour=%H"  # as Firehose writes it (modules/ingestion)


@dataclass
class ErrorObject:
    """What an object under `errors/` holds: lines of events by folder, lines that stay, and why they do."""

    events: dict[str, list[bytes]] = field(default_factory=dict)
    kept: list[bytes] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, line: bytes) -> None:
        """Add a line, which is about one record.

        The format: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
        """
        try:
            record = json.loads(line)
            found = read_raw_events(base64.b64decode(record["rawData"], validate=True))
            folder = datetime.fromtimestamp(float(record["arrivalTimestamp"]) / 1000, UTC).strftime(_FOLDER)
        except (ValueError, TypeError, KeyError, OverflowError):
            self._keep(line, NO_RECORD)
            return
        if found.lines:
            self.events.setdefault(folder, []).extend(found.lines)
        else:
            self._keep(line, found.refusals[0].reason)

    def _keep(self, line: bytes, reason: str) -> None:
        self.kept.append(line)
        self.reasons[reason] += 1


@dataclass
class Restored:
    """Counts of all objects: events that were restored, and records that stay by reason."""

    events: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def restore(s3: S3Client, bucket: str, progress: Progress) -> Restored:
    """Restore what can be read, object by object."""
    total = Restored()
    for key in _list_keys(s3, bucket):
        total.events += _restore_object(s3, bucket, key, total.reasons)
        progress.update(f"{plural(total.events, 'event')} restored")
    return total


def _list_keys(s3: S3Client, bucket: str) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=PREFIX):
        yield from (found["Key"] for found in page.get("Contents", []))


def _restore_object(s3: S3Client, bucket: str, key: str, reasons: Counter[str]) -> int:
    """Write the events of an error object, then remove their records from it; return the number of events.

    An object of events is named by its content, so that a repetition after an interruption writes it again.
    """
    found = ErrorObject()
    for line in _read(s3, bucket, key).splitlines():
        found.add(line)
    for folder, lines in found.events.items():
        body = gzip.compress(b"".join(lines), mtime=0)
        name = hashlib.sha256(key.encode() + body).hexdigest()[:32]
        s3.put_object(Bucket=bucket, Key=f"{folder}/restored-{name}.json.gz", Body=body)
    if found.events and found.kept:
        s3.put_object(Bucket=bucket, Key=key, Body=b"".join(line + b"\n" for line in found.kept))
    elif found.events:
        s3.delete_object(Bucket=bucket, Key=key)
    reasons.update(found.reasons)
    return sum(map(len, found.events.values()))


def _read(s3: S3Client, bucket: str, key: str) -> bytes:
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return gzip.decompress(body) if body.startswith(_GZIP) else body


def run(deployment: Deployment) -> None:
    """Restore the events of an environment, and print what stays."""
    with running("Restoring raw events") as progress:
        restored = restore(deployment.aws.client("s3"), deployment.name("raw-bucket"), progress)
        progress.note = f"{plural(restored.events, 'event')} restored"
    if not restored.reasons:
        console.print(f"Nothing is left under {PREFIX}.")
        return
    rows = [(reason, f"{count:,}") for reason, count in restored.reasons.most_common()]
    print_table(f"Records that stay under {PREFIX}", ["reason", "records"], rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    given = argument_parser("restore_raw_events", __doc__).parse_args(arguments)
    return run_task(lambda: run(connect(given.environment)))


if __name__ == "__main__":
    sys.exit(main())
