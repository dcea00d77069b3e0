"""Shows what the stream's consumers could not take, by reason; nothing is removed.

`--export FILE` writes the records, one JSON object a line, so that `data` can be repaired there and sent through again
with `python -m scripts.operate.redrive --repaired FILE`.
"""

import base64
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.markup import escape

from scripts.common.deployment import CONSUMERS, Deployment, parser, run
from scripts.common.terminal import console, running, table
from scripts.operate.dead_letter_queue import Letter, Queue

HIDDEN_SECONDS = 300  # letters come back by themselves if this command is killed


@dataclass
class Group:
    """The letters of one function and reason: how many records, from when to when, and one of the details."""

    records: int = 0
    oldest: float = float("inf")
    newest: float = 0.0
    detail: str = ""

    def add(self, letter: Letter) -> None:
        """Counts a letter."""
        self.records += letter.count or 1
        self.oldest, self.newest = min(self.oldest, letter.arrived), max(self.newest, letter.arrived)
        self.detail = self.detail or letter.detail


@dataclass
class Seen:
    """All letters, grouped; and those that name a record, by its place, for the export."""

    groups: dict[tuple[str, str], Group] = field(default_factory=lambda: defaultdict(Group))
    records: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def add(self, function: str, letter: Letter, keep: bool) -> None:
        """Counts a letter of a function's queue; `keep` remembers its record."""
        self.groups[function, letter.reason].add(letter)
        if keep and letter.shard_id and not letter.is_batch:
            self.records.setdefault(letter.place, _exported(letter))["functions"].append(function)


def look(deployment: Deployment, keep: bool) -> Seen:
    """Reads all queues and gives every letter back."""
    seen, sqs = Seen(), deployment.client("sqs")
    with running("Reading the dead-letter queues") as progress:
        for function in CONSUMERS:
            queue = Queue(sqs, deployment.name(f"dead-letter-queues/{function}"), HIDDEN_SECONDS)
            try:
                for letter in queue.letters():
                    seen.add(function, letter, keep)
                    progress.update(f"{sum(group.records for group in seen.groups.values()):,} records")
            finally:
                queue.release()
    return seen


def _exported(letter: Letter) -> dict[str, Any]:
    """A line of the export; bytes that are no text go as base64, those not in the message as null."""
    data: dict[str, str | None]
    try:
        data = {"data": letter.data.decode("utf-8") if letter.whole else None}
    except UnicodeDecodeError:
        data = {"dataBase64": base64.b64encode(letter.data).decode("ascii")}
    return {
        "shardId": letter.shard_id,
        "sequenceNumber": letter.first,
        "arrivalTime": _when(letter.arrived),
        "functions": [],
        "reason": letter.reason,
        "detail": letter.detail,
        **data,
    }


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else ""


def _rows(seen: Seen) -> Iterator[Sequence[object]]:
    for (function, reason), group in sorted(seen.groups.items(), key=lambda entry: -entry[1].records):
        times = _when(group.oldest), _when(group.newest)
        yield f"{group.records:,}", reason, function, *times, escape(group.detail[:160])


def show(deployment: Deployment, export: Path | None) -> None:
    """Prints the groups, the largest first, and writes the export."""
    seen = look(deployment, keep=export is not None)
    if not seen.groups:
        console.print(f"No dead letters in {deployment.environment}.")
        return
    columns = ["records", "reason", "function", "oldest", "newest", "for example"]
    table(f"Dead letters of {deployment.environment}", columns, list(_rows(seen)))
    if export:
        _write(export, list(seen.records.values()))
        console.print(
            f"{len(seen.records):,} records written to {export}. It holds visitors' data: delete it after use."
        )


def _write(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    path.touch(mode=0o600)
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    line = parser("dead_letters", __doc__)
    line.add_argument("--export", type=Path, metavar="FILE", help="write the records for repair, as JSON lines")
    given = line.parse_args(arguments)
    return run(given.environment, lambda deployment: show(deployment, given.export))


if __name__ == "__main__":
    sys.exit(main())
