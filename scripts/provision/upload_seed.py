"""Puts items.csv and interactions.csv of a directory into the seed bucket, from where Amazon Personalize imports them.

With --rebase all times move by the same amount, so that the newest event lies just before now: a model must not learn
that everything known happened years before the first live event. Files that Personalize would refuse are not uploaded.
"""

import argparse
import csv
import io
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.check.check_seed import Report, check
from scripts.check.seed_files import ERROR
from scripts.common.personalize import TaskError, client, run
from scripts.provision import popular_list

MARGIN = 60  # seconds between the newest event and now, so that no live event can come before it
TIMES = {"interactions.csv": "TIMESTAMP", "items.csv": "CREATION_TIMESTAMP"}
PREFIX = "seed"


def upload(s3: Any, bucket: str, directory: Path, now: float, rebase: bool) -> None:
    """Checks both files and uploads them under `seed/`. Raises TaskError with the first faults of a bad file.

    Interrupted between the files, the next run does both again with one shift. `now` in epoch seconds.
    """
    reports = check([directory / name for name in TIMES], now)
    faults = [fault for report in reports for fault in _faults(report)]
    if faults:
        raise TaskError("\n  ".join([f"{directory} cannot be imported (make check-seed tells more):", *faults]))
    shift = _shift(directory / "interactions.csv", now) if rebase else 0
    for name, column in TIMES.items():
        body = (directory / name).read_bytes()
        s3.put_object(
            Bucket=bucket,
            Key=f"{PREFIX}/{name}",
            Body=shifted(body, column, shift) if shift else body,
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
            place = "".join(
                f", {word} {value}" for word, value in (("line", first.line), ("column", first.column)) if value
            )
            count = report.findings.counts[severity, rule]
            yield f"{report.path.name}{place}: {first.message}" + (f" (and {count - 1:,} more)" if count > 1 else "")


def _shift(path: Path, now: float) -> int:
    """Seconds that bring the newest time in the file to MARGIN before `now`."""
    with path.open(encoding="utf-8", newline="") as file:
        newest = max(int(row[TIMES["interactions.csv"]]) for row in csv.DictReader(file))
    return int(now) - MARGIN - newest


def shifted(body: bytes, column: str, shift: int) -> bytes:
    """The CSV file with `shift` added to each value of `column`; all else as it was."""
    reader = csv.reader(io.StringIO(body.decode("utf-8"), newline=""))
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    header = next(reader)
    writer.writerow(header)
    if column not in header:
        return body
    place = header.index(column)
    for row in reader:
        row[place] = str(int(row[place]) + shift) if row[place] else ""
        writer.writerow(row)
    return out.getvalue().encode("utf-8")


def main() -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bucket", required=True)
    parser.add_argument("--directory", required=True, type=Path, help="holds items.csv and interactions.csv")
    parser.add_argument("--rebase", action="store_true", help="move all times so that the newest event is now")
    parser.add_argument("--popular-key", required=True, help="where the popular list is; made if there is none")
    given = parser.parse_args()
    return run(lambda: _act(given))


def _act(given: argparse.Namespace) -> None:
    s3 = client("s3")
    upload(s3, given.bucket, given.directory, time.time(), given.rebase)
    popular_list.store_first(s3, given.bucket, given.popular_key, given.directory / "interactions.csv")


if __name__ == "__main__":
    sys.exit(main())
