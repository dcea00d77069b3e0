"""Send dead letters through the function that refused them again, after the cause is repaired.

Only records that the parser accepts now are sent; the others stay in the queue. `--repaired FILE` takes the bytes of
records from an edited export of `make dead-letters`.

A record keeps its place in the stream, and so its event id. The other consumers are not affected, and a second redrive,
or one after an interruption, changes nothing.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from animal_recommender.dead_letters import Record
from animal_recommender.event_types import EventTypes, parse_event_types
from animal_recommender.stream_batches import parse_records
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import Progress, console, print_table, running
from scripts.operate.dead_letter_queue import UNREADABLE, Letter, Queue
from scripts.operate.deployment import CONSUMERS, Deployment, argument_parser, connect
from scripts.operate.stream_replay import Consumer, StreamRecord, read_range

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient

HIDDEN_SECONDS = 900
CHUNK = 100
FAILED = "failed, may be tried again"

Place = tuple[str, str]


@dataclass
class Tally:
    """How many records of one queue were sent, and how many stay, by cause."""

    sent: int = 0
    kept: dict[str, int] = field(default_factory=dict)

    def count_kept(self, cause: str, records: int) -> None:
        """Count records that stay in the queue."""
        self.kept[cause] = self.kept.get(cause, 0) + records

    def causes(self) -> list[str]:
        """Return the causes why records stay, each with its count."""
        return [f"{count:,} {cause}" for cause, count in self.kept.items()]

    def __str__(self) -> str:
        return ", ".join([f"{self.sent:,} sent", *self.causes()])


class Redrive:
    """Send one queue's letters to its function, which has these `event_types`.

    `repaired` has new bytes of records by their place.
    """

    def __init__(
        self,
        queue: Queue,
        consumer: Consumer,
        kinesis: KinesisClient,
        event_types: EventTypes,
        repaired: Mapping[Place, bytes],
    ) -> None:
        self._queue, self._consumer, self._kinesis, self._repaired = queue, consumer, kinesis, repaired
        self._event_types = event_types
        self._sent: set[Place] = set()
        self.tally = Tally()

    def run(self, progress: Progress) -> None:
        """Go through the queue once. A letter that returns meanwhile stays: the function refused the record again."""
        waiting: list[tuple[Letter, StreamRecord]] = []
        try:
            for letter in self._queue.receive_letters():
                if letter.is_batch:
                    self._send_batch(letter)
                elif record := self._select(letter):
                    waiting.append((letter, record))
                if len(waiting) >= CHUNK:
                    self._send(waiting)
                    waiting.clear()
                progress.update(str(self.tally))
            self._send(waiting)
        finally:
            self._queue.release()

    def _select(self, letter: Letter) -> StreamRecord | None:
        """Return the record to send. If the function would refuse it again, count it as kept and return None."""
        data = self._repaired.get(letter.place, letter.data if letter.whole else None)
        if letter.reason == UNREADABLE:
            self.tally.count_kept("not understood", 1)
        elif letter.place in self._sent:
            self.tally.count_kept("refused again", letter.count)
        elif data is None:
            self.tally.count_kept("too large for its letter", letter.count)
        elif find_fault(data, letter.arrived, self._event_types):
            self.tally.count_kept("still wrong", letter.count)
        else:
            return StreamRecord(letter.stream_arn, letter.shard_id, letter.first, letter.arrived, data)
        return None

    def _send(self, waiting: Sequence[tuple[Letter, StreamRecord]]) -> None:
        finished = {record.place for record in self._consumer.replay([record for _, record in waiting])}
        done = [letter for letter, record in waiting if record.place in finished]
        self._sent |= finished
        self._queue.remove(done)
        self.tally.sent += len(done)
        if len(done) < len(waiting):
            self.tally.count_kept(FAILED, len(waiting) - len(done))

    def _send_batch(self, letter: Letter) -> None:
        """Read a given-up batch from the stream and send it. The letter stays unless all of its records are sent."""
        records = read_range(self._kinesis, letter.stream_arn, letter.shard_id, letter.first, letter.last)
        if records is None:
            self.tally.count_kept("no longer in the stream", letter.count)
            return
        finished = self._consumer.replay(records)
        if len(finished) < len(records):
            self.tally.count_kept(FAILED, letter.count)
            return
        self._queue.remove([letter])
        self.tally.sent += len(records)


def find_fault(data: bytes, arrival: float, event_types: EventTypes) -> str | None:
    """Return the message with which the functions' parser refuses a record; None if the parser accepts it."""
    record = Record(position=0, stream_arn="", shard_id="", sequence_number="0", arrival=arrival, data=data)
    return next((letter.detail for letter in parse_records([record], event_types).dead_letters()), None)


