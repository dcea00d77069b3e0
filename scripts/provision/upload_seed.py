"""Upload items.csv and interactions.csv of a folder to the seed bucket, from which Amazon Personalize imports them.

Columns are put into the schema's order. With SEED_REBASE all times move by the same amount, so that the newest event
lies just before now: a model must not learn that everything known happened years before the first live event. Nothing
is uploaded if Personalize would refuse one of the files.

Environment: SEED_BUCKET, SEED_DIRECTORY, SEED_REBASE (true or false), and POPULAR_LIST_KEY (where in the bucket the
popular list is; it is stored if there is none).
"""

import csv
import io
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from scripts.check.seed.findings import ERROR, WARNING
from scripts.check.seed.folder import SeedFolder
from scripts.check.seed.schemas import read_columns, schema_path
from scripts.check.seed.validation import Report
from scripts.common.personalize import RETRYING
from scripts.common.task import TaskError
from scripts.provision import inputs, popular_list
from scripts.provision.command import run_action

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

MARGIN = 60  # seconds between the newest event and now, so that no live event can come before it
TIMES = {"interactions.csv": "TIMESTAMP", "items.csv": "CREATION_TIMESTAMP"}
PREFIX = "seed"


def upload(s3: "S3Client", bucket: str, directory: Path, now: float, rebase: bool) -> None:
    """Check both files and upload them under `seed/`. `now` is in epoch seconds.

    After an interruption between the files the next run uploads both again, with one shift.

    Raises:
        TaskError: A file has faults. The message has the first ones. Nothing has been uploaded.
    """
    reports = SeedFolder(directory, rebase).check(now)
    faults = [fault for report in reports for fault in _faults(report)]
    if faults:
        raise TaskError("\n  ".join([f"{directory} cannot be imported (make check-seed tells more):", *faults]))
    for report in reports:
        if warnings := report.findings.total(WARNING):
            print(f"{report.path}: {report.summary}; warnings: {warnings:,} (make check-seed has them)", flush=True)
    shift = _shift(directory / "interactions.csv", now) if rebase else 0
    for name, column in TIMES.items():
        body = (directory / name).read_bytes()
        dataset = name.removesuffix(".csv")
        order = [field.name for field in read_columns(dataset, schema_path(dataset, directory))]
        s3.put_object(
            Bucket=bucket,
            Key=f"{PREFIX}/{name}",
            Body=as_imported(body, order, column, shift),
            ContentType="text/csv",
            Metadata={"shift-seconds": str(shift)},
        )
        print(
            f"s3://{bucket}/{PREFIX}/{name}: {len(body):,} bytes, times moved by {shift / 86_400:+.1f} days", flush=True
        )


def _faults(report: Report) -> Iterator[str]:
    for (severity, rule), examples in report.findings.examples.items():
        if severity == ERROR:
            first = examples[0]
            place = f", {first.place}" if first.place else ""
            count = report.findings.counts[severity, rule]
            yield f"{report.path.name}{place}: {first.message}" + (f" (and {count - 1:,} more)" if count > 1 else "")


def _shift(path: Path, now: float) -> int:
    """Return the seconds that move the newest time in the file to MARGIN before `now`."""
    with path.open(encoding="utf-8", newline="") as file:
        newest = max(int(row[TIMES["interactions.csv"]]) for row in csv.DictReader(file))
    return int(now) - MARGIN - newest


def as_imported(body: bytes, order: Sequence[str], column: str, shift: int) -> bytes:
    """Return the CSV file with its columns in the schema's order, and `shift` added to each value of `column`.

    A file that needs neither stays as it is, to the byte.
    """
    reader = csv.DictReader(io.StringIO(body.decode("utf-8"), newline=""))
    if not shift and reader.fieldnames == order:
        return body
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, order, lineterminator="\n")
    writer.writeheader()
    for row in reader:
        if row.get(column, "").strip():
            row[column] = str(int(row[column]) + shift)
        writer.writerow(row)
    return out.getvalue().encode("utf-8")


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The environment of the script."""

    seed_bucket: str
    seed_directory: Path
    seed_rebase: bool = field(metadata={"parse": inputs.parse_bool})
    popular_list_key: str


def _run_upload() -> None:
    given = inputs.read(Inputs)
    s3 = boto3.client("s3", config=RETRYING)
    upload(s3, given.seed_bucket, given.seed_directory, time.time(), given.seed_rebase)
    popular_list.store_first(s3, given.seed_bucket, given.popular_list_key, given.seed_directory / "interactions.csv")


if __name__ == "__main__":
    sys.exit(run_action("upload_seed", __doc__, {"upload": _run_upload}))
