"""A batch of a Kinesis event source mapping: each record by itself, and an answer that loses none.

Poison goes to the dead-letter queue, what may still succeed is reported back, and Lambda then repeats
the shard from the earliest such record on (ReportBatchItemFailures).
"""

import base64
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from animal_recommender.dead_letters import DeadLetter, DeadLetters, Record
from animal_recommender.events import Event, parse_event
from animal_recommender.observability import count, logger
from animal_recommender.validation import ValidationError


@dataclass
class Outcome:
    """What became of a batch's events, by position: `failed` may be repeated, `refused` (with its detail) never."""

    failed: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)
    retried: int = 0

    def fail(self, events: Iterable[Event]) -> None:
        """Note events that may succeed later."""
        self.failed.update(event.position for event in events)

    def merge(self, other: "Outcome") -> None:
        """Take in what became of another part of the batch."""
        self.failed |= other.failed
        self.refused |= other.refused
        self.retried += other.retried


Deliver = Callable[[list[Event]], Outcome]


def consume(event: Any, deliver: Deliver, dead_letters: DeadLetters, accepted_metric: str) -> dict[str, Any]:
    """Handle one Kinesis batch: parse, `deliver` the good events, bury the bad ones, count all of it.

    Answers `{"batchItemFailures": [{"itemIdentifier": sequence number}]}`, empty or the earliest record to repeat from.
    A process killed between the dead letters and its answer sends them again: redriving one twice changes nothing.
    """
    records = read_records(event)
    events, poison = _parse(records)
    outcome = deliver(events)
    poison.extend(
        DeadLetter(records[position], "refused-by-service", detail) for position, detail in outcome.refused.items()
    )
    first_failed = min(outcome.failed, default=len(records))
    # What stands behind the first failure comes again with it, and would be buried twice.
    due = sorted((letter for letter in poison if letter.record.position < first_failed), key=_position)
    unsent = dead_letters.send(due)
    first_failed = min([first_failed, *(letter.record.position for letter in unsent)])
    # What comes again is counted then: once, though a service accepted it twice.
    done = sum(event.position < first_failed and event.position not in outcome.refused for event in events)
    buried = sum(letter.record.position < first_failed for letter in due)
    _report(len(records), done, buried, outcome, accepted_metric)
    if first_failed == len(records):
        return {"batchItemFailures": []}
    return {"batchItemFailures": [{"itemIdentifier": records[first_failed].sequence_number}]}


def read_records(event: Any) -> list[Record]:
    """Unpack the records of a Kinesis event in their order; data that is not base64 is kept as it came."""
    return [_record(position, item) for position, item in enumerate(event.get("Records", []))]


def _record(position: int, item: dict[str, Any]) -> Record:
    kinesis = item["kinesis"]
    try:
        data = base64.b64decode(kinesis["data"], validate=True)
    except ValueError:
        data = kinesis["data"].encode("utf-8", "surrogatepass")
    return Record(
        position=position,
        stream_arn=item.get("eventSourceARN", ""),
        shard_id=item.get("eventID", "").partition(":")[0],
        sequence_number=kinesis["sequenceNumber"],
        arrival=float(kinesis.get("approximateArrivalTimestamp") or time.time()),
        data=data,
    )


def _parse(records: list[Record]) -> tuple[list[Event], list[DeadLetter]]:
    events, poison = [], []
    for record in records:
        try:
            events.append(
                parse_event(
                    record.data, position=record.position, default_id=_default_id(record), arrival=record.arrival
                )
            )
        except ValidationError as error:
            poison.append(DeadLetter(record, error.reason, str(error)))
    return events, poison


def _default_id(record: Record) -> str:
    """Deterministic, so that a replay repeats it; of one width, so that ids sort as the shard does."""
    return f"{record.shard_id}:{record.sequence_number:0>56}"


def _position(letter: DeadLetter) -> int:
    return letter.record.position


def _report(received: int, accepted: int, rejected: int, outcome: Outcome, accepted_metric: str) -> None:
    counts = {
        "EventsReceived": received,
        accepted_metric: accepted,
        "EventsRejected": rejected,
        "EventsRetried": outcome.retried,
    }
    for name, value in counts.items():
        count(name, value)
    logger.info("Batch handled", extra={**counts, "EventsFailed": len(outcome.failed)})