def read_repaired(path: Path) -> dict[Place, bytes]:
    """Return the bytes in an edited export, by place.

    Raises:
        TaskError: Some lines are not those of an export. The message names the first ten.
    """
    repaired, faults = {}, []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            entry = json.loads(line)
            if entry.get("data") is not None or "dataBase64" in entry:
                repaired[entry["shardId"], entry["sequenceNumber"]] = _decode_entry(entry)
        except (ValueError, KeyError, AttributeError) as error:
            faults.append(f"line {number}: {error!r}")
    if faults:
        raise TaskError("\n  ".join([f"{path} is not an edited export of make dead-letters:", *faults[:10]]))
    return repaired


def _decode_entry(entry: Mapping[str, Any]) -> bytes:
    """Return an entry's bytes; `data` is text, or JSON if somebody edited it into that."""
    if entry.get("data") is None:
        return base64.b64decode(entry["dataBase64"])
    data = entry["data"]
    return (data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)).encode("utf-8")


def redrive(deployment: Deployment, repaired: Mapping[Place, bytes]) -> None:
    """Go through all queues; print what was sent and what stays.

    Raises:
        TaskError: The function failed for some records.
    """
    tallies = dict(_redrive_queues(deployment, repaired))
    columns = ["function", "sent again", "stays, because"]
    rows = [(name, f"{tally.sent:,}", ", ".join(tally.causes()) or "none") for name, tally in tallies.items()]
    print_table(f"Redrive in {deployment.environment}", columns, rows)
    if any(FAILED in tally.kept for tally in tallies.values()):
        raise TaskError("Some records failed in the function (its log says why); redrive again to retry them.")
    if any(tally.kept for tally in tallies.values()):
        export = f"make dead-letters ENV={deployment.environment} ARGS='--export FILE'"
        redrive_repaired = f"make redrive ENV={deployment.environment} ARGS='--repaired FILE'"
        console.print(f"To repair the others, export them:\n  {export}\nthen: {redrive_repaired}", soft_wrap=True)


def _redrive_queues(deployment: Deployment, repaired: Mapping[Place, bytes]) -> Iterator[tuple[str, Tally]]:
    sqs, kinesis = deployment.aws.client("sqs"), deployment.aws.client("kinesis")
    functions = deployment.aws.client("lambda", read_timeout=900)
    event_types = parse_event_types(deployment.name("event-types"))
    for function in CONSUMERS:
        queue = Queue(sqs, deployment.name(f"dead-letter-queues/{function}"), HIDDEN_SECONDS)
        consumer = Consumer(functions, deployment.name(f"functions/{function}"))
        one = Redrive(queue, consumer, kinesis, event_types, repaired)
        with running(f"Redriving {function}") as progress:
            one.run(progress)
            progress.note = str(one.tally)
        yield function, one.tally


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argument_parser("redrive", __doc__)
    parser.add_argument("--repaired", type=Path, metavar="FILE", help="an edited export of make dead-letters")
    given = parser.parse_args(arguments)

    def task() -> None:
        deployment = connect(given.environment)
        redrive(deployment, read_repaired(given.repaired) if given.repaired else {})

    return run_task(task)


if __name__ == "__main__":
    sys.exit(main())
