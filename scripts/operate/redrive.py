"""Sends dead letters through the function that refused them again, now that the cause is repaired.

Only what the parser takes now is sent: the rest stays where it is. `--repaired FILE` takes the bytes of records from
an export of `python -m scripts.operate.dead_letters`, edited. A record keeps its place in the stream, and so its event id, so
the other consumers are not bothered, and a second redrive, or one after an interruption, changes nothing.
"""

import base64
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from animal_recommender.events import parse_event
from animal_recommender.validation import ValidationError
from scripts.common.deployment import CONSUMERS, Deployment, parser, run
from scripts.common.task import TaskError
from scripts.common.terminal import Progress, console, running, table
from scripts.operate.dead_letter_queue import UNREADABLE, Letter, Queue
from scripts.operate.reinvocation import Reinvocation, StreamRecord, read_range

HIDDEN_SECONDS = 900
CHUNK = 100

Place = tuple[str, str]


@dataclass
class Tally:
    """What became of one queue's letters, in records; `kept` counts by cause."""

    sent: int = 0
    kept: dict[str, int] = field(default_factory=dict)

    def keep(self, cause: str, records: int) -> None:
        """Counts records that stay in the queue."""
        self.kept[cause] = self.kept.get(cause, 0) + records

    def __str__(self) -> str:
        kept = "".join(f", {count:,} {cause}" for cause, count in self.kept.items())
        return f"{self.sent:,} sent{kept}"


class Redrive:
    """One queue's letters, through its function. `repaired`: new bytes of records by their place."""

    def __init__(self, queue: Queue, function: Reinvocation, kinesis: Any, repaired: Mapping[Place, bytes]) -> None:
        self._queue, self._function, self._kinesis, self._repaired = queue, function, kinesis, repaired
        self._handled: set[Place] = set()
        self.tally = Tally()

    def run(self, progress: Progress) -> None:
        """Goes through the queue once. What comes back meanwhile stays: the function refused it again."""
        waiting: list[tuple[Letter, StreamRecord]] = []
        try:
            for letter in self._queue.letters():
                if letter.is_batch:
                    self._send_batch(letter)
                elif record := self._sendable(letter):
                    waiting.append((letter, record))
                if len(waiting) >= CHUNK:
                    self._send(waiting)
                    waiting.clear()
                progress.update(str(self.tally))
            self._send(waiting)
        finally:
            self._queue.release()

    def _sendable(self, letter: Letter) -> StreamRecord | None:
        """The record to send; None, counted, if the function would only refuse it again."""
        data = self._repaired.get(letter.place, letter.data if letter.whole else None)
        if letter.reason == UNREADABLE:
            self.tally.keep("not understood", 1)
        elif letter.place in self._handled:
            self.tally.keep("refused again", letter.count)
        elif data is None:
            self.tally.keep("too large for its letter", letter.count)
        elif fault(data, letter.arrived):
            self.tally.keep("still wrong", letter.count)
        else:
            return StreamRecord(letter.stream_arn, letter.shard_id, letter.first, letter.arrived, data)
        return None

    def _send(self, waiting: Sequence[tuple[Letter, StreamRecord]]) -> None:
        taken = {record.place for record in self._function.send([record for _, record in waiting])}
        done = [letter for letter, record in waiting if record.place in taken]
        self._handled |= taken
        self._queue.remove(done)
        self.tally.sent += len(done)
        if len(done) < len(waiting):
            self.tally.keep("failed, may be tried again", len(waiting) - len(done))

    def _send_batch(self, letter: Letter) -> None:
        """Reads a given-up batch from the stream, as long as the stream keeps it, and sends all of it or keeps all."""
        records = read_range(self._kinesis, letter.stream_arn, letter.shard_id, letter.first, letter.last)
        if records is None:
            self.tally.keep("no longer in the stream", letter.count)
            return
        taken = self._function.send(records)
        if len(taken) < len(records):
            self.tally.keep("failed, may be tried again", letter.count)
            return
        self._queue.remove([letter])
        self.tally.sent += len(records)


def fault(data: bytes, arrival: float) -> str | None:
    """What the functions' parser says against a record; None if it takes it."""
    try:
        parse_event(data, position=0, default_id="redrive", arrival=arrival)
    except ValidationError as error:
        return str(error)
    return None


def read_repaired(path: Path) -> dict[Place, bytes]:
    """The bytes of an edited export by place. Raises TaskError naming the lines that are not an export's."""
    repaired, faults = {}, []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            entry = json.loads(line)
            if entry.get("data") is not None or "dataBase64" in entry:
                repaired[entry["shardId"], entry["sequenceNumber"]] = _bytes(entry)
        except (ValueError, KeyError, AttributeError) as error:
            faults.append(f"line {number}: {error!r}")
    if faults:
        raise TaskError("\n  ".join([f"{path} is not an edited export of scripts.operate.dead_letters:", *faults[:10]]))
    return repaired


def _bytes(entry: dict[str, Any]) -> bytes:
    """`data` may have been edited into JSON itself."""
    if entry.get("data") is None:
        return base64.b64decode(entry["dataBase64"])
    data = entry["data"]
    return (data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)).encode("utf-8")


def redrive(deployment: Deployment, repaired: Mapping[Place, bytes]) -> None:
    """Goes through both queues, then says what was sent and what stays. Raises TaskError if something failed."""
    tallies = dict(_redriven(deployment, repaired))
    columns = ["function", "sent through again", "stays, because"]
    rows = [
        (name, f"{tally.sent:,}", ", ".join(f"{count:,} {cause}" for cause, count in tally.kept.items()) or "none")
        for name, tally in tallies.items()
    ]
    table(f"Redrive in {deployment.environment}", columns, rows)
    if any("failed, may be tried again" in tally.kept for tally in tallies.values()):
        raise TaskError("Some records failed in the function (its log says why); redrive again to retry them.")
    if any(tally.kept for tally in tallies.values()):
        console.print("python -m scripts.operate.dead_letters --export FILE writes the others for repair.")


def _redriven(deployment: Deployment, repaired: Mapping[Place, bytes]) -> Iterator[tuple[str, Tally]]:
    sqs, kinesis = deployment.client("sqs"), deployment.client("kinesis")
    client = deployment.client("lambda", read_timeout=900)
    for function in CONSUMERS:
        queue = Queue(sqs, deployment.name(f"dead-letter-queues/{function}"), HIDDEN_SECONDS)
        one = Redrive(queue, Reinvocation(client, deployment.name(f"functions/{function}")), kinesis, repaired)
        with running(f"Redriving {function}") as progress:
            one.run(progress)
            progress.note = str(one.tally)
        yield function, one.tally


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    line = parser("redrive", __doc__)
    line.add_argument("--repaired", type=Path, metavar="FILE", help="an edited export of scripts.operate.dead_letters")
    given = line.parse_args(arguments)

    def task(deployment: Deployment) -> None:
        redrive(deployment, read_repaired(given.repaired) if given.repaired else {})

    return run(given.environment, task)


if __name__ == "__main__":
    sys.exit(main())
