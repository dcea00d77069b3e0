"""Show the events that the stream's consumers could not handle, by reason. Nothing is removed.

`--export FILE` writes the records as JSON lines. Repair `data` there, then send the records again with
`make redrive ARGS='--repaired FILE'`.
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

from scripts.common.task import run_task
from scripts.common.terminal import console, plural, print_table, running
from scripts.operate.dead_letter_queue import Letter, Queue
from scripts.operate.deployment import CONSUMERS, Deployment, argument_parser, connect

HIDDEN_SECONDS = 60  # if this command is killed, the letters become visible again after this time


@dataclass
class Group:
    """The letters of one function and reason: how many records, from when to when, and one of the details."""

    records: int = 0
    oldest: float = float("inf")
    newest: float = 0.0
    detail: str = ""

    def add(self, letter: Letter) -> None:
        """Count a letter."""
        self.records += letter.count or 1
        self.oldest, self.newest = min(self.oldest, letter.arrived), max(self.newest, letter.arrived)
        self.detail = self.detail or letter.detail


@dataclass
class Overview:
    """All letters in groups, and for the export the records by their place in the stream."""

    groups: dict[tuple[str, str], Group] = field(default_factory=lambda: defaultdict(Group))
    records: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def add(self, function: str, letter: Letter, keep: bool) -> None:
        """Count a letter of a function's queue; with `keep`, store its record for the export."""
        self.groups[function, letter.reason].add(letter)
        if keep and letter.shard_id and not letter.is_batch:
            self.records.setdefault(letter.place, _export_line(letter))["functions"].append(function)


def read_queues(deployment: Deployment, keep: bool) -> Overview:
    """Read the queues of all consumers and make every letter visible again; with `keep`, store the records."""
    overview, sqs = Overview(), deployment.aws.client("sqs")
    with running("Reading the dead-letter queues") as progress:
        for function in CONSUMERS:
            queue = Queue(sqs, deployment.name(f"dead-letter-queues/{function}"), HIDDEN_SECONDS)
            try:
                for letter in queue.receive_letters():
                    overview.add(function, letter, keep)
                    progress.update(plural(sum(group.records for group in overview.groups.values()), "record"))
            finally:
                queue.release()
    return overview


def _export_line(letter: Letter) -> dict[str, Any]:
    """Return a line of the export. Bytes that are no text are in base64; data that is not in the message is null."""
    data: dict[str, str | None]
    try:
        data = {"data": letter.data.decode("utf-8") if letter.whole else None}
    except UnicodeDecodeError:
        data = {"dataBase64": base64.b64encode(letter.data).decode("ascii")}
    return {
        "shardId": letter.shard_id,
        "sequenceNumber": letter.first,
        "arrivalTime": _format_time(letter.arrived),
        "functions": [],
        "reason": letter.reason,
        "detail": letter.detail,
        **data,
    }


def _format_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else ""


def _rows(overview: Overview) -> Iterator[Sequence[object]]:
    """Yield table rows, the largest group first."""
    for (function, reason), group in sorted(overview.groups.items(), key=lambda entry: -entry[1].records):
        times = _format_time(group.oldest), _format_time(group.newest)
        yield f"{group.records:,}", reason, function, *times, escape(group.detail[:160])


def show(deployment: Deployment, export: Path | None) -> None:
    """Print the groups, the largest first; write the records to the file `export`, if there is one."""
    overview = read_queues(deployment, keep=export is not None)
    if not overview.groups:
        console.print(f"No dead letters in {deployment.environment}.")
        return
    columns = ["records", "reason", "function", "oldest", "newest", "for example"]
    print_table(f"Dead letters of {deployment.environment}", columns, list(_rows(overview)))
    if export:
        _write(export, list(overview.records.values()))
        written = plural(len(overview.records), "record")
        console.print(f"{written} written to {export}. It holds visitors' data: delete it after use.", soft_wrap=True)


def _write(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    path.touch(mode=0o600)
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argument_parser("dead_letters", __doc__)
    parser.add_argument("--export", type=Path, metavar="FILE", help="write the records for repair, as JSON lines")
    given = parser.parse_args(arguments)
    return run_task(lambda: show(connect(given.environment), given.export))


if __name__ == "__main__":
    sys.exit(main())
