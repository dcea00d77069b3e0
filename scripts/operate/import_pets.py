"""Import a file of pets into the catalogue: upload it, then show the import's progress and report.

FILE is CSV, JSON Lines or JSON, also with .gz. By default it changes and adds pets. With --complete it has every pet of
its source, and those that it lacks are marked as removed. --mapping names the mapping in the tfvars that reads it. It
can be repeated: what is in the catalogue already stays as it is. Ctrl-C stops this command, not the import; --follow
shows it again.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape

from animal_recommender.pets.feed_files import file_suffix
from animal_recommender.pets.feeds import (
    CHANGES,
    COMPLETE,
    DEFAULT_MAPPING,
    FAILED,
    FEEDS,
    IMPORTED,
    MAXIMUM_REMOVED_SHARE,
    REFUSED,
    RUNNING,
    STALE,
    feed_id,
    mapping_key,
    read_progress,
    report_key,
)
from animal_recommender.pets.pet_table import import_key
from animal_recommender.validation import ValidationError, has_controls
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import Progress, Show, console, plural, print_fields, print_table, running
from scripts.operate.deployment import Deployment, argument_parser, connect, number_from

# Lambda starts an import that failed again, after one minute and after two more. An import that runs shows its progress
# each second; one that was killed is started again after 15 minutes at most.
STUCK_SECONDS = {FAILED: 240.0, RUNNING: 1200.0}
START_SECONDS = 120.0  # S3 delivers a notification "typically in seconds", sometimes in a minute or longer
MAX_SHOWN = 20
_FEED = re.compile(r"[0-9a-f]{16}")
_ENDED = (IMPORTED, REFUSED, STALE)
_COUNTS = ("added", "changed", "removed", "unchanged", "stale", "skipped", "repeated", "refused")


def upload(
    deployment: Deployment, file: Path, folder: str, maximum_removed_share: float | None, show: Show = running
) -> str:
    """Put a file into a folder under feeds/; return the id of the feed. `show` shows the step.

    Raises:
        TaskError: The name of the file does not tell its format.
    """
    try:
        file_suffix(file.name)
    except ValidationError as error:
        raise TaskError(f"{file}: {error}") from error
    key = f"{FEEDS}{folder}/{file.name}"
    share = {} if maximum_removed_share is None else {MAXIMUM_REMOVED_SHARE: str(maximum_removed_share)}
    with file.open("rb") as body, show(f"Uploading {escape(file.name)} to {key}"):
        stored = deployment.aws.client("s3").put_object(
            Bucket=deployment.name("pets-bucket"), Key=key, Body=body, Metadata=share
        )
    return feed_id(key, stored["VersionId"])


def follow(
    deployment: Deployment, feed: str, *, pause: float = 1.0, patience: float = START_SECONDS, show: Show = running
) -> dict[str, Any]:
    """Show an import until it ends; return its progress then. `pause` and `patience` in seconds.

    Raises:
        TaskError: It has not begun after `patience`, or does not go on.
    """
    before, since = None, time.monotonic()
    with show(f"Importing feed {feed}") as progress:
        while True:
            found = _read(deployment, feed)
            if found and found["state"] in _ENDED:
                progress.note = f"{found['state']}"
                return found
            if found != before:
                before, since = found, time.monotonic()
            allowed = STUCK_SECONDS[found["state"]] if found else patience
            if time.monotonic() - since > allowed:
                what = f"is {found['state']} and does not go on" if found else "has not begun"
                log = f"{deployment.prefix}-import-pets"
                raise TaskError(f"feed {feed} {what} after {allowed:.0f} s: look into the log of {log}")
            _show(progress, found)
            time.sleep(pause)


def _read(deployment: Deployment, feed: str) -> dict[str, Any] | None:
    table, key = deployment.name("pets-table"), import_key(feed)
    answer = deployment.aws.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
    return read_progress(answer.get("Item"))


def _show(progress: Progress, found: Mapping[str, Any] | None) -> None:
    if found is None:
        progress.update("waiting for it to begin")
    elif "pets" in found:
        progress.update(f"{found['state']}: {found['processed']:,} of {found['pets']:,} pets")
    else:
        progress.update(f"{found['state']}: reading the file")


def print_report(deployment: Deployment, feed: str, progress: Mapping[str, Any]) -> None:
    """Print how an import ended, with the first broken rows.

    Raises:
        TaskError: The feed or some of its rows were refused, or a newer feed came before it.
    """
    counts = [(name, f"{progress[name]:,}") for name in _COUNTS if progress.get(name)]
    if counts or progress["state"] == IMPORTED:
        print_fields(counts or [("pets", "0")])
    bucket, key = deployment.name("pets-bucket"), report_key(feed)
    report = json.load(deployment.aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"])
    _print_broken(report["broken"], progress.get("refused", 0))
    console.print(f"The whole report: s3://{bucket}/{key}", soft_wrap=True)
    if held := progress.get("removalsHeldBackFor"):
        console.print(f"No pet was removed, because the id of {plural(held, 'row')} is not readable.")
    if progress["state"] == REFUSED:
        reasons = "; ".join(f"{reason['field']} {reason['message']}" for reason in progress["reasons"])
        raise TaskError(f"The feed was refused, and nothing of it was imported: {reasons}")
    if progress["state"] == STALE:
        raise TaskError("A newer complete feed of the same source came before this one, so it changed nothing.")
    if refused := progress.get("refused"):
        raise TaskError(f"{plural(refused, 'row')} of {progress['rows']:,} were not imported; the others were.")


def _print_broken(broken: Sequence[Mapping[str, Any]], refused: int) -> None:
    if not broken:
        return
    rows = [
        (row["line"], escape(row.get("id", "")), escape(error["field"]), escape(error["message"]))
        for row in broken[:MAX_SHOWN]
        for error in row["errors"]
    ]
    print_table(f"Rows that were not imported ({refused:,})", ["line", "id", "field", "what is wrong"], rows)


def import_pets(deployment: Deployment, given: argparse.Namespace) -> None:
    """Upload the file, if one is given, and follow its import to its report.

    Raises:
        TaskError: There is no file, or the import did not succeed.
    """
    feed = given.follow
    if feed is not None:
        _check_feed(deployment, feed)
    else:
        if given.file is None:
            raise TaskError(f"FILE is missing: make import-pets FILE=pets.csv ENV={deployment.environment}")
        _check_mapping(deployment, given.mapping)
        parts = [COMPLETE if given.complete else CHANGES, given.mapping, given.source]
        feed = upload(deployment, given.file, "/".join(filter(None, parts)), given.maximum_removed_share)
    print_report(deployment, feed, follow(deployment, feed, pause=given.poll))


def _check_feed(deployment: Deployment, feed: str) -> None:
    """Check that there is such a feed: an import that has begun, or a file whose import is about to begin.

    Raises:
        TaskError: There is none.
    """
    if _read(deployment, feed) is not None:
        return
    versions = deployment.aws.client("s3").get_paginator("list_object_versions")
    pages = versions.paginate(Bucket=deployment.name("pets-bucket"), Prefix=FEEDS)
    uploaded = (one for page in pages for one in page.get("Versions", []))
    if not any(feed_id(one["Key"], one["VersionId"]) == feed for one in uploaded):
        raise TaskError(f"{deployment.environment} has no feed {feed}: make import-pets shows the id of each")


def _check_mapping(deployment: Deployment, name: str | None) -> None:
    """Check that the deployment has a mapping of this name.

    Raises:
        TaskError: It has none; the text names those that it has.
    """
    if name in (None, DEFAULT_MAPPING):
        return
    s3, prefix = deployment.aws.client("s3"), mapping_key("").partition("/")[0] + "/"
    listed = s3.list_objects_v2(Bucket=deployment.name("pets-bucket"), Prefix=prefix).get("Contents", [])
    known = [Path(one["Key"]).stem for one in listed]
    if name not in known:
        which = f"it has {', '.join(known)}" if known else "it has none"
        remedy = "Add it to pets.mappings in the tfvars, and apply."
        raise TaskError(f"{deployment.environment} has no mapping {name!r}; {which}. {remedy}")


def _feed(text: str) -> str:
    if not _FEED.fullmatch(text):
        raise argparse.ArgumentTypeError("must be the id of a feed, 16 digits and letters from a to f")
    return text


def _source(text: str) -> str:
    folders = text.strip("/").split("/")
    if has_controls(text) or not all(map(str.strip, folders)):
        raise argparse.ArgumentTypeError("must be the name of a folder, such as north, or of folders: north/cats")
    return "/".join(folders)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argument_parser("import_pets", __doc__)
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="the file (make import-pets FILE=…)")
    parser.add_argument("--complete", action="store_true", help="the file has every pet of its source")
    parser.add_argument("--mapping", metavar="NAME", help="a mapping of pets.mappings in the tfvars")
    parser.add_argument(
        "--source", type=_source, metavar="FOLDER", help="a folder for one of several shelters with the same mapping"
    )
    parser.add_argument(
        "--maximum-removed-share",
        type=number_from(float, 0, 1),
        metavar="SHARE",
        help="allow a complete feed to remove more, e.g. 0.5",
    )
    parser.add_argument("--follow", type=_feed, metavar="FEED", help="show this import instead of uploading a file")
    parser.add_argument(
        "--poll",
        type=number_from(float, 0, 60),
        default=1.0,
        metavar="SECONDS",
        help="pause between looks (default: 1)",
    )
    given = parser.parse_args(arguments)
    if given.source and not given.mapping:
        given.mapping = "default"
    interrupted = "Not shown any longer. The import goes on; ARGS='--follow FEED' shows it again."
    return run_task(lambda: import_pets(connect(given.environment), given), interrupted)


if __name__ == "__main__":
    sys.exit(main())
